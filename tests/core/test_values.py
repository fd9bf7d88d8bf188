import pytest

from app.core.values import (
    Accompaniment,
    Arrival,
    Interpretation,
    InterpreterMode,
    NameStatus,
    PersonName,
    Who,
)

VALUES = [
    PersonName(NameStatus.SAID, "ሰላም", "Selam"),
    PersonName(NameStatus.REFUSED),
    Arrival("Port A", "Bus 7", 1_700_000_000_000),
    Arrival(),
    Interpretation(InterpreterMode.PHONE, "Sara", "ti"),
    Accompaniment(Who.GUARDIAN, "Omar"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_survives_its_json(
    value: PersonName | Arrival | Interpretation | Accompaniment,
) -> None:
    assert type(value).from_json(value.to_json()) == value


def test_one_name_is_a_whole_name_and_its_own_script_comes_first() -> None:
    assert PersonName(NameStatus.SAID, "", "Selam").display == "Selam"
    assert PersonName(NameStatus.SAID, "ሰላም", "Selam").display == "ሰላም"


def test_nothing_reads_as_not_asked_and_a_newer_status_as_said() -> None:
    assert PersonName.from_json(None) == PersonName()
    newer = PersonName.from_json({"status": "whispered", "latin": "Selam"})
    assert (newer.status, newer.latin) == (NameStatus.SAID, "Selam")


def test_what_is_not_understood_reads_as_not_known() -> None:
    assert Arrival.from_json({"arrived_at": "soon"}).arrived_at is None
    assert Interpretation.from_json({"mode": "telepathy"}).mode is InterpreterMode.NONE
    assert Accompaniment.from_json({"who": "a-newer-code"}).who is Who.NOT_ASKED
