"""Whatever a newer version wrote, the clinic reads it and nothing raises."""

from hypothesis import given
from hypothesis import strategies as st

from app.clinic.consents import ConsentView, NoticeGiven, last_notice, standing_consents
from app.clinic.corrections import ErrorReason, belonging, enter_in_error, mirrors_of
from app.clinic.findings import flags_in, score_of, standing_flags
from app.clinic.library import read_library
from app.clinic.moving import RightPerson, UndecidedError, move_to, moving
from app.clinic.screening import Asked, answers_of
from app.core.canonical import Json
from app.core.merge import Document
from app.core.projections import View, responses
from app.core.records import RecordType
from app.core.values import Decision
from tests.core.strategies import ODD, odd_documents, odd_patients
from tests.support.operations import SequentialIds

RIGHT = "5b1f7d52-0000-4000-8000-000000000002"
LIBRARY = read_library()


@given(odd_patients())
def test_findings_are_read_of_any_values(documents: list[Document]) -> None:
    (response,) = responses(documents)
    codes = [flag.code for flag in flags_in(response, LIBRARY)]
    assert codes == list(response.flags())
    assert len(standing_flags(documents, LIBRARY)) == len(codes)
    scored = score_of(documents, response.record_id)
    assert scored is None or scored.record_id == f"record-{RecordType.SCORE}"
    assert len(answers_of(response)) <= len(list(response.answers()))


@given(odd_documents(RecordType.CONSENT), st.lists(ODD, max_size=2))
def test_no_consent_is_read_out_of_any_values_but_a_yes(
    document: Document, notices: list[Json]
) -> None:
    consent = ConsentView(document)
    if consent.decision is Decision.YES:
        assert isinstance(consent.safest, dict)
        assert consent.safest["decision"] == "yes"
    assert isinstance(consent.purpose + consent.service, str)
    assert consent.given_by is None or consent.given_by
    assert len(standing_consents([document])) == (not consent.entered_in_error)
    for value in notices:
        assert NoticeGiven.from_json(value).given in (True, False)
        assert isinstance(Asked.from_json(value).staff, str)


@given(odd_patients())
def test_records_with_any_values_are_corrected_and_moved(
    documents: list[Document],
) -> None:
    notice = last_notice(documents)
    assert notice is None or isinstance(notice[0], NoticeGiven)
    for document in documents:
        together = belonging(documents, document.record_id)
        assert document in together
        assert enter_in_error(together, ErrorReason.TWICE)
        moved = moving(documents, document.record_id)
        mirrors = mirrors_of(moved, lambda _patient_id: documents)
        right = RightPerson(RIGHT, "visit", tuple(documents))
        ids = SequentialIds("moved")
        try:
            change = move_to(moved, right, ErrorReason.TWICE, ids, mirrors)
        except UndecidedError:
            assert any(View(each).conflicts() for each in moved)
        else:
            assert all(key.record_id for key in change.writes)
