"""Search as you type: three scripts, cards and phones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.folding import folded, tokens
from app.core.summary import PatientSummary
from app.storage.patient_index import Entry, PatientIndex

PEOPLE = (
    PatientSummary(
        "p1", card="4K7Q0ZP81XM", original="فاطمة أحمد", latin="Fatima Ahmad"
    ),
    PatientSummary("p2", latin="Jean-Paul Örsted", phones=("+49 170 123 4567",)),
    PatientSummary("p3", original="ሰላም ኣማኑኤል", latin="Selam Amanuel", changed_at=5),
    PatientSummary("p4", original="علی رضایی", latin="Ali Rezaei", changed_at=9),
    PatientSummary("p5", latin="Alina Fat", changed_at=1),
    PatientSummary("p6", original="Їжакевич Олена"),
    PatientSummary("p7", original="রহিম"),
)
INDEX = PatientIndex(Entry.of(person) for person in PEOPLE)


def found(text: str) -> list[str]:
    return [summary.patient_id for summary in INDEX.search(text, 10)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fatim", ["p1"]),
        ("FATIMA ah", ["p1"]),
        ("ahmad fat", ["p1"]),
        ("فاطمه", ["p1"]),
        ("فَاطِمَة", ["p1"]),
        ("احمد", ["p1"]),
        ("أحـمد", ["p1"]),
        ("jean", ["p2"]),
        ("paul", ["p2"]),
        ("jean-p", ["p2"]),
        ("jeanp", ["p2"]),
        ("orsted", ["p2"]),
        ("ሰላ", ["p3"]),
        ("ሠላም", ["p3"]),
        ("علي", ["p4"]),
        ("رضايي", ["p4"]),
        ("їжак", ["p6"]),
        ("іжак", ["p6"]),
        ("রহি", ["p7"]),
        ("4k7q", ["p1"]),
        ("4K7Q-0ZP8-1XM", ["p1"]),
        ("4k7qo", ["p1"]),
        ("4k7q ozp8 ixm", ["p1"]),
        ("0170 123", ["p2"]),
        ("+49170", ["p2"]),
        ("".join(chr(0x660 + int(d)) for d in "0170"), ["p2"]),
        ("ali", ["p4", "p5"]),
        ("fat", ["p5", "p1"]),
        ("nobody", []),
        ("fatima nobody", []),
        ("", []),
        ("  -- ", []),
    ],
)
def test_what_is_typed_finds(typed: str, expected: list[str]) -> None:
    assert found(typed) == expected


def test_no_more_than_asked_for() -> None:
    assert len(INDEX.search("a", 2)) == 2


def test_a_patient_without_a_name_has_no_words() -> None:
    assert Entry.of(PatientSummary("p")).words == ""


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(min_size=1), st.data())
def test_each_beginning_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    words = tokens(name)
    index = PatientIndex([Entry.of(PatientSummary("p", original=name))])
    for word in words:
        size = data.draw(st.integers(1, len(word)))
        assert [s.patient_id for s in index.search(word[:size], 1)] == ["p"]
