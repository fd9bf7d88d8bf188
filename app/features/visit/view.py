"""Drawing of Visit: the person, what is dangerous, what to ask, where they are."""

from collections.abc import Callable

import flet as ft

from app.clinic.consents import last_notice
from app.clinic.findings import StandingFlag
from app.core.ids import format_card_code
from app.core.projections import PatientView
from app.core.summary import Station
from app.features.visit import dialogs, moves
from app.features.visit.events import (
    BackPressed,
    CompanyPressed,
    Event,
    FormPressed,
    HomePressed,
    NoticePressed,
    RecordPressed,
    StatusPressed,
)
from app.features.visit.forms import form_cards, title_of
from app.features.visit.offering import Loaded
from app.features.visit.state import Model
from app.i18n import formats, messages, names, terms
from app.ui import widgets as w
from app.ui.flags import flag_notice
from app.ui.form_words import FormWords
from app.ui.frame import Frame
from app.ui.glass_page import is_open, show_it, why_page
from app.ui.look import Look
from app.ui.role_words import call_the_nurse, with_whom_to_ask

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the visit."""
    _ = look.t.gettext
    loaded = model.loaded
    if loaded is None:
        return Frame(_("Visit"), [w.waiting("visit.loading", _("Opening"))])
    patient = loaded.patient
    if patient is None or loaded.encounter is None:
        return Frame(_("Visit"), [_missing(look)])
    if model.glass.is_asked:
        return why_page(model.glass, dispatch, look)
    is_given = _is_notice_given(loaded)
    notice = _notice(dispatch, look, is_given=is_given)
    return Frame(
        title=_name(patient, look),
        body=[
            *_problem(model, look),
            *([is_open("visit.broken", look)] if loaded.is_broken else []),
            *_dangers(loaded, dispatch, look),
            _person(loaded, patient, look),
            *([] if is_given else [notice]),
            *form_cards(model, dispatch, look),
            *_not_shown(loaded, dispatch, look),
            *moves.card(model, loaded, dispatch, look),
            *([notice] if is_given else []),
            _record(dispatch, look),
        ],
        main=_main(model, dispatch, look, is_notice_given=is_given),
        dialog=dialogs.dialog(model, dispatch, look),
        back=lambda: dispatch(BackPressed()),
    )


def _missing(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "visit.missing",
        _("This visit is not on this tablet"),
        _("It comes when the tablet has sent and received."),
    )


def _problem(model: Model, look: Look) -> list[ft.Control]:
    if model.problem is None:
        return []
    sentence = messages.problem(look.t, model.problem)
    return [w.notice("visit.problem", sentence, w.Tone.WARNING)]


def _name(patient: PatientView, look: Look) -> str:
    name = patient.name.display
    return look.t.isolate(name) if name else look.t.gettext("No name yet")


def _person(loaded: Loaded, patient: PatientView, look: Look) -> ft.Control:
    """One line about who it is: card, sex, age, language."""
    t, birth = look.t, patient.birth
    age = t.gettext("Age not known")
    if birth is not None:
        age = formats.age(t, birth, loaded.today)
    facts = [terms.sex_name(t, patient.sex), age]
    if patient.language:
        facts.append(names.language_name(t, patient.language))
    card = format_card_code(patient.card) if patient.card else ""
    row = w.Row(
        " · ".join(facts),
        formats.code(t, card) if card else t.gettext("No card"),
        icon=ft.Icons.BADGE_OUTLINED,
    )
    return w.list_row("visit.person", row)


def _dangers(loaded: Loaded, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """What stands, and what to do: in the staff's language, on the staff's screen."""
    _ = look.t.gettext
    found: list[ft.Control] = []
    patient = loaded.patient
    if patient is not None and patient.accompaniment.flags_child:
        text = _("A child without a parent: protection must be looked at.")
        found.append(w.notice("visit.child", text, w.Tone.DANGER))
    if patient is not None and patient.company_unasked(loaded.today):
        say = w.quiet_button(
            "visit.company.say",
            _("Say who is with the child"),
            lambda: dispatch(CompanyPressed()),
        )
        text = _("Perhaps a child, and nobody asked yet who is with them.")
        found.append(w.notice("visit.company", text, w.Tone.WARNING, say))
    if not loaded.shows_results:
        if any(flag.urgent for flag in loaded.flags):
            found.append(call_the_nurse("visit.alarm", look))
        return found
    for number, flag in enumerate(loaded.flags):
        key = f"visit.flag.{flag.code}.{number}"
        said = _flag_words(flag, loaded, look)
        found.append(flag_notice(key, said, flag.form, look.t))
    return found


def _not_shown(loaded: Loaded, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """What is closed to the role, and the way to it for a reason."""
    if loaded.shows_answers and not loaded.hides:
        return []
    _ = look.t.gettext
    if loaded.shows_answers:
        said = _("What screenings found is not shown to your role.")
    else:
        said = _("The screenings are not shown to your role.")
    action = None
    if loaded.hides:
        action = show_it("visit.hidden.show", loaded.role, dispatch, look)
    told = with_whom_to_ask(look.t, said)
    return [w.notice("visit.hidden", told, action=action)]


def _flag_words(flag: StandingFlag, loaded: Loaded, look: Look) -> str:
    t = look.t
    if flag.rule is None or flag.form is None or flag.form.protocol is None:
        return t.gettext(
            "A screening raised an alarm that this tablet can’t explain. "
            "Ask a clinician."
        )
    words = FormWords(t, flag.form, flag.canonical)
    protocol, rule = flag.form.protocol, flag.rule
    text = words.of_staff(protocol.text(rule.text, rule.code))
    action = words.of_staff(protocol.text(rule.action, rule.code))
    said = f"{text}\n{action}"
    if loaded.is_of_this_visit(flag):
        return said
    return "\n".join((said, t.gettext("From an earlier visit.")))


def _is_notice_given(loaded: Loaded) -> bool:
    last = last_notice(loaded.documents.values())
    return last is not None and last[0].given


def _notice(dispatch: Dispatch, look: Look, *, is_given: bool) -> ft.Control:
    """The way to the notice: high up while it is still to be given."""
    _ = look.t.gettext
    row = w.Row(
        _("Information and consent"),
        badges=() if is_given else (w.Badge(_("Still to be given"), w.Tone.WARNING),),
        icon=ft.Icons.DESCRIPTION_OUTLINED,
    )
    return w.list_row("visit.notice", row, lambda: dispatch(NoticePressed()))


def _record(dispatch: Dispatch, look: Look) -> ft.Control:
    row = w.Row(look.t.gettext("The whole record"), icon=ft.Icons.HISTORY)
    return w.list_row("visit.record", row, lambda: dispatch(RecordPressed()))


def _main(
    model: Model, dispatch: Dispatch, look: Look, *, is_notice_given: bool
) -> ft.Control:
    """The next thing at this station: the notice, a form, or the visit's next state."""
    t = look.t
    _ = t.gettext
    if model.is_over:
        return w.main_button(
            "visit.main", _("Open the record"), lambda: dispatch(RecordPressed())
        )
    if model.station is Station.REGISTRATION and not is_notice_given:
        return w.main_button(
            "visit.main",
            _("Give the information notice"),
            lambda: dispatch(NoticePressed()),
        )
    offer = model.next_offer
    if offer is not None:
        template = _("Go on: {form}") if offer.status else _("Begin: {form}")
        return w.main_button(
            "visit.main",
            t.fill(template, form=title_of(offer.form, look)),
            lambda: dispatch(FormPressed(offer.form.name)),
            enabled=not model.busy,
        )
    status = moves.following(model)
    if status is None:
        return w.main_button(
            "visit.main",
            _("People who are waiting"),
            lambda: dispatch(HomePressed()),
        )
    return w.main_button(
        "visit.main",
        moves.label(status, look),
        lambda: dispatch(StatusPressed(status)),
        enabled=not model.busy,
    )
