"""Any JSON in any field is read: it is kept, shown or not, and never raises.

A value that raised where it is folded would keep a whole page of the feed out of every
tablet, for ever.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.document_json import document_from_json, document_to_json
from app.core.encounters import EncounterView, encounters, open_encounter
from app.core.merge import Document
from app.core.operation import ChangePart, Header, Operation
from app.core.projections import (
    PatientView,
    ResponseView,
    View,
    patient_view,
    phones_of,
    red_flags,
    responses,
)
from app.core.records import RecordType, policy
from app.core.summary import PatientSummary, Station, queue, summarise
from app.core.timeline import timeline
from tests.core.strategies import ODD, fields_of, odd_documents, odd_patients, state_of

VIEWS = {
    RecordType.PATIENT: PatientView,
    RecordType.ENCOUNTER: EncounterView,
    RecordType.QUESTIONNAIRE_RESPONSE: ResponseView,
}


@pytest.mark.parametrize("kind", RecordType)
@given(one=ODD, other=ODD, data=st.data())
def test_every_policy_compares_any_two_values(
    kind: RecordType, one: Json, other: Json, data: st.DataObject
) -> None:
    found = policy(kind, data.draw(st.sampled_from(fields_of(kind))))
    for a, b in ((one, other), (other, one), (one, one)):
        assert found.prevails is None or found.prevails(a, b) in (True, False)
        assert found.positive is None or found.positive(a) in (True, False)


@pytest.mark.parametrize("kind", RecordType)
@given(data=st.data())
def test_every_view_of_a_record_reads_any_values(
    kind: RecordType, data: st.DataObject
) -> None:
    document = data.draw(odd_documents(kind))
    view = VIEWS.get(kind, View)(document)
    for cls in (View, type(view)):
        for name, member in vars(cls).items():
            if isinstance(member, property):
                assert getattr(view, name) is not Ellipsis
    conflicts = view.conflicts()
    for name in document.fields:
        shown = view.shown(name)
        assert shown is not None
        assert shown.in_conflict == (name in conflicts)
    if isinstance(view, ResponseView):
        assert all(isinstance(flag, str) for flag in view.flags())
        assert len(list(view.answers())) <= len(document.fields)
    assert document_from_json(document_to_json(document)) == document


@given(odd_patients())
def test_a_patient_with_any_values_is_summarised_and_listed(
    documents: list[Document],
) -> None:
    summary = summarise(documents)
    patient = patient_view(documents)
    assert patient is not None
    assert (summary is None) == patient.entered_in_error
    if summary is not None:
        assert PatientSummary.from_json(summary.to_json()) == summary
        for station in Station:
            assert queue([summary], station, "port") in ([], [summary])
    assert len(encounters(documents)) == len(responses(documents)) == 1
    found = open_encounter(documents)
    assert found is None or found.record_id == f"record-{RecordType.ENCOUNTER}"
    assert all(isinstance(text, str) for text in phones_of(documents))
    assert all(isinstance(flag, str) for flag in red_flags(documents))


@given(st.dictionaries(st.sampled_from(["name", "status", "of_2031"]), ODD))
def test_an_operation_with_any_values_stands_on_the_timeline(
    fields: dict[str, Json],
) -> None:
    at = HybridTimestamp(7, 0, "device")
    part = ChangePart("change", 0, 1)
    header = Header("o", at, "nurse", "Patient", "p", "p", "port", part)
    (moment,) = timeline([(Operation(header, fields), None)])
    assert moment.entries[0].fields == fields


@pytest.mark.parametrize("odd", [["said"], {"of": "2031"}, 7, True, [[]], ""])
def test_an_odd_status_of_a_name_is_known_to_have_been_said(odd: Json) -> None:
    summary = summarise(
        [
            Document(
                RecordType.PATIENT,
                "p",
                "p",
                {
                    "name": state_of(
                        [{"status": odd}, {"status": "said", "latin": "A"}]
                    ),
                    "accompaniment": state_of([{"who": odd}, {"who": "nobody"}]),
                },
            )
        ]
    )
    assert summary is not None
    assert summary.display_name == "A"
    assert summary.child_alone
