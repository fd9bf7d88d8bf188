"""A record in words: what each field is called and what its value says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.clinic.library import Library
from app.core.birth import birth_from_json
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.ids import format_card_code
from app.core.merge import Document
from app.core.projections import View
from app.core.records import ANSWER_PREFIX, ENTERED_IN_ERROR, RecordType
from app.core.values import (
    Accompaniment,
    Arrival,
    Interpretation,
    InterpreterMode,
    NameStatus,
    PersonName,
)
from app.i18n import N_, Translator, formats, names, terms
from app.ui.form_words import FormWords


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

# What only ties records together says nothing to a reader.
_SILENT = frozenset(
    {"encounter", "response", "system", "code", "other", "languages_asked"}
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
        if kind == RecordType.CONSENT:
            purpose = as_mapping(view.value("purpose"))
            return terms.purpose_name(t, str(purpose.get("code", "")))
        return t.gettext(_TITLES.get(kind, N_("Record")))

    def _measured(self, view: View) -> str:
        """What was measured: the question's words in this language, where known."""
        code = as_mapping(view.value("code"))
        shown = str(code.get("display") or "")
        context = f"{code.get('questionnaire')}#{code.get('link_id')}"
        found = self.t.translate(context, shown) if shown else None
        return found or self.t.isolate(shown) or self.t.gettext("Measurement")

    def facts(self, document: Document) -> list[tuple[str, Fact]]:
        """Return what a record shows, by field, in a reader's order."""
        view = View(document)
        found = [
            (name, self.fact(document, name, view.value(name)))
            for name in _ordered(document)
            if name not in _SILENT and view.value(name) is not None
        ]
        return [(name, fact) for name, fact in found if fact.value]

    def fact(self, document: Document, field: str, value: Json) -> Fact:
        """Return one value of a field in words; a newer version's says so."""
        t = self.t
        if field.startswith(ANSWER_PREFIX):
            words = self._forms(View(document).text("questionnaire"))
            label, text = words.answer(field.removeprefix(ANSWER_PREFIX), value)
            return Fact(label, text)
        msgid = _LABELS.get(field)
        if msgid is None:
            unknown = t.gettext("Written by a newer version of the app")
            return Fact(t.isolate(field), unknown)
        say = self._sayers(document).get(field, self._plain)
        return Fact(t.gettext(msgid), say(value))

    def flag(self, canonical: str, code: str) -> str:
        """Return what a red flag says to staff, and what to do."""
        return self._forms(canonical).flag(code)

    def _forms(self, canonical: str) -> FormWords:
        return FormWords(self.t, self.library.form(canonical), canonical)

    def _sayers(self, document: Document) -> Mapping[str, Callable[[Json], str]]:
        t = self.t
        is_response = document.record_type == RecordType.QUESTIONNAIRE_RESPONSE
        return {
            "card": lambda v: formats.code(t, format_card_code(str(v))),
            "name": self._name,
            "sex": lambda v: terms.sex_name(t, str(v)),
            "birth": self._birth,
            "language": lambda v: names.language_name(t, str(v)) if v else "",
            "languages": self._languages,
            "interpreter": self._interpreter,
            "origin": lambda v: names.country_name(t, str(v)),
            "arrival": self._arrival,
            "accompaniment": self._accompaniment,
            "relationship": lambda v: terms.relationship_name(t, str(v)),
            "started_at": self._instant,
            "effective_at": self._instant,
            "status": self._response_status if is_response else self._status,
            "urgency": self._urgency,
            "notice": self._notice,
            "purpose": self._purpose,
            "decision": self._decision,
            "questionnaire": lambda v: self._forms(str(v)).title,
            "value": self._value,
            "result": self._result,
            ENTERED_IN_ERROR: self._error,
        }

    def _plain(self, value: Json) -> str:
        return self.t.isolate(str(value)) if isinstance(value, str | int) else ""

    def _instant(self, value: Json) -> str:
        if not isinstance(value, int):
            return ""
        return formats.instant(self.t, value, self.zone)

    def _name(self, value: Json) -> str:
        t, name = self.t, PersonName.from_json(value)
        if name.status is not NameStatus.SAID:
            return terms.name_status_name(t, name.status)
        both = [n for n in (name.original, name.latin) if n]
        return " · ".join(t.isolate(n) for n in dict.fromkeys(both))

    def _birth(self, value: Json) -> str:
        birth = birth_from_json(value)
        if birth is None:
            return ""
        t = self.t
        said = (
            formats.birth_date(t, birth),
            formats.age(t, birth, self.today),
            terms.birth_source_name(t, birth.source),
        )
        return " · ".join(said)

    def _languages(self, value: Json) -> str:
        tags = value if isinstance(value, list | tuple) else ()
        return ", ".join(names.language_name(self.t, str(tag)) for tag in tags)

    def _interpreter(self, value: Json) -> str:
        t = self.t
        if isinstance(value, bool):
            needed = t.gettext("Needed")
            return needed if value else t.gettext("Not needed")
        said = Interpretation.from_json(value)
        mode = terms.interpreter_mode_name(t, said.mode)
        if said.mode is InterpreterMode.NONE or not said.name:
            return mode
        return f"{mode}: {t.isolate(said.name)}"

    def _arrival(self, value: Json) -> str:
        t, arrival = self.t, Arrival.from_json(value)
        parts = [t.isolate(p) for p in (arrival.place, arrival.vessel) if p]
        if arrival.arrived_at is not None:
            parts.append(self._instant(arrival.arrived_at))
        return " · ".join(parts)

    def _accompaniment(self, value: Json) -> str:
        t, company = self.t, Accompaniment.from_json(value)
        who = terms.company_name(t, company.who)
        return f"{who}: {t.isolate(company.name)}" if company.name else who

    def _status(self, value: Json) -> str:
        t, status = self.t, as_mapping(value)
        said = terms.encounter_status_name(t, str(status.get("status", "")))
        left = status.get("left")
        if not left:
            return said
        reason = terms.left_reason(t, str(left))
        return t.fill(t.gettext("Left before the end: {reason}"), reason=reason)

    def _response_status(self, value: Json) -> str:
        t, status = self.t, as_mapping(value)
        said = terms.response_status_name(t, str(status.get("status", "")))
        reason = status.get("reason")
        return f"{said}: {terms.stop_reason(t, str(reason))}" if reason else said

    def _urgency(self, value: Json) -> str:
        urgent = as_mapping(value).get("level") == "urgent"
        t = self.t
        return t.gettext("Urgent") if urgent else t.gettext("Not urgent")

    def _notice(self, value: Json) -> str:
        t, notice = self.t, as_mapping(value)
        given = notice.get("status") == "given"
        said = t.gettext("Given") if given else t.gettext("Put off")
        language = str(notice.get("language") or "")
        return f"{said} · {names.language_name(t, language)}" if language else said

    def _purpose(self, value: Json) -> str:
        t, purpose = self.t, as_mapping(value)
        name = terms.purpose_name(t, str(purpose.get("code", "")))
        service = purpose.get("service")
        return f"{name}: {t.isolate(str(service))}" if service else name

    def _decision(self, value: Json) -> str:
        t, consent = self.t, as_mapping(value)
        said = terms.decision_name(t, str(consent.get("decision", "")))
        by = consent.get("given_by")
        return f"{said} · {terms.given_by_name(t, str(by))}" if by else said

    def _value(self, value: Json) -> str:
        measured = as_mapping(value)
        if not measured:
            return self._plain(value)
        unit = str(measured.get("display") or measured.get("unit") or "")
        return formats.quantity(self.t, str(measured.get("value", "")), unit)

    def _result(self, value: Json) -> str:
        result = as_mapping(value)
        words = self._forms(str(result.get("questionnaire", "")))
        return words.result(result)

    def _error(self, value: Json) -> str:
        t, error = self.t, as_mapping(value)
        reason = t.isolate(str(error.get("reason", "")))
        if error.get("wrong_person"):
            return t.fill(t.gettext("Wrong person: {reason}"), reason=reason)
        return reason


def _ordered(document: Document) -> list[str]:
    order = {name: place for place, name in enumerate(_LABELS)}
    return sorted(document.fields, key=lambda name: (order.get(name, 99), name))
