"""Which role sees what of a record."""

import pytest

from app.core.access import (
    Sensitivity,
    may_break_glass,
    may_see,
    part_for,
    sensitivity_of,
)
from app.core.merge import Document
from app.core.records import RecordType

A, C, R, X = Sensitivity

SEEN = {
    "nurse": {A, C, R},
    "coordinator": {A, C, R},
    "mediator": {A, C},
    "ngo-staff": {A},
    "administrator": {A},
    "of a newer version": {A},
    "": {A},
}


@pytest.mark.parametrize("role", SEEN)
def test_each_role_sees_what_its_work_needs(role: str) -> None:
    assert {each for each in Sensitivity if may_see(role, each)} == SEEN[role]


def test_every_type_of_record_has_its_place_and_an_unknown_one_is_a_result() -> None:
    placed = {kind.value: sensitivity_of(kind) for kind in RecordType}
    assert {kind for kind, how in placed.items() if how is A} == {
        "Patient",
        "RelatedPerson",
        "ContactPoint",
        "Encounter",
        "Communication",
        "Consent",
    }
    assert placed["QuestionnaireResponse"] is C
    assert {kind for kind, how in placed.items() if how is R} == {
        "Observation",
        "Score",
    }
    assert sensitivity_of("Something newer") is R


def test_what_is_hidden_is_counted_and_never_looks_empty() -> None:
    documents = [
        Document(kind, f"record-{n}", "amina", {})
        for n, kind in enumerate(("Patient", "Score", "QuestionnaireResponse", "Score"))
    ]
    part = part_for("mediator", documents)
    assert [d.record_type for d in part.documents] == [
        "Patient",
        "QuestionnaireResponse",
    ]
    assert part.hidden == ("Score", "Score")


def test_those_break_glass_to_whom_a_danger_may_ask_for_more() -> None:
    assert [role for role in SEEN if may_break_glass(role)] == ["mediator", "ngo-staff"]


@pytest.mark.parametrize("role", SEEN)
def test_broken_glass_opens_all_but_what_is_restricted_or_nothing(role: str) -> None:
    opened = {each for each in Sensitivity if may_see(role, each, is_broken=True)}
    assert opened == ({A, C, R} if may_break_glass(role) else SEEN[role])
    assert opened > SEEN[role] or not may_break_glass(role)
