from datetime import date

import pytest

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.projections import PatientView
from app.core.summary import PatientSummary, Station, queue, summarise, waits_at
from tests.core.records import Log

PATIENT = RecordKey("Patient", "p", "p")
VISIT = RecordKey("Encounter", "e", "p")


def _arrived() -> Log:
    log = Log()
    name = {"status": "said", "original": "أمينة", "latin": "Amina"}
    log.write(PATIENT, {"card": "ABC", "name": name, "sex": "female"})
    log.write(VISIT, {"started_at": 1_000, "status": {"status": "arrived"}})
    return log


def _summary(log: Log) -> PatientSummary:
    found = summarise(log.documents.values())
    assert found is not None
    return found


def test_a_summary_holds_what_lists_need() -> None:
    log = _arrived()
    log.write(RecordKey("ContactPoint", "c", "p"), {"value": "+49170", "system": "x"})
    log.write(RecordKey("Communication", "n", "p"), {"notice": {"status": "given"}})
    summary = _summary(log)
    assert (summary.card, summary.display_name, summary.sex) == (
        "ABC",
        "أمينة",
        "female",
    )
    assert summary.phones == ("+49170",)
    assert summary.notice_given
    assert (summary.encounter_id, summary.status) == ("e", "arrived")
    assert summary.changed_at == 1_000


def test_a_summary_survives_its_json() -> None:
    summary = _summary(_arrived())
    stored = {**summary.to_json(), "added_by_a_newer_version": 1}
    assert PatientSummary.from_json(stored) == summary


def test_somebody_without_a_patient_record_or_entered_in_error_is_in_no_list() -> None:
    log = Log()
    log.write(VISIT, {"status": {"status": "arrived"}})
    assert summarise(log.documents.values()) is None
    wrong = _arrived()
    wrong.write(PATIENT, {"entered_in_error": {"reason": "Written twice"}})
    assert summarise(wrong.documents.values()) is None


def test_a_phone_number_entered_in_error_is_not_searched() -> None:
    log = _arrived()
    phone = RecordKey("ContactPoint", "c", "p")
    log.write(phone, {"value": "+49170"})
    log.write(phone, {"entered_in_error": {"reason": "Mistyped"}})
    assert _summary(log).phones == ()


BORN: Json = {
    "from": "2009-06-01",
    "to": "2009-06-30",
    "precision": "month",
    "source": "said",
}


@pytest.mark.parametrize(
    ("fields", "on", "unasked"),
    [
        ({}, date(2027, 6, 29), False),
        ({"birth": BORN}, date(2027, 6, 29), True),
        ({"birth": BORN}, date(2027, 6, 30), False),
        (
            {"birth": BORN, "accompaniment": {"who": "not-asked"}},
            date(2026, 1, 1),
            True,
        ),
        ({"birth": BORN, "accompaniment": {"who": "parent"}}, date(2026, 1, 1), False),
    ],
)
def test_a_child_of_whom_nobody_asked_who_is_with_them_is_told(
    fields: dict[str, Json], on: date, *, unasked: bool
) -> None:
    log = _arrived()
    patient = PatientView(log.write(PATIENT, {"sex": "female", **fields}))
    assert patient.company_unasked(on) is unasked
    assert _summary(log).company_unasked(on) is unasked


def test_a_notice_entered_in_error_was_not_given() -> None:
    log = _arrived()
    notice = RecordKey("Communication", "n", "p")
    log.write(notice, {"notice": {"status": "given"}})
    log.write(notice, {"entered_in_error": {"reason": "mistyped"}})
    assert not _summary(log).notice_given
    assert waits_at(_summary(log), Station.REGISTRATION)


def test_a_red_flag_of_this_visit_makes_urgent_and_one_of_another_does_not() -> None:
    log = _arrived()
    answer = {"values": [], "flags": ["cough"]}
    response = RecordKey("QuestionnaireResponse", "r", "p")
    log.write(response, {"encounter": "another", "answer.:q": answer})
    assert not _summary(log).urgent
    log.write(response, {"encounter": "e", "questionnaire": "form|1"})
    assert _summary(log).urgent
    assert _summary(log).flags == ("form|1#cough",)
    assert not _summary(log).without_flags({"form|1#cough"}).urgent
    assert _summary(log).without_flags({"form|1#fever", "form|2#cough"}).urgent


def test_somebody_whose_visit_is_over_waits_nowhere() -> None:
    log = _arrived()
    log.write(VISIT, {"status": {"status": "finished"}})
    assert not any(waits_at(_summary(log), station) for station in Station)


def test_each_station_has_its_own_queue() -> None:
    arrived = PatientSummary("p", encounter_id="e", status="arrived")
    named = PatientSummary(
        "q", name_status="said", notice_given=True, encounter_id="e", status="triaged"
    )
    assert waits_at(arrived, Station.REGISTRATION)
    assert waits_at(arrived, Station.TRIAGE)
    assert not waits_at(arrived, Station.NURSE)
    assert not waits_at(named, Station.REGISTRATION)
    assert waits_at(named, Station.NURSE)


def _waiting(patient_id: str, since: int, **more: object) -> PatientSummary:
    members = {
        "encounter_id": "e",
        "encounter_site": "port",
        "status": "triaged",
        "waiting_since": since,
        **more,
    }
    return PatientSummary(patient_id, **members)  # type: ignore[arg-type]


def test_urgent_come_first_then_the_longest_and_those_who_are_away_last() -> None:
    people = [
        _waiting("away", 1, status="onleave", marked_urgent=True),
        _waiting("short", 30),
        _waiting("long", 10),
        _waiting("urgent", 40, marked_urgent=True),
        _waiting("elsewhere", 1, encounter_site="other"),
    ]
    found = [p.patient_id for p in queue(people, Station.NURSE, "port")]
    assert found == ["urgent", "long", "short", "away"]
