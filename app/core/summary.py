"""What lists need of a patient: one small value, and the queue made of many."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.birth import birth_range, may_be_child
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.document_pack import changed_at
from app.core.encounters import open_encounters
from app.core.merge import Document
from app.core.projections import (
    View,
    by_type,
    phones_of,
    reader,
    responses,
)
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import (
    Accompaniment,
    EncounterStatus,
    NameStatus,
    Sex,
    Who,
    name_parts,
)


class Station(StrEnum):
    """Where a tablet stands in a site."""

    REGISTRATION = "registration"
    TRIAGE = "triage"
    NURSE = "nurse"


@dataclass(frozen=True, slots=True)
class PatientSummary:
    """A patient as lists and search know it.

    `flags` are the red flags of the visit that goes on, as `canonical#code`: they order
    a queue, and no list shows them.
    """

    patient_id: str
    card: str = ""
    name_status: str = NameStatus.NOT_ASKED.value
    original: str = ""
    latin: str = ""
    sex: str = ""
    born_from: str = ""
    born_to: str = ""
    language: str = ""
    phones: tuple[str, ...] = ()
    child_alone: bool = False
    company_asked: bool = False
    notice_given: bool = False
    encounter_id: str = ""
    encounter_site: str = ""
    status: str = ""
    waiting_since: int = 0
    marked_urgent: bool = False
    flags: tuple[str, ...] = ()
    changed_at: int = 0

    @property
    def display_name(self) -> str:
        """The name in its own script, else in Latin, else nothing."""
        return self.original or self.latin

    @property
    def urgent(self) -> bool:
        """Whether somebody said so, or a red flag stands that is not ruled out."""
        return self.marked_urgent or bool(self.flags)

    def without_flags(self, routine: Collection[str]) -> "PatientSummary":
        """Return the summary without the red flags that may wait."""
        return replace(self, flags=tuple(f for f in self.flags if f not in routine))

    def company_unasked(self, on: date) -> bool:
        """Tell whether nobody asked with whom somebody is who may be a child."""
        latest = date.fromisoformat(self.born_to) if self.born_to else None
        is_child = latest is not None and may_be_child(latest, on)
        return is_child and not self.company_asked

    def to_json(self) -> dict[str, Json]:
        """Return the summary as JSON for a sealed snapshot."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Json) -> "PatientSummary":
        """Read a snapshot's summary; members of other versions are left out."""
        members = dict(as_mapping(value))
        known = {f.name for f in fields(cls)}
        for name in ("phones", "flags"):
            members[name] = tuple(members.get(name) or ())  # type: ignore[arg-type]
        return cls(**{k: v for k, v in members.items() if k in known})  # type: ignore[arg-type]


Values = tuple[Any, ...]
"""A summary as plain values, in the order of its fields: what many are made as."""
_PATIENT = RecordType.PATIENT.value
_SEXES = {each.value: each.value for each in Sex}
_UNKNOWN = Sex.UNKNOWN.value
_NOT_ASKED = (False, False)
_Visit = tuple[str, str, str, int, bool, tuple[str, ...]]
_NO_VISIT: _Visit = ("", "", "", 0, False, ())


def summarise(documents: Iterable[Document]) -> PatientSummary | None:
    """Return the summary of one patient's documents; None without a Patient.

    Pure: the same documents give the same summary on every tablet.
    """
    values = summary_values(documents)
    return None if values is None else PatientSummary(*values)


def summary_values(documents: Iterable[Document]) -> Values | None:
    """Return the values of the same summary: a page of a first sync makes hundreds."""
    found = list(documents)
    kinds = {document.record_type for document in found}
    if _PATIENT not in kinds:
        return None
    patient = found[0] if len(found) == 1 else by_type(found, RecordType.PATIENT)[0]
    value = reader(patient)
    in_error, company = value(ENTERED_IN_ERROR), value("accompaniment")
    if in_error is not None and as_mapping(in_error):
        return None
    card, language, sex = value("card"), value("language"), value("sex")
    return (
        patient.record_id,
        card if isinstance(card, str) else "",
        *name_parts(value("name")),
        _SEXES.get(sex, _UNKNOWN) if isinstance(sex, str) else _UNKNOWN,
        *birth_range(value("birth")),
        language if isinstance(language, str) else "",
        phones_of(found) if RecordType.CONTACT_POINT in kinds else (),
        *(_NOT_ASKED if company is None else _company(company)),
        RecordType.COMMUNICATION in kinds and _notice_given(found),
        *(_visit(found) if RecordType.ENCOUNTER in kinds else _NO_VISIT),
        changed_at(found[0]) if len(found) == 1 else max(map(changed_at, found)),
    )


def _company(value: Json) -> tuple[bool, bool]:
    """Return whether a child is alone, and whether somebody asked."""
    company = Accompaniment.from_json(value)
    return company.flags_child, company.who is not Who.NOT_ASKED


def _visit(documents: list[Document]) -> _Visit:
    """Return what lists need of the visit that goes on."""
    visits = open_encounters(documents)
    if not visits:
        return _NO_VISIT
    encounter = visits[-1]
    here = {v.record_id: v for v in visits if v.site_id == encounter.site_id}
    flags = {
        f"{view.questionnaire}#{code}": None
        for view in responses(documents)
        if view.encounter_id in here
        for code in view.flags()
    }
    return (
        encounter.record_id,
        encounter.site_id,
        encounter.status.value,
        encounter.status_at,
        any(visit.urgent for visit in here.values()),
        tuple(flags),
    )


def _notice_given(documents: list[Document]) -> bool:
    views = [View(d) for d in by_type(documents, RecordType.COMMUNICATION)]
    standing = [as_mapping(v.value("notice")) for v in views if not v.entered_in_error]
    return any(notice.get("status") == "given" for notice in standing)


_WAITS = {
    Station.TRIAGE: (EncounterStatus.ARRIVED,),
    Station.NURSE: (
        EncounterStatus.TRIAGED,
        EncounterStatus.IN_PROGRESS,
        EncounterStatus.ONLEAVE,
    ),
}


def waits_at(summary: PatientSummary, station: Station) -> bool:
    """Tell whether somebody waits at a station.

    Registration keeps those whose notice was postponed or whose name nobody asked.
    """
    if not summary.encounter_id:
        return False
    if station is Station.REGISTRATION:
        unasked = summary.name_status == NameStatus.NOT_ASKED
        return unasked or not summary.notice_given
    return summary.status in _WAITS[station]


def queue(
    summaries: Iterable[PatientSummary], station: Station, site_id: str
) -> list[PatientSummary]:
    """Return who waits at a station of a site: urgent first, then longest."""
    found = [s for s in summaries if s.encounter_site == site_id]
    return in_order(s for s in found if waits_at(s, station))


def in_order(summaries: Iterable[PatientSummary]) -> list[PatientSummary]:
    """Order who waits: urgent first, then longest; those who are away come last."""
    return sorted(summaries, key=_rank)


def _rank(summary: PatientSummary) -> tuple[bool, bool, int, str]:
    away = summary.status == EncounterStatus.ONLEAVE
    return away, not summary.urgent, summary.waiting_since, summary.patient_id
