"""A record in words: what each field is called and what its value says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.clinic.consents import ConsentView
from app.clinic.library import Library
from app.clinic.visits import LATER
from app.core.canonical import Json
from app.core.confidential import NOTE
from app.core.document_json import as_mapping
from app.core.ids import format_card_code
from app.core.merge import Document
from app.core.projections import View
from app.core.records import (
    ANSWER_PREFIX,
    ENTERED_IN_ERROR,
    PLAN_HISTORY,
    STATUS_HISTORY,
    RecordType,
)
from app.i18n import N_, Translator, formats, names, terms
from app.ui.form_words import FormWords
from app.ui.value_words import ValueWords

RESULT = "result"
"""The field of a score."""
UNDECIDED = N_("Two versions, not yet decided")


@dataclass(frozen=True, slots=True)
class Fact:
    """A field in words: what it is called, and what it says."""

    label: str
    value: str


_TITLES: Mapping[str, str] = {
    RecordType.PATIENT: N_("Person"),
    RecordType.RELATED_PERSON: N_("Family"),
    RecordType.CONTACT_POINT: N_("Phone number"),
    RecordType.ENCOUNTER: N_("Visit"),
    RecordType.COMMUNICATION: N_("Information notice"),
    RecordType.CONSENT: N_("Consent"),
    RecordType.QUESTIONNAIRE_RESPONSE: N_("Screening"),
    RecordType.OBSERVATION: N_("Measurement"),
    RecordType.SCORE: N_("Score"),
    RecordType.CONFIDENTIAL_NOTE: N_("Confidential note"),
}

_LABELS: Mapping[str, str] = {
    "card": N_("Card"),
    "name": N_("Name"),
    "sex": N_("Sex"),
    "birth": N_("Birth date"),
    "language": N_("Language"),
    "languages": N_("Other languages"),
    "interpreter": N_("Interpreter"),
    "origin": N_("Country of origin"),
    "arrival": N_("Arrival"),
    "accompaniment": N_("Who is with the child"),
    "other": N_("Related person"),
    "relationship": N_("Relation"),
    "started_at": N_("Began"),
    "status": N_("State"),
    "urgency": N_("Urgency"),
    "plan": N_("Form"),
    "notice": N_("Information notice"),
    "purpose": N_("Purpose"),
    "decision": N_("Answer"),
    "questionnaire": N_("Form"),
    "accompanied_by": N_("Accompanied by"),
    "value": N_("Value"),
    "effective_at": N_("Measured"),
    "result": N_("Result"),
    ENTERED_IN_ERROR: N_("Entered in error"),
}

# What is called otherwise on one type of record.
_OF_TYPE: Mapping[str, Mapping[str, str]] = {
    RecordType.QUESTIONNAIRE_RESPONSE: {"languages": N_("Asked in")},
    RecordType.CONTACT_POINT: {"value": N_("Phone number")},
}

_ORDER = {name: place for place, name in enumerate(_LABELS)}

# What only ties records together, or is sealed, says nothing to a reader.
_SILENT = frozenset(
    {
        *("encounter", "response", "system", "code", "other", "languages_asked"),
        PLAN_HISTORY,
        *(NOTE, "recorded"),
        STATUS_HISTORY,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class RecordWords:
    """The words of one session for records, at a site's zone and day."""

    t: Translator
    library: Library
    zone: str
    today: date

    def title(self, document: Document) -> str:
        """What a record is called: its kind, and of a screening its form."""
        t, view = self.t, View(document)
        kind = document.record_type
        if kind == RecordType.QUESTIONNAIRE_RESPONSE:
            return self._forms(view.text("questionnaire")).title
        if kind == RecordType.OBSERVATION:
            return self._measured(view)
        if kind == RecordType.CONSENT and (purpose := ConsentView(document).purpose):
            return terms.purpose_name(t, purpose)
        return t.gettext(_TITLES.get(kind, N_("Record")))

    def _measured(self, view: View) -> str:
        """What was measured: the question's words in this language, where known."""
        code = as_mapping(view.value("code"))
        shown = str(code.get("display") or "")
        context = f"{code.get('questionnaire')}#{code.get('link_id')}"
        found = self.t.translate(context, shown) if shown else None
        return found or self.t.isolate(shown) or self.t.gettext("Measurement")

    @property
    def say(self) -> ValueWords:
        """The words for values."""
        return ValueWords(self.t, self.zone, self.today)

    def facts(self, document: Document) -> list[tuple[str, Fact]]:
        """Return what a record shows, by field, in a reader's order.

        Of a result on which two people differ no version is shown as the one.
        """
        view, undecided = View(document), self.t.gettext(UNDECIDED)
        facts = self.written(document, {k: view.value(k) for k in document.fields})
        disputed = {RESULT} & view.conflicts().keys()
        return [
            (name, Fact(fact.label, undecided) if name in disputed else fact)
            for name, fact in facts
        ]

    def written(
        self, document: Document, fields: Mapping[str, Json]
    ) -> list[tuple[str, Fact]]:
        """Return what one save wrote to a record, in a reader's order."""
        found = [
            (name, self.fact(document, name, fields[name]))
            for name in self._ordered(document, fields)
            if fields[name] is not None
        ]
        return [(name, fact) for name, fact in found if fact.value]

    def _ordered(self, document: Document, fields: Iterable[str]) -> list[str]:
        words = self._forms(View(document).text("questionnaire"))

        def place(name: str) -> tuple[int, int, str]:
            asked = words.place(name.removeprefix(ANSWER_PREFIX))
            is_answer = name.startswith(ANSWER_PREFIX)
            return _ORDER.get(name, len(_ORDER)), asked if is_answer else 0, name

        return sorted(fields, key=place)

    def fact(self, document: Document, field: str, value: Json) -> Fact:
        """Return one value of a field in words; a newer version's says so."""
        t = self.t
        if field.startswith(ANSWER_PREFIX):
            words = self._forms(View(document).text("questionnaire"))
            label, text = words.answer(field.removeprefix(ANSWER_PREFIX), value)
            return Fact(label, text)
        if field in _SILENT:
            return Fact("", "")
        msgid = self._label(document, field)
        if msgid is None:
            unknown = t.gettext("Written by a newer version of the app")
            return Fact(t.gettext("Something else"), unknown)
        say = self._sayers(document).get(field, self.say.plain)
        return Fact(t.gettext(msgid), say(value))

    def _label(self, document: Document, field: str) -> str | None:
        own = _OF_TYPE.get(document.record_type, {})
        return own.get(field) or _LABELS.get(field)

    def flag(self, canonical: str, code: str) -> str:
        """Return what a red flag says to staff, and what to do."""
        return self._forms(canonical).flag(code)

    def _forms(self, canonical: str) -> FormWords:
        return FormWords(self.t, self.library.form(canonical), canonical)

    def _sayers(self, document: Document) -> Mapping[str, Callable[[Json], str]]:
        t, say = self.t, self.say
        is_response = document.record_type == RecordType.QUESTIONNAIRE_RESPONSE
        return {
            "card": lambda v: formats.code(t, format_card_code(str(v))),
            "name": say.name,
            "sex": lambda v: terms.sex_name(t, str(v)),
            "birth": say.birth,
            "language": lambda v: names.language_name(t, str(v)) if v else "",
            "languages": say.languages,
            "interpreter": say.interpreter,
            "origin": lambda v: names.country_name(t, str(v)),
            "arrival": say.arrival,
            "accompaniment": say.accompaniment,
            "accompanied_by": lambda v: terms.present_name(t, str(v)) if v else "",
            "relationship": lambda v: terms.relationship_name(t, str(v)),
            "started_at": say.instant,
            "effective_at": say.instant,
            "status": say.response_status if is_response else say.status,
            "urgency": say.urgency,
            "plan": self._planned,
            "notice": say.notice,
            "purpose": say.purpose,
            "decision": say.decision,
            "questionnaire": lambda v: self._forms(str(v)).title,
            "value": say.value,
            "result": self._result,
            ENTERED_IN_ERROR: say.error,
        }

    def _planned(self, value: Json) -> str:
        planned, t = as_mapping(value), self.t
        when = t.gettext("Later") if planned.get("when") == LATER else t.gettext("Now")
        return f"{self._forms(str(planned.get('form', ''))).title} · {when}"

    def _result(self, value: Json) -> str:
        result = as_mapping(value)
        words = self._forms(str(result.get("questionnaire", "")))
        return words.result(result)
