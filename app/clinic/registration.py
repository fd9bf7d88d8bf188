"""Registering a person: the minimum is a card, a sex, a birth date and a language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.birth import Birth
from app.core.canonical import Json
from app.core.change import Change, Heads, RecordKey
from app.core.ids import Ids
from app.core.records import RecordType
from app.core.values import (
    NAME_NOT_ASKED,
    NO_ARRIVAL,
    Accompaniment,
    Arrival,
    EncounterStatus,
    PersonName,
    Sex,
)


class Relationship(StrEnum):
    """What the other person is to this one (FHIR RelatedPerson, HL7 v3 RoleCode)."""

    MOTHER = "MTH"
    FATHER = "FTH"
    PARENT = "PRN"
    CHILD = "CHILD"
    SIBLING = "SIB"
    SPOUSE = "SPS"
    GRANDPARENT = "GRPRN"
    GRANDCHILD = "GRNDCHILD"
    OTHER_RELATIVE = "FAMMEMB"
    GUARDIAN = "GUARD"
    WARD = "WARD"


_INVERSE = {
    Relationship.CHILD: None,
    Relationship.MOTHER: Relationship.CHILD,
    Relationship.FATHER: Relationship.CHILD,
    Relationship.PARENT: Relationship.CHILD,
    Relationship.SIBLING: Relationship.SIBLING,
    Relationship.SPOUSE: Relationship.SPOUSE,
    Relationship.GRANDPARENT: Relationship.GRANDCHILD,
    Relationship.GRANDCHILD: Relationship.GRANDPARENT,
    Relationship.OTHER_RELATIVE: Relationship.OTHER_RELATIVE,
    Relationship.GUARDIAN: Relationship.WARD,
    Relationship.WARD: Relationship.GUARDIAN,
}


def inverse(relationship: Relationship, sex: Sex) -> Relationship:
    """Return what this person, of this sex, is to the other.

    A parent of unknown sex is a parent: a guess would be written as a fact.
    """
    found = _INVERSE[relationship]
    if found is not None:
        return found
    parents = {Sex.FEMALE: Relationship.MOTHER, Sex.MALE: Relationship.FATHER}
    return parents.get(sex, Relationship.PARENT)


@dataclass(frozen=True, slots=True)
class Relative:
    """Another patient of the same family: what each of the two is to the other."""

    patient_id: str
    relationship: Relationship
    """What that one is to this person."""
    back: Relationship
    """What this person is to that one."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known at the registration desk; None and empty are not written."""

    sex: Sex | None = None
    birth: Birth | None = None
    language: str = ""
    card: str | None = None
    """A code that was parsed, or None: then one is minted."""
    name: PersonName = NAME_NOT_ASKED
    origin: str = ""
    languages: tuple[str, ...] = ()
    interpreter_needed: bool | None = None
    phones: tuple[str, ...] = ()
    arrival: Arrival = NO_ARRIVAL
    accompaniment: Accompaniment | None = None
    relative: Relative | None = None
    seen: Mapping[str, Heads] | None = None
    """By field of the Patient, the heads that stood on the screen; None: those now."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The ids of who was registered, and the change to commit."""

    patient_id: str
    encounter_id: str
    card: str
    change: Change


def patient_key(patient_id: str) -> RecordKey:
    """Return the key of a Patient record, whose id is the patient's."""
    return RecordKey(RecordType.PATIENT, patient_id, patient_id)


def register(
    registration: Registration,
    patient_id_of: Callable[[str], str],
    ids: Ids,
    now_ms: int,
) -> Registered:
    """Build a person's first change on this tablet, with an Encounter.

    A card that another tablet has read already gives the same patient, and the two
    records are one as soon as the tablets have synced. `patient_id_of` is the
    vault's `patient_id_of_card`: the deployment's secret stays inside it.
    """
    card = registration.card or ids.card_code()
    patient_id = patient_id_of(card)
    change = Change()
    change.set(patient_key(patient_id), {"card": card, **_fields(registration)})
    _add_contacts(change, patient_id, registration, ids)
    if registration.relative is not None:
        _add_relative(change, patient_id, registration, ids)
    encounter_id = start_encounter(change, patient_id, ids, now_ms)
    return Registered(patient_id, encounter_id, card, change)


def update(patient_id: str, registration: Registration, ids: Ids) -> Change:
    """Build a change of what is given, on somebody who is registered."""
    change = Change()
    fields = _fields(registration)
    if fields:
        shown = registration.seen
        seen = None if shown is None else {n: shown.get(n, ()) for n in fields}
        change.set(patient_key(patient_id), fields, seen)
    _add_contacts(change, patient_id, registration, ids)
    if registration.relative is not None:
        _add_relative(change, patient_id, registration, ids)
    return change


def start_encounter(change: Change, patient_id: str, ids: Ids, now_ms: int) -> str:
    """Add a new Encounter, arrived now, to a change; return its id."""
    encounter_id = ids.new()
    key = RecordKey(RecordType.ENCOUNTER, encounter_id, patient_id)
    status = {"status": EncounterStatus.ARRIVED.value}
    change.set(key, {"started_at": now_ms, "status": status})
    return encounter_id


def _fields(given: Registration) -> dict[str, Json]:
    named = given.name != NAME_NOT_ASKED
    optional: dict[str, Json] = {
        "name": given.name.to_json() if named else None,
        "sex": given.sex.value if given.sex else None,
        "birth": given.birth.to_json() if given.birth else None,
        "language": given.language or None,
        "origin": given.origin or None,
        "languages": list(given.languages) or None,
        "interpreter": given.interpreter_needed,
        "arrival": given.arrival.to_json() if given.arrival != NO_ARRIVAL else None,
        "accompaniment": (
            given.accompaniment.to_json() if given.accompaniment else None
        ),
    }
    return {k: v for k, v in optional.items() if v is not None}


def _add_contacts(
    change: Change, patient_id: str, given: Registration, ids: Ids
) -> None:
    for phone in given.phones:
        key = RecordKey(RecordType.CONTACT_POINT, ids.new(), patient_id)
        change.set(key, {"system": "phone", "value": phone})


def _add_relative(
    change: Change, patient_id: str, given: Registration, ids: Ids
) -> None:
    relative = given.relative
    if relative is None:
        return
    for owner, other, relationship in (
        (patient_id, relative.patient_id, relative.relationship),
        (relative.patient_id, patient_id, relative.back),
    ):
        key = RecordKey(RecordType.RELATED_PERSON, ids.new(), owner)
        change.set(key, {"other": other, "relationship": relationship.value})
