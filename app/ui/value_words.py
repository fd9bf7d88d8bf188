"""Values of records in words, each by its shape; the names of fields stand apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.birth import birth_from_json
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.values import (
    Accompaniment,
    Arrival,
    Interpretation,
    InterpreterMode,
    NameStatus,
    PersonName,
    instant_of,
)
from app.i18n import Translator, formats, names, terms


@dataclass(frozen=True, slots=True, eq=False)
class ValueWords:
    """The words of one session for values, at a site's zone and day."""

    t: Translator
    zone: str
    today: date

    def plain(self, value: Json) -> str:
        """A text or a number as it was written."""
        return self.t.isolate(str(value)) if isinstance(value, str | int) else ""

    def instant(self, value: Json) -> str:
        """UTC milliseconds as they stood on the wall of the site."""
        at_ms = instant_of(value)
        return "" if at_ms is None else formats.instant(self.t, at_ms, self.zone)

    def name(self, value: Json) -> str:
        """A name in each writing, or why there is none."""
        t, name = self.t, PersonName.from_json(value)
        if name.status is not NameStatus.SAID:
            return terms.name_status_name(t, name.status)
        both = [n for n in (name.original, name.latin) if n]
        return " · ".join(t.isolate(n) for n in dict.fromkeys(both))

    def birth(self, value: Json) -> str:
        """A birth date, the age that it makes, and who said it."""
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

    def languages(self, value: Json) -> str:
        """Languages by their names."""
        tags = value if isinstance(value, list | tuple) else ()
        return formats.joined(
            self.t, (names.language_name(self.t, str(tag)) for tag in tags)
        )

    def interpreter(self, value: Json) -> str:
        """Whether one is needed, or who interpreted and how."""
        t = self.t
        if isinstance(value, bool):
            needed = t.gettext("Needed")
            return needed if value else t.gettext("Not needed")
        said = Interpretation.from_json(value)
        mode = terms.interpreter_mode_name(t, said.mode)
        if said.mode is InterpreterMode.NONE or not said.name:
            return mode
        return f"{mode}: {t.isolate(said.name)}"

    def arrival(self, value: Json) -> str:
        """Where, how and when somebody arrived."""
        t, arrival = self.t, Arrival.from_json(value)
        parts = [t.isolate(p) for p in (arrival.place, arrival.vessel) if p]
        if arrival.arrived_at is not None:
            parts.append(self.instant(arrival.arrived_at))
        return " · ".join(parts)

    def accompaniment(self, value: Json) -> str:
        """With whom a child is."""
        t, company = self.t, Accompaniment.from_json(value)
        who = terms.company_name(t, company.who)
        return f"{who}: {t.isolate(company.name)}" if company.name else who

    def status(self, value: Json) -> str:
        """Where a visit stands, and why somebody left or it was cancelled."""
        t, status = self.t, as_mapping(value)
        said = terms.encounter_status_name(t, str(status.get("status", "")))
        if cancelled := status.get("reason"):
            return f"{said}: {terms.cancel_reason(t, str(cancelled))}"
        left = status.get("left")
        if not left:
            return said
        reason = terms.left_reason(t, str(left))
        return t.fill(t.gettext("Left before the end: {reason}"), reason=reason)

    def response_status(self, value: Json) -> str:
        """How far a screening is, and why it ended early."""
        t, status = self.t, as_mapping(value)
        said = terms.response_status_name(t, str(status.get("status", "")))
        reason = status.get("reason")
        return f"{said}: {terms.stop_reason(t, str(reason))}" if reason else said

    def urgency(self, value: Json) -> str:
        """Whether somebody is seen first."""
        urgent = as_mapping(value).get("level") == "urgent"
        t = self.t
        return t.gettext("Urgent") if urgent else t.gettext("Not urgent")

    def notice(self, value: Json) -> str:
        """Whether the notice was given, in which language, by whom."""
        t, notice = self.t, as_mapping(value)
        given = notice.get("status") == "given"
        said = t.gettext("Given") if given else t.gettext("Put off")
        parts = [said]
        if language := str(notice.get("language") or ""):
            parts.append(names.language_name(t, language))
        if given and notice.get("interpreter"):
            parts.append(self.interpreter(notice.get("interpreter")))
        return " · ".join(parts)

    def purpose(self, value: Json) -> str:
        """What consent was asked for, and for whom."""
        t, purpose = self.t, as_mapping(value)
        name = terms.purpose_name(t, str(purpose.get("code", "")))
        service = purpose.get("service")
        return f"{name}: {t.isolate(str(service))}" if service else name

    def decision(self, value: Json) -> str:
        """What was answered, and who answered."""
        t, consent = self.t, as_mapping(value)
        said = terms.decision_name(t, str(consent.get("decision", "")))
        by = consent.get("given_by")
        return f"{said} · {terms.given_by_name(t, str(by))}" if by else said

    def value(self, value: Json) -> str:
        """What was measured, with its unit."""
        measured = as_mapping(value)
        if not measured:
            return self.plain(value)
        if "value" not in measured:
            return self._observed(measured)
        unit = str(measured.get("display") or measured.get("unit") or "")
        return formats.quantity(self.t, str(measured.get("value", "")), unit)

    def _observed(self, value: Mapping[str, Json]) -> str:
        """What was chosen or said: a coding's words, yes or no, or a text."""
        t = self.t
        coding = as_mapping(value.get("valueCodeableConcept")).get("coding")
        if isinstance(coding, list | tuple) and coding:
            chosen = as_mapping(coding[0])
            return t.isolate(str(chosen.get("display") or chosen.get("code") or ""))
        said = value.get("valueBoolean")
        if isinstance(said, bool):
            return t.gettext("Yes") if said else t.gettext("No")
        return ", ".join(self.plain(each) for each in value.values())

    def error(self, value: Json) -> str:
        """Why something was entered in error."""
        t, error = self.t, as_mapping(value)
        reason = terms.error_reason_name(t, str(error.get("reason", "")))
        if error.get("wrong_person"):
            return t.fill(t.gettext("Wrong person: {reason}"), reason=reason)
        return reason
