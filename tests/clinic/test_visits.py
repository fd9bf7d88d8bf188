"""Visits: states are appended, and who comes back keeps one record."""

from app.clinic.registration import Registration, register
from app.clinic.visits import (
    LeftReason,
    come_back,
    encounter_key,
    for_later,
    leave,
    plan,
    set_status,
    set_urgency,
)
from app.core.document_json import as_mapping
from app.core.encounters import encounters, open_encounter
from app.core.projections import patient_view
from app.core.values import EncounterStatus
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds

NOW_MS = 1_790_000_000_000
PATIENT = "5b1f7d52-0000-4000-8000-000000000001"


def arrived() -> tuple[Folder, str]:
    folder = Folder()
    given = Registration(language="ti")
    made = register(given, lambda _code: PATIENT, SequentialIds(), NOW_MS)
    folder.add(made.change)
    return folder, made.encounter_id


def test_states_are_appended_and_the_newest_is_shown() -> None:
    folder, encounter_id = arrived()
    key = encounter_key(PATIENT, encounter_id)
    folder.add(set_status(key, EncounterStatus.TRIAGED))
    folder.add(set_status(key, EncounterStatus.ONLEAVE))
    (visit,) = encounters(folder.of(PATIENT))
    assert [as_mapping(s.value)["status"] for s in visit.statuses] == [
        "arrived",
        "triaged",
        "onleave",
    ]
    assert visit.status is EncounterStatus.ONLEAVE


def test_who_left_before_the_end_is_kept_with_the_reason() -> None:
    folder, encounter_id = arrived()
    key = encounter_key(PATIENT, encounter_id)
    folder.add(leave(key, LeftReason.OTHER))
    (visit,) = encounters(folder.of(PATIENT))
    assert as_mapping(visit.value("status")) == {
        "status": "finished",
        "left": "other",
    }
    assert open_encounter(folder.of(PATIENT)) is None


def test_urgency_is_said_and_taken_back() -> None:
    folder, encounter_id = arrived()
    key = encounter_key(PATIENT, encounter_id)
    folder.add(set_urgency(key, urgent=True))
    assert encounters(folder.of(PATIENT))[0].urgent
    folder.add(set_urgency(key, urgent=False))
    assert not encounters(folder.of(PATIENT))[0].urgent


def test_what_two_tablets_put_off_waits_and_the_newest_word_of_a_form_counts() -> None:
    folder, encounter_id = arrived()
    key = encounter_key(PATIENT, encounter_id)
    for form, later in (("a|1", True), ("b|1", True), ("a|1", False)):
        folder.add(plan(key, form, later=later))
    (visit,) = encounters(folder.of(PATIENT))
    assert for_later(visit) == {"b|1"}
    assert visit.conflicts() == {}


def test_who_comes_back_gets_a_new_visit_on_the_same_record() -> None:
    folder, first = arrived()
    folder.add(leave(encounter_key(PATIENT, first), LeftReason.MOVED_ON))
    second, change = come_back(PATIENT, SequentialIds("back"), NOW_MS + 1)
    folder.add(change)
    found = encounters(folder.of(PATIENT))
    assert [visit.record_id for visit in found] == [first, second]
    visit = open_encounter(folder.of(PATIENT))
    assert visit is not None
    assert visit.record_id == second


def test_what_is_new_of_who_came_back_is_written_in_the_same_change() -> None:
    folder, _first = arrived()
    news = Registration(origin="ER")
    folder.add(come_back(PATIENT, SequentialIds("back"), NOW_MS + 1, news)[1])
    patient = patient_view(folder.of(PATIENT))
    assert patient is not None
    assert (patient.text("origin"), patient.language) == ("ER", "ti")
