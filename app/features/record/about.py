"""Drawing of who a person is: marks, facts, family, and what they agreed to."""

from collections import Counter
from collections.abc import Callable

import flet as ft

from app.clinic.consents import standing_consents
from app.core.ids import format_card_code
from app.core.projections import PatientView, View, by_type, responses
from app.core.records import RecordType
from app.features.record.events import (
    EntryPressed,
    Event,
    Loaded,
    PagePressed,
    Relative,
    RelativePressed,
)
from app.i18n import formats, sync_words, terms
from app.ui import widgets as w
from app.ui.flags import flag_notice
from app.ui.glass_page import is_open, show_it
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.role_words import call_the_nurse, not_shown
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]


def marks(
    loaded: Loaded,
    patient: PatientView,
    dispatch: Dispatch,
    look: Look,
    words: RecordWords,
) -> list[ft.Control]:
    """Draw what is dangerous, in words, and what nobody else has yet."""
    _ = look.t.gettext
    found = _alarms(loaded, look, words)
    if loaded.hidden:
        action = show_it("record.hidden.show", loaded.role, dispatch, look)
        found.append(not_shown("record.hidden", look, action))
    if loaded.is_broken:
        found.append(is_open("record.broken", look))
    if patient.accompaniment.flags_child:
        said = _("A child without a parent: protection must be looked at.")
        found.append(w.notice("record.child", said, w.Tone.DANGER))
    if patient.company_unasked(words.today):
        found.append(_company(dispatch, look))
    if loaded.only_here:
        said = _("Some of this exists only on this tablet until it is sent.")
        found.append(w.notice("record.only_here", said))
    for code, count in Counter(loaded.refused.values()).items():
        said = sync_words.set_aside(look.t, count, code)
        found.append(w.notice(f"record.refused.{code}", said, w.Tone.WARNING))
    return found


def _alarms(loaded: Loaded, look: Look, words: RecordWords) -> list[ft.Control]:
    """What is dangerous; who may not know what it means is told what to do."""
    if not loaded.shows_results:
        return [call_the_nurse("record.alarm", look)] if loaded.has_alarm else []
    found: list[ft.Control] = []
    for response in responses(loaded.documents.values()):
        for flag in response.flags():
            text = words.flag(response.questionnaire, flag)
            key = f"record.flag.{response.record_id}.{flag}"
            form = words.library.form(response.questionnaire)
            found.append(flag_notice(key, text, form, look.t))
    return found


def _company(dispatch: Dispatch, look: Look) -> ft.Control:
    """Perhaps a child, of whom nobody knows who is with them; the way to say it."""
    _ = look.t.gettext
    say = w.quiet_button(
        "record.company.say",
        _("Say who is with the child"),
        lambda: dispatch(PagePressed("company")),
    )
    said = _("Perhaps a child, and nobody asked yet who is with them.")
    return w.notice("record.company", said, w.Tone.WARNING, say)


def person(
    loaded: Loaded, patient: PatientView, words: RecordWords, dispatch: Dispatch
) -> list[ft.Control]:
    """Draw the facts of a person, phone numbers too, and the way to correct them."""
    t = words.t
    facts = [(f.label, f.value) for _name, f in words.facts(patient.document)]
    phones = [
        formats.phone(t, View(document).text("value"))
        for document in by_type(loaded.documents.values(), RecordType.CONTACT_POINT)
        if not View(document).entered_in_error
    ]
    facts += [(t.gettext("Phone number"), phone) for phone in phones]
    correct = w.quiet_button(
        "record.correct",
        t.gettext("Correct something about the person"),
        lambda: dispatch(EntryPressed(patient.record_id)),
    )
    return [w.card("record.person", [w.key_values("record.facts", facts), correct])]


def family(loaded: Loaded, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Draw each related person by name; who is on this tablet can be opened."""
    t = look.t
    rows: list[ft.Control] = []
    for link in by_type(loaded.documents.values(), RecordType.RELATED_PERSON):
        view = View(link)
        if view.entered_in_error:
            continue
        relation = terms.relationship_name(t, view.text("relationship"))
        other = loaded.relatives.get(view.text("other"))
        key = f"record.relative.{link.record_id}"
        if other is None:
            unknown = t.gettext("Not on this tablet")
            rows.append(w.list_row(key, Row(relation, unknown, icon=ft.Icons.PERSON)))
            continue
        code = formats.code(t, format_card_code(other.card)) if other.card else ""
        name = t.isolate(other.name) if other.name else t.gettext("No name yet")
        said = " · ".join(part for part in (relation, code) if part)
        row = Row(name, said, icon=ft.Icons.PERSON)
        rows.append(w.list_row(key, row, _opener(other, dispatch)))
    return [w.section_title(t.gettext("Family")), *rows] if rows else []


def _opener(other: Relative, dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(RelativePressed(other.patient_id))


def agreed(loaded: Loaded, look: Look, words: RecordWords) -> list[ft.Control]:
    """Draw what was said of the notice, and the answer that stands to each purpose."""
    t = look.t
    documents = list(loaded.documents.values())
    pairs: list[tuple[str, str]] = []
    for document in by_type(documents, RecordType.COMMUNICATION):
        if not View(document).entered_in_error:
            pairs += [(f.label, f.value) for _name, f in words.facts(document)]
    for consent in standing_consents(documents):
        asked = words.fact(consent.document, "purpose", consent.value("purpose"))
        said = words.fact(consent.document, "decision", consent.value("decision"))
        pairs.append((asked.value, said.value))
    title = w.section_title(t.gettext("Information and consent"))
    if not pairs:
        nothing = t.gettext("The person has not been informed yet.")
        return [title, w.words(nothing)]
    return [title, w.card("record.agreed", [w.key_values("record.consents", pairs)])]
