"""Audit events: FHIR's words, and back."""

from app.core.audit import AuditEvent, AuditKind, audit_subject, is_again
from app.core.canonical import Json
from app.core.document_json import as_mapping


def test_a_reading_says_who_read_whose_record_in_fhir_s_words() -> None:
    event = AuditEvent("e1", AuditKind.READ.value, 1_000, "ana", "amina")
    fields = event.fields()
    assert as_mapping(fields["type"])["code"] == "110110"
    assert (fields["action"], fields["outcome"]) == ("R", "0")
    assert fields["agent"] == [{"who": "Practitioner/ana", "requestor": True}]
    assert fields["entity"] == [{"what": "Patient/amina"}]
    assert AuditEvent.of("e1", fields) == event


def test_break_glass_carries_its_reason_as_the_purpose() -> None:
    kind = AuditKind.BREAK_GLASS.value
    event = AuditEvent("e2", kind, 1_000, "ana", "amina", "She bleeds")
    assert event.fields()["purposeOfEvent"] == [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                    "code": "BTG",
                }
            ],
            "text": "She bleeds",
        }
    ]
    assert AuditEvent.of("e2", event.fields()) == event


def test_failed_unlocks_keep_their_number_and_both_times() -> None:
    event = AuditEvent(
        "e3", AuditKind.UNLOCK_FAILED.value, 1_000, "bo", count=7, ended_at=9_000
    )
    assert event.fields()["outcome"] == "4"
    assert event.fields()["entity"] == []
    assert AuditEvent.of("e3", event.fields()) == event


def test_odd_content_reads_as_nothing_and_never_raises() -> None:
    odd: dict[str, Json] = {"subtype": 3, "agent": [7], "purposeOfEvent": {}}
    odd |= {"recorded": "soon"}
    assert AuditEvent.of("e4", odd) == AuditEvent("e4", "", 0, "")


def test_each_device_has_a_subject_of_its_own() -> None:
    assert audit_subject(b"secret", "a") != audit_subject(b"secret", "b")
    assert audit_subject(b"secret", "a") != audit_subject(b"other", "a")


def test_twice_within_a_minute_is_once_and_a_clock_set_back_hides_nothing() -> None:
    assert is_again(1_000, 60_999)
    assert not is_again(1_000, 61_000)
    assert not is_again(1_000, 999)
    assert not is_again(None, 999)
