from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.encounters import EncounterView, encounters, open_encounter
from app.core.projections import (
    PatientView,
    ResponseView,
    View,
    patient_view,
    red_flags,
    responses,
)
from app.core.values import (
    Accompaniment,
    EncounterStatus,
    NameStatus,
    ResponseStatus,
    Sex,
    Who,
)
from tests.core.records import Log

PATIENT = RecordKey("Patient", "p", "p")
VISIT = RecordKey("Encounter", "e", "p")
RESPONSE = RecordKey("QuestionnaireResponse", "r", "p")
FLAGGED: Json = {"values": [{"valueInteger": 2}], "flags": ["self-harm"]}


def test_a_patient_of_whom_nothing_is_known_is_read_as_such() -> None:
    patient = PatientView(Log().write(PATIENT, {"card": "ABC"}))
    assert (patient.card, patient.sex, patient.birth) == ("ABC", Sex.UNKNOWN, None)
    assert patient.name.status is NameStatus.NOT_ASKED
    assert patient.language == ""
    assert patient.arrival.arrived_at is None
    assert patient.accompaniment == Accompaniment()


def test_a_code_of_a_newer_version_is_read_as_unknown_and_kept() -> None:
    document = Log().write(PATIENT, {"sex": "a-newer-code", "blood_group": "0+"})
    assert PatientView(document).sex is Sex.UNKNOWN
    assert View(document).value("sex") == "a-newer-code"
    assert View(document).value("blood_group") == "0+"


def test_a_field_that_is_no_text_reads_as_nothing() -> None:
    assert PatientView(Log().write(PATIENT, {"card": 7})).card == ""


def test_two_birth_dates_written_apart_conflict_and_both_are_kept() -> None:
    a, b = Log(), Log("tablet-b", "other-nurse")
    birth = {"precision": "day", "source": "said"}
    a.write(PATIENT, {"birth": {**birth, "from": "1990-01-02", "to": "1990-01-02"}})
    b.now_ms = 2_000
    b.write(PATIENT, {"birth": {**birth, "from": "1991-03-04", "to": "1991-03-04"}})
    a.take(b.operations[0])
    (name, shown), *_rest = PatientView(a.documents["p"]).conflicts().items()
    assert name == "birth"
    assert shown.write.practitioner_id == "other-nurse"
    assert [w.practitioner_id for w in shown.others] == ["nurse"]


def test_every_status_of_a_visit_is_kept_and_the_newest_is_shown() -> None:
    log = Log()
    log.write(VISIT, {"started_at": 900, "status": {"status": "arrived"}})
    log.now_ms = 5_000
    visit = EncounterView(log.write(VISIT, {"status": {"status": "triaged"}}))
    assert visit.status is EncounterStatus.TRIAGED
    assert (visit.status_at, visit.started_at, visit.site_id) == (5_000, 900, "port")
    assert len(visit.statuses) == 2
    assert visit.conflicts() == {}
    assert visit.is_open


def test_a_status_of_a_newer_version_keeps_the_visit_open() -> None:
    visit = EncounterView(Log().write(VISIT, {"status": {"status": "a-newer-one"}}))
    assert visit.status is EncounterStatus.IN_PROGRESS
    assert visit.is_open


def test_a_visit_without_a_status_yet_is_read_all_the_same() -> None:
    visit = EncounterView(Log().write(VISIT, {"started_at": "soon"}))
    assert (visit.site_id, visit.status_at, visit.started_at) == ("", 0, 0)
    assert not visit.urgent


def test_the_open_visit_is_the_newest_that_is_not_over() -> None:
    log = Log()
    log.write(VISIT, {"started_at": 1, "status": {"status": "finished"}})
    second = RecordKey("Encounter", "e2", "p")
    log.write(second, {"started_at": 2, "status": {"status": "arrived"}})
    found = open_encounter(log.documents.values())
    assert [v.record_id for v in encounters(log.documents.values())] == ["e", "e2"]
    assert found is not None
    assert found.record_id == "e2"
    log.write(second, {"status": {"status": "cancelled"}})
    assert open_encounter(log.documents.values()) is None


def test_a_visit_entered_in_error_is_not_open() -> None:
    log = Log()
    log.write(VISIT, {"status": {"status": "arrived"}})
    log.write(VISIT, {"entered_in_error": {"reason": "Mistyped"}})
    assert open_encounter(log.documents.values()) is None


def test_urgency_stands_while_two_people_disagree() -> None:
    a, b = Log(), Log("tablet-b")
    a.write(VISIT, {"urgency": {"level": "urgent"}})
    b.now_ms = 9_000
    b.write(VISIT, {"urgency": {"level": "routine"}})
    a.take(b.operations[0])
    assert EncounterView(a.documents["e"]).urgent


def test_a_response_says_its_form_status_and_raw_answers() -> None:
    log = Log()
    document = log.write(
        RESPONSE,
        {
            "questionnaire": "url|1",
            "encounter": "e",
            "status": {"status": "stopped", "reason": "tired"},
            "interpreter": {"mode": "phone", "name": "Sara", "language": "ar"},
            "answer.:q9": FLAGGED,
            "answer.:q1": None,
        },
    )
    view = ResponseView(document)
    assert (view.questionnaire, view.encounter_id) == ("url|1", "e")
    assert (view.status, view.stopped_reason) == (ResponseStatus.STOPPED, "tired")
    assert view.interpreter.name == "Sara"
    assert [path for path, _shown in view.answers()] == [":q9"]
    assert view.flags() == ("self-harm",)
    assert responses(log.documents.values()) == [view]
    assert red_flags(log.documents.values()) == ("self-harm",)


def test_a_red_flag_leaves_sight_only_when_entered_in_error() -> None:
    log = Log()
    log.write(RESPONSE, {"status": {"status": "stopped"}, "answer.:q9": FLAGGED})
    assert red_flags(log.documents.values()) == ("self-harm",)
    log.write(RESPONSE, {"entered_in_error": {"reason": "Wrong person"}})
    assert red_flags(log.documents.values()) == ()
    view = ResponseView(log.documents["r"])
    assert view.status is ResponseStatus.ENTERED_IN_ERROR


def test_a_positive_answer_is_shown_while_a_later_negative_contradicts_it() -> None:
    a, b = Log(), Log("tablet-b")
    a.write(RESPONSE, {"answer.:q9": FLAGGED})
    b.now_ms = 9_000
    b.write(RESPONSE, {"answer.:q9": {"values": [{"valueInteger": 0}]}})
    a.take(b.operations[0])
    assert ResponseView(a.documents["r"]).flags() == ("self-harm",)


def test_a_response_status_of_a_newer_version_reads_as_in_progress() -> None:
    view = ResponseView(Log().write(RESPONSE, {"status": "what?"}))
    assert view.status is ResponseStatus.IN_PROGRESS
    assert view.stopped_reason == ""


def test_without_a_patient_record_there_is_no_patient() -> None:
    log = Log()
    log.write(VISIT, {"status": {"status": "arrived"}})
    assert patient_view(log.documents.values()) is None


def test_a_child_with_another_adult_is_flagged_until_it_is_known_otherwise() -> None:
    log = Log()
    child = log.write(PATIENT, {"accompaniment": {"who": "not-parent", "name": "A"}})
    assert PatientView(child).accompaniment == Accompaniment(Who.NOT_PARENT, "A")
    assert PatientView(child).accompaniment.flags_child
    known = log.write(PATIENT, {"accompaniment": {"who": "parent"}})
    assert not PatientView(known).accompaniment.flags_child
