"""One person waits once: whoever ends either of two visits of one ends the waiting."""

from itertools import permutations

import pytest

from app.core.change import RecordKey
from app.core.encounters import HALF_DAY_MS, open_encounter
from app.core.summary import PatientSummary, Station, summarise, waits_at
from app.core.values import EncounterStatus
from tests.core.records import Log

NINE = 1_790_000_000_000
MINUTE = 60_000
PATIENT = RecordKey("Patient", "p", "p")
FIRST = RecordKey("Encounter", "first", "p")
SECOND = RecordKey("Encounter", "second", "p")


def say(log: Log, visit: RecordKey, status: str, at_ms: int) -> None:
    log.now_ms = at_ms
    log.write(visit, {"status": {"status": status}, "started_at": at_ms})


def one_card_read_twice() -> tuple[Log, Log]:
    """Two tablets of one site: at nine, and ten minutes later."""
    a, b = Log("tablet-a"), Log("tablet-b")
    for log, visit, at_ms in ((a, FIRST, NINE), (b, SECOND, NINE + 10 * MINUTE)):
        log.now_ms = at_ms
        log.write(PATIENT, {"sex": "male"})
        say(log, visit, "arrived", at_ms)
    return a, b


def synced(*logs: Log) -> PatientSummary:
    """What a tablet shows that has everything."""
    both = Log("tablet-c")
    for log in logs:
        for operation in log.operations:
            both.take(operation)
    found = summarise(both.documents.values())
    assert found is not None
    return found


@pytest.mark.parametrize(("ended_on", "visit"), [(0, FIRST), (1, SECOND)])
def test_who_finishes_either_visit_ends_the_waiting(
    ended_on: int, visit: RecordKey
) -> None:
    logs = one_card_read_twice()
    say(logs[ended_on], visit, "triaged", NINE + 30 * MINUTE)
    assert synced(*logs).status == "triaged"
    say(logs[ended_on], visit, "finished", NINE + 60 * MINUTE)
    for order in permutations(logs):
        summary = synced(*order)
        assert summary.encounter_id == ""
        assert not any(waits_at(summary, station) for station in Station)


def test_what_is_said_after_the_end_of_the_other_goes_on() -> None:
    a, b = one_card_read_twice()
    say(b, SECOND, "finished", NINE + 30 * MINUTE)
    say(a, FIRST, "in-progress", NINE + 40 * MINUTE)
    summary = synced(a, b)
    assert (summary.encounter_id, summary.status) == ("first", "in-progress")


def test_who_comes_back_on_the_same_day_waits_again() -> None:
    log = Log()
    log.write(PATIENT, {"sex": "male"})
    say(log, FIRST, "arrived", NINE)
    say(log, FIRST, "finished", NINE + 60 * MINUTE)
    say(log, SECOND, "arrived", NINE + 360 * MINUTE)
    summary = synced(log)
    assert summary.encounter_id == "second"
    assert summary.waiting_since == NINE + 360 * MINUTE


def test_a_visit_of_yesterday_finished_late_takes_nobody_from_the_queue() -> None:
    yesterday, today = Log("tablet-a"), Log("tablet-b")
    say(yesterday, FIRST, "arrived", NINE - HALF_DAY_MS)
    today.write(PATIENT, {"sex": "male"})
    say(today, SECOND, "arrived", NINE)
    say(yesterday, FIRST, "finished", NINE + 30 * MINUTE)
    assert synced(yesterday, today).encounter_id == "second"


def test_an_old_visit_that_nobody_ended_does_not_come_back_after_a_newer_one() -> None:
    log = Log()
    log.write(PATIENT, {"sex": "male"})
    say(log, FIRST, "arrived", NINE - 9 * HALF_DAY_MS)
    say(log, SECOND, "arrived", NINE)
    say(log, SECOND, "finished", NINE + MINUTE)
    assert synced(log).encounter_id == ""


def test_the_end_at_another_site_ends_nobodys_waiting_here() -> None:
    port, camp = one_card_read_twice()
    camp.site_id = "camp"
    camp.documents.clear()
    camp.operations.clear()
    say(camp, SECOND, "arrived", NINE + 10 * MINUTE)
    say(camp, SECOND, "finished", NINE + 60 * MINUTE)
    summary = synced(port, camp)
    assert (summary.encounter_id, summary.encounter_site) == ("first", "port")


@pytest.mark.parametrize("how", ["cancelled", "entered in error"])
def test_a_second_visit_that_was_a_mistake_takes_nobody_from_the_queue(
    how: str,
) -> None:
    a, b = one_card_read_twice()
    if how == "cancelled":
        say(b, SECOND, "cancelled", NINE + 20 * MINUTE)
    else:
        say(b, SECOND, "finished", NINE + 20 * MINUTE)
        b.write(SECOND, {"entered_in_error": {"reason": "twice"}})
    assert synced(a, b).encounter_id == "first"


def test_what_makes_urgent_in_either_visit_counts() -> None:
    a, b = one_card_read_twice()
    a.write(FIRST, {"urgency": {"level": "urgent"}})
    summary = synced(a, b)
    assert (summary.encounter_id, summary.urgent) == ("second", True)
    visit = open_encounter(b.documents.values())
    assert visit is not None
    assert visit.status is EncounterStatus.ARRIVED
