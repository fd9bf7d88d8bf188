from app.core.change import Change, RecordKey
from app.core.timeline import Logged, timeline
from tests.core.records import Log

PATIENT = RecordKey("Patient", "p", "p")
VISIT = RecordKey("Encounter", "e", "p")


def logged(log: Log) -> list[Logged]:
    return [(operation, None) for operation in log.operations]


def _two_saves() -> Log:
    log = Log()
    together = Change()
    together.set(PATIENT, {"sex": "female"})
    together.set(VISIT, {"status": {"status": "arrived"}})
    log.save(together)
    log.now_ms = 9_000
    log.practitioner_id = "other"
    log.write(PATIENT, {"sex": "male"})
    return log


def test_what_was_saved_together_is_one_moment_newest_first() -> None:
    log = _two_saves()
    newest, oldest = timeline(logged(log))
    assert (newest.practitioner_id, newest.at_ms) == ("other", 9_000)
    assert [e.record_type for e in oldest.entries] == ["Patient", "Encounter"]
    assert (oldest.device_id, oldest.site_id) == ("tablet-a", "port")


def test_the_order_of_arrival_does_not_matter() -> None:
    log = _two_saves()
    assert timeline(reversed(logged(log))) == timeline(logged(log))


def test_an_entry_names_what_it_replaced() -> None:
    log = _two_saves()
    newest, oldest = timeline(logged(log))
    replaced = newest.entries[0].replaces["sex"]
    assert replaced == (oldest.entries[0].operation_id,)


YEAR_2096_MS = 3_976_000_000_000


def test_a_clock_far_ahead_stands_where_the_server_clamped_it() -> None:
    ahead, log = Log("tablet-b", now_ms=YEAR_2096_MS), _two_saves()
    ahead.write(PATIENT, {"card": "ABC"})
    clamped = (ahead.operations[0], 5_000)
    moments = timeline([clamped, *logged(log)])
    assert [m.at_ms for m in moments] == [9_000, 5_000, 1_000]


def test_saves_of_one_instant_stand_in_the_order_of_their_counters() -> None:
    log = Log()
    for sex in ("female", "male", "other", "unknown", "female"):
        log.write(PATIENT, {"sex": sex})
    found = [m.entries[0].fields["sex"] for m in reversed(timeline(logged(log)))]
    assert found == ["female", "male", "other", "unknown", "female"]
