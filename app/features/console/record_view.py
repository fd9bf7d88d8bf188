"""Drawing of a merged record: every field with who wrote it, where and when."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby

import flet as ft

from app.core.encounters import encounters
from app.core.merge import Document, Shown, Write
from app.core.projections import PatientView, View, by_type, patient_view, responses
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.features.console.state import (
    Event,
    Model,
    Opened,
    PatientPressed,
    RefreshPressed,
)
from app.i18n import messages
from app.ui import provenance
from app.ui import widgets as w
from app.ui.flags import flag_notice
from app.ui.look import Look
from app.ui.record_words import RESULT, Fact, RecordWords
from app.ui.role_words import not_shown
from app.ui.theme import Space, Type

Dispatch = Callable[[Event], None]
_Field = tuple[str, Fact, Shown]
_AFTER_VISITS = (
    RecordType.COMMUNICATION,
    RecordType.CONSENT,
    RecordType.CONTACT_POINT,
    RecordType.RELATED_PERSON,
)


def record_body(
    model: Model, dispatch: Dispatch, look: Look, words: RecordWords
) -> list[ft.Control]:
    """Draw the record that is selected, or that it is on its way."""
    _ = look.t.gettext
    opened, unread = model.opened, _unread(model, dispatch, look)
    if opened is None:
        waiting = w.waiting("console.opening", _("Asking the server"))
        return unread or [waiting]
    documents = list(opened.documents.values())
    patient = patient_view(documents)
    if patient is None:
        return [w.words(_("There is no person in this record yet."))]
    name = patient.name.display
    if opened.moments:
        last_site = opened.moments[0].site_id
        words = replace(words, zone=provenance.zone_of(last_site, opened.names))
    cards = _Cards(opened, dispatch, look, words)
    return [
        *unread,
        w.title(look.t.isolate(name) if name else _("No name yet")),
        *_alarms(documents, patient, look, words),
        *([not_shown("console.hidden", look)] if opened.has_hidden else []),
        *(cards.draw(document) for document in in_reading_order(documents)),
    ]


def _unread(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Say why the record could not be read, and offer to ask again."""
    if model.record_problem is None:
        return []
    again = w.quiet_button(
        "console.again",
        look.t.gettext("Look again"),
        lambda: dispatch(RefreshPressed()),
    )
    sentence = messages.problem(look.t, model.record_problem)
    return [w.notice("console.unread", sentence, w.Tone.WARNING, again)]


def in_reading_order(documents: Iterable[Document]) -> list[Document]:
    """Return the person, then the newest visit with its results, then the rest.

    What was entered in error comes last.
    """
    found = list(documents)
    ordered = [
        *by_type(found, RecordType.PATIENT),
        *(d for view in reversed(encounters(found)) for d in _visit(view, found)),
        *(d for kind in _AFTER_VISITS for d in by_type(found, kind)),
    ]
    known = {document.record_id for document in ordered}
    ordered += [d for d in found if d.record_id not in known]
    return sorted(ordered, key=lambda document: View(document).entered_in_error)


def _visit(encounter: View, documents: list[Document]) -> list[Document]:
    ordered = [encounter.document]
    for response in responses(documents):
        if response.encounter_id == encounter.record_id:
            made = (RecordType.SCORE, RecordType.OBSERVATION)
            ordered += [
                document
                for kind in made
                for document in by_type(documents, kind)
                if View(document).text("response") == response.record_id
            ]
            ordered.append(response.document)
    return ordered


def _alarms(
    documents: list[Document], patient: PatientView, look: Look, words: RecordWords
) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    for response in responses(documents):
        for flag in response.flags():
            text = words.flag(response.questionnaire, flag)
            key = f"console.flag.{response.record_id}.{flag}"
            form = words.library.form(response.questionnaire)
            found.append(flag_notice(key, text, form, look.t))
    if patient.accompaniment.flags_child:
        text = _("A child without a parent: protection must be looked at.")
        found.append(w.notice("console.child", text, w.Tone.DANGER))
    count = sum(len(View(document).conflicts()) for document in documents)
    if count:
        template = look.t.ngettext(
            "{count} contradiction is not decided yet. It is marked below.",
            "{count} contradictions are not decided yet. They are marked below.",
            count,
        )
        text = look.t.fill(template, count=count)
        found.append(w.notice("console.conflicts", text, w.Tone.WARNING))
    return found


class _Cards:
    """Draws records of one person, each as a card."""

    def __init__(
        self, opened: Opened, dispatch: Dispatch, look: Look, words: RecordWords
    ) -> None:
        self._opened = opened
        self._dispatch = dispatch
        self._look = look
        self._words = words

    def draw(self, document: Document) -> ft.Control:
        """Draw one record; what one person wrote at one time has one line of origin."""
        t, view = self._look.t, View(document)
        parts: list[ft.Control] = [w.section_title(self._words.title(document))]
        if view.entered_in_error:
            parts.append(w.badge(t.gettext("Entered in error"), w.Tone.WARNING))
        facts = [
            (name, fact, shown)
            for name, fact in self._words.facts(document)
            if (shown := view.shown(name)) is not None
        ]
        for is_open, together in groupby(facts, key=_is_undecided):
            if is_open:
                parts += [self._contradiction(document, *each) for each in together]
            else:
                parts += self._agreed(list(together))
        if document.record_type == RecordType.RELATED_PERSON and view.text("other"):
            parts.append(self._way_to(view.text("other"), document))
        return w.card(f"console.card.{document.record_id}", parts)

    def _agreed(self, facts: list[_Field]) -> list[ft.Control]:
        groups = groupby(facts, key=lambda field: self._origin(field[2].write))
        return [
            _block([(f.label, f.value) for _name, f, _shown in together], origin)
            for origin, together in groups
        ]

    def _contradiction(
        self, document: Document, name: str, fact: Fact, shown: Shown
    ) -> ft.Control:
        # A result that is disputed has no version that counts.
        also = fact.label if name == RESULT else self._look.t.gettext("Also written")
        values = [
            _block(
                [(label, self._words.fact(document, name, write.value).value)],
                self._origin(write),
            )
            for label, write in (
                (fact.label, shown.write),
                *((also, other) for other in shown.others),
            )
        ]
        return ft.Column([w.conflict_mark(self._look), *values], spacing=Space.SMALL)

    def _way_to(self, patient_id: str, document: Document) -> ft.Control:
        return w.quiet_button(
            f"console.relative.{document.record_id}",
            self._look.t.gettext("Open this person’s record"),
            lambda: self._dispatch(PatientPressed(patient_id)),
        )

    def _origin(self, write: Write) -> str:
        return provenance.of_write(self._look.t, write, self._opened.names)


def _is_undecided(field: _Field) -> bool:
    name, _fact, shown = field
    return shown.in_conflict and name != ENTERED_IN_ERROR


def _block(facts: list[tuple[str, str]], origin: str) -> ft.Control:
    """Facts under their names, and below them where they are from."""
    lines: list[ft.Control] = [
        ft.Column([w.subtitle(label), w.words(value, Type.LEAD)], spacing=0)
        for label, value in facts
    ]
    signed = ft.Row(
        [
            ft.Icon(ft.Icons.EDIT_OUTLINED, size=16, color=ft.Colors.OUTLINE),
            ft.Container(w.subtitle(origin), expand=True),
        ],
        spacing=Space.SMALL,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Column([*lines, signed], spacing=Space.SMALL)
