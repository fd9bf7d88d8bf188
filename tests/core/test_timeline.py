from app.core.change import Change, RecordKey
from app.core.timeline import timeline
from tests.core.records import Log

PATIENT = RecordKey("Patient", "p", "p")
VISIT = RecordKey("Encounter", "e", "p")


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
    newest, oldest = timeline(log.operations)
    assert (newest.practitioner_id, newest.at_ms) == ("other", 9_000)
    assert [e.record_type for e in oldest.entries] == ["Patient", "Encounter"]
    assert (oldest.device_id, oldest.site_id) == ("tablet-a", "port")


def test_the_order_of_arrival_does_not_matter() -> None:
    log = _two_saves()
    assert timeline(reversed(log.operations)) == timeline(log.operations)


def test_an_entry_names_what_it_replaced() -> None:
    log = _two_saves()
    newest, oldest = timeline(log.operations)
    replaced = newest.entries[0].replaces["sex"]
    assert replaced == (oldest.entries[0].operation_id,)
