"""How fields merge: what is positive is shown, what is said stands over what is not."""

from itertools import permutations

import pytest

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.merge import Kind, Shown, Write, shown
from app.core.records import policy


def shown_of(record_type: str, name: str, *values: Json) -> Shown:
    """What is shown of concurrent values, the first one oldest."""
    writes = tuple(
        Write(value, f"o{n}", HybridTimestamp(n, 0, "device"), "nurse", "site")
        for n, value in enumerate(values)
    )
    found = shown(writes, policy(record_type, name))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("record_type", "name", "positive", "negative"),
    [
        (
            "QuestionnaireResponse",
            "answer.phq9/item-9",
            {"value": [1], "flags": ["self-harm"]},
            {"value": [0], "flags": []},
        ),
        (
            "QuestionnaireResponse",
            "answer.:cough",
            {"values": [{"valueBoolean": True}], "positive": True},
            {"values": [{"valueBoolean": False}]},
        ),
        ("Encounter", "urgency", {"level": "urgent"}, {"level": "routine"}),
        ("Patient", "accompaniment", {"who": "nobody"}, {"who": "parent"}),
        ("Patient", "accompaniment", {"who": "not-parent"}, {"who": "parent"}),
    ],
)
def test_a_positive_safety_value_is_shown_whoever_wrote_last(
    record_type: str, name: str, positive: Json, negative: Json
) -> None:
    for values in permutations((positive, negative)):
        found = shown_of(record_type, name, *values)
        assert found.value == positive
        assert found.in_conflict


@pytest.mark.parametrize("unsaid", [None, "", "unknown", {"status": "refused"}])
@pytest.mark.parametrize("name", ["name", "sex", "origin"])
def test_what_was_said_stands_over_what_was_not_without_a_conflict(
    name: str, unsaid: Json
) -> None:
    for values in permutations(("said", unsaid)):
        found = shown_of("Patient", name, *values)
        assert found.value == "said"
        assert not found.in_conflict


def test_states_of_a_visit_and_preferences_never_conflict() -> None:
    assert policy("Encounter", "status").kind is Kind.APPEND
    assert policy("Patient", "language").kind is Kind.LATEST


@pytest.mark.parametrize(
    ("record_type", "name"), [("Patient", "of_2031"), ("OfANewerVersion", "name")]
)
def test_a_field_of_a_newer_version_keeps_all_its_values(
    record_type: str, name: str
) -> None:
    assert shown_of(record_type, name, 1, 2).in_conflict


NOT_ASKED: Json = {"status": "not-asked", "original": "", "latin": ""}


@pytest.mark.parametrize("unasked", [None, {}, NOT_ASKED])
@pytest.mark.parametrize("status", ["refused", "unable", "said"])
def test_what_nobody_asked_is_moot_once_somebody_did(
    unasked: Json, status: str
) -> None:
    for values in permutations(({"status": status}, unasked)):
        found = shown_of("Patient", "name", *values)
        assert found.value == {"status": status}
        assert not found.in_conflict


def test_refused_and_unable_are_two_answers_for_a_person_to_decide() -> None:
    found = shown_of("Patient", "name", {"status": "refused"}, {"status": "unable"})
    assert found.in_conflict


def test_with_whom_a_child_is_makes_moot_that_nobody_asked() -> None:
    for values in permutations(({"who": "parent"}, {"who": "not-asked"})):
        found = shown_of("Patient", "accompaniment", *values)
        assert found.value == {"who": "parent"}
        assert not found.in_conflict


def test_answers_that_say_the_same_do_not_conflict_whoever_asked() -> None:
    one: Json = {"values": [{"valueBoolean": True}], "asked": {"person": "ar"}}
    other: Json = {"values": [{"valueBoolean": True}], "asked": {"person": "fr"}}
    unlike: Json = {"absent": "asked-unknown"}
    assert not shown_of("QuestionnaireResponse", "answer.:x", one, other).in_conflict
    assert shown_of("QuestionnaireResponse", "answer.:x", one, unlike).in_conflict


@pytest.mark.parametrize("done", ["completed", "amended"])
@pytest.mark.parametrize("undone", ["in-progress", "stopped"])
def test_a_screening_that_was_finished_stands_over_one_that_was_not(
    done: str, undone: str
) -> None:
    values: tuple[Json, Json] = {"status": done}, {"status": undone}
    for order in permutations(values):
        found = shown_of("QuestionnaireResponse", "status", *order)
        assert found.value == {"status": done}
        assert not found.in_conflict


def test_two_totals_of_one_screening_are_a_conflict() -> None:
    found = shown_of("Score", "result", {"total": "27"}, {"total": "0"})
    assert found.in_conflict
