"""Registering: what is given is written, nothing else, and one card is one person."""

from datetime import date

import pytest

from app.clinic.registration import (
    Registration,
    Relationship,
    Relative,
    inverse,
    register,
    update,
)
from app.core.birth import BirthSource, birth_of_age
from app.core.encounters import encounters
from app.core.ids import patient_id_of_card
from app.core.projections import View, by_type, patient_view, phones_of
from app.core.records import RecordType
from app.core.values import (
    NAME_NOT_ASKED,
    EncounterStatus,
    NameStatus,
    PersonName,
    Sex,
)
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds

SECRET = bytes(32)
NOW_MS = 1_790_000_000_000
MINIMUM = Registration(
    sex=Sex.FEMALE,
    birth=birth_of_age(30, BirthSource.SAID, date(2026, 9, 21)),
    language="ar",
)


def of_card(code: str) -> str:
    return patient_id_of_card(SECRET, code)


def test_the_minimum_is_a_patient_and_a_visit_that_has_begun() -> None:
    made = register(MINIMUM, of_card, SequentialIds(), NOW_MS)
    folder = Folder()
    folder.add(made.change)
    patient = patient_view(folder.of(made.patient_id))
    assert patient is not None
    assert (patient.sex, patient.language) == (Sex.FEMALE, "ar")
    assert patient.card == made.card
    assert patient.name.status is NameStatus.NOT_ASKED
    assert patient.shown("name") is None
    assert patient.shown("origin") is None
    (visit,) = encounters(folder.of(made.patient_id))
    assert (visit.started_at, visit.status) == (NOW_MS, EncounterStatus.ARRIVED)


def test_one_card_read_on_two_tablets_is_one_patient() -> None:
    first = register(MINIMUM, of_card, SequentialIds("a"), NOW_MS)
    again = Registration(card=first.card, sex=Sex.FEMALE, language="ar")
    second = register(again, of_card, SequentialIds("b"), NOW_MS + 1)
    assert second.patient_id == first.patient_id
    assert second.encounter_id != first.encounter_id


def test_an_update_writes_only_what_is_given() -> None:
    made = register(MINIMUM, of_card, SequentialIds(), NOW_MS)
    folder = Folder()
    folder.add(made.change)
    folder.add(update(made.patient_id, Registration(origin="SY"), SequentialIds("u")))
    patient = patient_view(folder.of(made.patient_id))
    assert patient is not None
    assert (patient.text("origin"), patient.language) == ("SY", "ar")


def test_an_update_of_nothing_is_no_change() -> None:
    assert not update("patient", Registration(), SequentialIds())


def test_each_phone_number_is_a_record_of_its_own() -> None:
    numbers = ("+49 170 123", "0900 1")
    given = Registration(language="ar", phones=numbers)
    made = register(given, of_card, SequentialIds(), NOW_MS)
    folder = Folder()
    folder.add(made.change)
    assert sorted(phones_of(folder.of(made.patient_id))) == sorted(numbers)


def test_a_family_is_written_on_both_of_them() -> None:
    mother, ids = "5b1f7d52-0000-4000-8000-000000000001", SequentialIds()
    relative = Relative(mother, Relationship.MOTHER, Relationship.CHILD)
    child = register(Registration(relative=relative), of_card, ids, NOW_MS)
    folder = Folder()
    folder.add(child.change)
    (of_child,) = by_type(folder.of(child.patient_id), RecordType.RELATED_PERSON)
    (of_mother,) = by_type(folder.of(mother), RecordType.RELATED_PERSON)
    assert View(of_child).text("other") == mother
    assert View(of_child).text("relationship") == Relationship.MOTHER
    assert View(of_mother).text("other") == child.patient_id
    assert View(of_mother).text("relationship") == Relationship.CHILD


def test_one_name_is_a_whole_name() -> None:
    name = PersonName(NameStatus.SAID, original="سارة")
    made = register(Registration(name=name), of_card, SequentialIds(), NOW_MS)
    folder = Folder()
    folder.add(made.change)
    patient = patient_view(folder.of(made.patient_id))
    assert patient is not None
    assert patient.name == name


@pytest.mark.parametrize(
    ("relationship", "sex", "expected"),
    [
        (Relationship.CHILD, Sex.FEMALE, Relationship.MOTHER),
        (Relationship.CHILD, Sex.MALE, Relationship.FATHER),
        (Relationship.CHILD, Sex.UNKNOWN, Relationship.PARENT),
        (Relationship.MOTHER, Sex.MALE, Relationship.CHILD),
        (Relationship.SIBLING, Sex.MALE, Relationship.SIBLING),
        (Relationship.GUARDIAN, Sex.MALE, Relationship.WARD),
    ],
)
def test_what_one_is_to_the_other_has_its_inverse(
    relationship: Relationship, sex: Sex, expected: Relationship
) -> None:
    assert inverse(relationship, sex) is expected


PARENTS = {Relationship.MOTHER, Relationship.FATHER, Relationship.PARENT}


@pytest.mark.parametrize("relationship", Relationship)
@pytest.mark.parametrize("sex", Sex)
def test_turned_round_twice_a_relationship_is_what_it_was(
    relationship: Relationship, sex: Sex
) -> None:
    twice = inverse(inverse(relationship, sex), sex)
    if relationship in PARENTS:  # which of them, their own sex says
        assert twice in PARENTS
    else:
        assert twice is relationship


def test_a_nameless_man_read_as_new_elsewhere_keeps_why_he_has_no_name() -> None:
    card = register(MINIMUM, of_card, SequentialIds(), NOW_MS).card
    unable = PersonName(NameStatus.UNABLE)
    folder = Folder()
    for name, ids in ((unable, "a"), (NAME_NOT_ASKED, "b")):
        given = Registration(card=card, sex=Sex.MALE, language="ar", name=name)
        folder.add(register(given, of_card, SequentialIds(ids), NOW_MS).change)
    patient = patient_view(folder.of(of_card(card)))
    assert patient is not None
    assert patient.name == unable
    assert patient.conflicts() == {}
