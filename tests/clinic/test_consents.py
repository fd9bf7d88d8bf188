"""The notice is kept each time; a purpose has one answer, and the last one stands."""

from app.clinic.consents import (
    ConsentGiven,
    NoticeGiven,
    PostponedReason,
    Purpose,
    consent_key,
    last_notice,
    record_consents,
    record_notice,
    standing_consents,
)
from app.clinic.corrections import enter_in_error
from app.core.merge import Document
from app.core.projections import by_type
from app.core.records import RecordType
from app.core.values import Decision, GivenBy, Interpretation, InterpreterMode
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds

IDS = SequentialIds()
PATIENT = "5b1f7d52-0000-4000-8000-000000000001"
INTERPRETER = Interpretation(InterpreterMode.PHONE, "Selam", "ti")
GIVEN = NoticeGiven(given=True, version="2", language="ti", interpreter=INTERPRETER)
PUT_OFF = NoticeGiven(
    given=False,
    version="2",
    language="ti",
    postponed_reason=PostponedReason.TOO_UNWELL,
)


def consents(*given: ConsentGiven) -> Folder:
    folder = Folder()
    for consent in given:
        folder.add(record_consents(PATIENT, (consent,), IDS))
    return folder


def test_a_notice_says_its_language_and_who_interpreted() -> None:
    folder = Folder()
    folder.add(record_notice(PATIENT, GIVEN, SequentialIds()))
    found = last_notice(folder.of(PATIENT))
    assert found is not None
    assert found[0] == GIVEN


def test_no_notice_is_nothing() -> None:
    assert last_notice(()) is None


def test_a_notice_put_off_is_kept_until_it_is_given() -> None:
    folder, ids = Folder(), SequentialIds()
    folder.add(record_notice(PATIENT, PUT_OFF, ids))
    found = last_notice(folder.of(PATIENT))
    assert found is not None
    assert found[0].postponed_reason == "too-unwell"
    folder.add(record_notice(PATIENT, GIVEN, ids))
    found = last_notice(folder.of(PATIENT))
    assert found is not None
    assert found[0].given
    assert len(by_type(folder.of(PATIENT), RecordType.COMMUNICATION)) == 2


def test_a_notice_that_was_given_stands_after_a_later_one_was_put_off() -> None:
    folder, ids = Folder(), SequentialIds()
    folder.add(record_notice(PATIENT, GIVEN, ids))
    folder.add(record_notice(PATIENT, PUT_OFF, ids))
    found = last_notice(folder.of(PATIENT))
    assert found is not None
    assert found[0].given


def test_answering_again_withdraws_and_there_is_one_record_a_purpose() -> None:
    yes = ConsentGiven(Purpose.RESEARCH, Decision.YES, GivenBy.SELF)
    no = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.SELF)
    (standing,) = standing_consents(consents(yes, no).of(PATIENT))
    assert standing.decision is Decision.NO


def test_each_service_is_a_purpose_of_its_own() -> None:
    one = ConsentGiven(Purpose.SHARING, Decision.YES, GivenBy.PARENT, "Red Cross")
    other = ConsentGiven(Purpose.SHARING, Decision.NO, GivenBy.PARENT, "Legal aid")
    standing = standing_consents(consents(one, other).of(PATIENT))
    found = {each.service: each.decision for each in standing}
    assert found == {"Red Cross": Decision.YES, "Legal aid": Decision.NO}
    assert {each.given_by for each in standing} == {GivenBy.PARENT}


def test_two_tablets_that_heard_different_answers_have_no_yes() -> None:
    def heard(decision: Decision) -> Document:
        consent = ConsentGiven(Purpose.RESEARCH, decision, GivenBy.SELF)
        return next(iter(consents(consent).documents.values()))

    yes, no = heard(Decision.YES), heard(Decision.NO)
    # Both writes carry the same sequential id here: give one of them another.
    state = no.fields["decision"]
    renamed = {f"other-{key}": write for key, write in state.heads.items()}
    other = Document(
        no.record_type,
        no.record_id,
        no.patient_id,
        {"decision": type(state)(renamed)},
    )
    (standing,) = standing_consents([yes.join(other)])
    assert standing.decision is Decision.NOT_ASKED


def test_a_consent_entered_in_error_does_not_stand() -> None:
    folder = consents(ConsentGiven(Purpose.RESEARCH, Decision.YES, GivenBy.SELF))
    folder.add(enter_in_error(folder.of(PATIENT), "somebody else"))
    assert standing_consents(folder.of(PATIENT)) == []


def test_a_refusal_said_after_an_answer_in_error_stands() -> None:
    folder = consents(ConsentGiven(Purpose.RESEARCH, Decision.YES, GivenBy.SELF))
    folder.add(enter_in_error(folder.of(PATIENT), "mistyped"))
    no = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.SELF)
    folder.add(record_consents(PATIENT, (no,), IDS, folder.of(PATIENT)))
    (standing,) = standing_consents(folder.of(PATIENT))
    assert standing.decision is Decision.NO


def test_a_key_is_the_same_on_every_tablet() -> None:
    one = consent_key(PATIENT, Purpose.SHARING, "Red Cross", IDS)
    assert one == consent_key(PATIENT, Purpose.SHARING, "Red Cross", IDS)
    assert one != consent_key(PATIENT, Purpose.SHARING, "Legal aid", IDS)
