"""Drawing of Console: a list beside what it selects."""

from collections.abc import Callable

import flet as ft

from app.core.ids import format_card_code
from app.features.console.erase_view import erase_body, erase_button
from app.features.console.erasing import EraseLeft
from app.features.console.pages import Page, PagePressed
from app.features.console.record_view import record_body
from app.features.console.state import (
    ConflictsToggled,
    Event,
    Listed,
    Model,
    MorePressed,
    PatientPressed,
    RecordClosed,
    RefreshPressed,
    SearchTyped,
    SignOutPressed,
)
from app.i18n import formats, messages
from app.ui import widgets as w
from app.ui.frame import Frame, Span
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.role_words import with_whom_to_ask
from app.ui.screen import part
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]
CONFLICTS = "conflicts"


def view(model: Model, dispatch: Dispatch, look: Look, words: RecordWords) -> Frame:
    """Draw the patients, and the record of the one selected."""
    _ = look.t.gettext
    if model.selected and not look.is_wide:
        leave = RecordClosed() if model.erasing is None else EraseLeft()
        return Frame(
            title=_("Record"),
            body=_selected(model, dispatch, look, words),
            scroll_to_top=_top(model),
            back=lambda: dispatch(leave),
        )
    beside = (
        _selected(model, dispatch, look, words) if model.selected else [_choose(look)]
    )
    return Frame(
        title=_("People at all sites"),
        body=_list(model, dispatch, look),
        beside=beside if look.is_wide else None,
        span=Span.FULL if look.is_wide else Span.COLUMN,
        scroll_to_top=_top(model),
        actions=_actions(dispatch, look),
        quiet=_ways(dispatch, look),
    )


def _selected(
    model: Model, dispatch: Dispatch, look: Look, words: RecordWords
) -> list[ft.Control]:
    """Draw the record, or what is asked before it is erased."""
    if model.erasing is not None:
        return erase_body(model.erasing, dispatch, look)
    opened, body = model.opened, record_body(model, dispatch, look, words)
    return body if opened is None else [*body, *erase_button(opened, dispatch, look)]


def _top(model: Model) -> str:
    return model.selected if model.erasing is None else f"erase {model.selected}"


def _actions(dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.icon_button(
            "console.refresh",
            _("Look again"),
            ft.Icons.REFRESH,
            lambda: dispatch(RefreshPressed()),
        ),
        w.icon_button(
            "console.languages",
            _("Language"),
            ft.Icons.LANGUAGE,
            lambda: dispatch(PagePressed(Page.LANGUAGES)),
        ),
        w.icon_button(
            "console.leave",
            _("Sign out"),
            ft.Icons.LOGOUT,
            lambda: dispatch(SignOutPressed()),
        ),
    ]


def _ways(dispatch: Dispatch, look: Look) -> ft.Control:
    """Lead to the other screens; not in the bar, whose title needs room on a phone."""
    _ = look.t.gettext

    def way(page: Page, label: str, icon: ft.IconData) -> w.Way:
        return w.Way(
            f"console.{page.value}", label, icon, lambda: dispatch(PagePressed(page))
        )

    return w.ways_bar(
        [
            way(Page.DEVICES, _("State of the tablets"), ft.Icons.TABLET),
            way(Page.TABLETS, _("Tablets and PINs"), ft.Icons.PASSWORD),
            way(Page.FILES, _("Files from tablets"), ft.Icons.USB),
            way(Page.SET_ASIDE, _("Set aside"), ft.Icons.RULE),
        ]
    )


def _choose(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "console.choose",
        _("Nobody is chosen"),
        _("Choose a person from the list to see their record."),
        ft.Icons.PERSON_SEARCH,
    )


def _list(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    question = model.question
    controls: list[ft.Control] = [
        w.search_field(
            "console.search",
            _("Find a person: name, card or phone"),
            question.text,
            lambda text: dispatch(SearchTyped(text)),
        ),
        w.filter_chips(
            "console.filter",
            [w.Choice(CONFLICTS, _("Only undecided contradictions"))],
            {CONFLICTS} if question.only_conflicts else set(),
            lambda _code: dispatch(ConflictsToggled()),
        ),
    ]
    controls += _said(model, look)
    if model.answered is None:
        return [*controls, w.waiting("console.waiting", _("Asking the server"))]
    if model.hides_alarms:
        said = _("Alarms are not shown to your role.")
        controls.append(w.notice("console.hides", with_whom_to_ask(t, said)))
    if not model.patients:
        empty = _("Nobody was found")
        hint = _("Try fewer letters, or take the filter away.")
        return [*controls, w.empty_state("console.none", empty, hint)]
    controls += [
        _row(f"row.{p.patient_id}", p, p.patient_id == model.selected, dispatch, look)
        for p in model.patients
    ]
    if model.total > len(model.patients):
        more = w.quiet_button(
            "console.more", _("Show more"), lambda: dispatch(MorePressed())
        )
        controls.append(more)
    return controls


def _said(model: Model, look: Look) -> list[ft.Control]:
    """What went wrong, and that somebody was just erased."""
    _ = look.t.gettext
    said: list[ft.Control] = []
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        said.append(w.notice("console.problem", sentence, w.Tone.WARNING))
    if model.has_erased:
        gone = _("The person’s data was erased. Tablets erase it at their next sync.")
        said.append(w.notice("console.erased", gone))
    if model.set_aside:
        said.append(_set_aside(model.set_aside, look))
    return said


def _set_aside(count: int, look: Look) -> ft.Control:
    template = look.t.ngettext(
        "{count} change was set aside and waits for a decision. See “Set aside”.",
        "{count} changes were set aside and wait for a decision. See “Set aside”.",
        count,
    )
    said = look.t.fill(template, count=count)
    return w.notice("console.aside", said, w.Tone.WARNING)


def _draw_row(
    listed: Listed,
    is_selected: bool,  # noqa: FBT001 - a memoised part takes values by place
    dispatch: Dispatch,
    look: Look,
) -> ft.Control:
    t = look.t
    _ = t.gettext
    patient = listed.patient
    badges = []
    if listed.red_flags:
        badges.append(w.Badge(_("Alarm"), w.Tone.DANGER))
    if patient.accompaniment.flags_child:
        badges.append(w.Badge(_("Child alone"), w.Tone.DANGER))
    if listed.conflicts:
        badges.append(w.Badge(_("Two versions, not yet decided"), w.Tone.WARNING))
    name = patient.name.display
    code = formats.code(t, format_card_code(patient.card)) if patient.card else ""
    row = Row(
        t.isolate(name) if name else _("No name yet"),
        code,
        badges=tuple(badges),
        icon=ft.Icons.PERSON,
        is_selected=is_selected,
    )
    return w.list_row(
        f"console.patient.{listed.patient_id}",
        row,
        lambda: dispatch(PatientPressed(listed.patient_id)),
    )


_row = part(_draw_row)
