"""Bodies of /v1: bytes as they were, and no stumbling over a newer version."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core.problems import ProblemCode
from app.core.wire import (
    EnrolRequest,
    OperationEnvelope,
    Outcome,
    PushOutcome,
    PushResponse,
)
from tests.core.strategies import TEXTS


@given(TEXTS, st.none() | st.binary(max_size=20), st.none() | TEXTS)
def test_an_envelope_carries_the_bytes_as_they_are(
    header: str, salt: bytes | None, content: str | None
) -> None:
    envelope = OperationEnvelope(header=header, salt=salt, content=content)
    again = OperationEnvelope.model_validate_json(envelope.model_dump_json())
    assert again == envelope


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_reason_survives_the_wire(code: ProblemCode) -> None:
    outcome = PushOutcome(operation_id="o", outcome=Outcome.REJECTED, reason=code)
    again = PushOutcome.model_validate_json(outcome.model_dump_json())
    assert again.reason is code


def test_a_reason_of_a_newer_server_does_not_stop_the_others() -> None:
    outcomes = [
        {"operation_id": "a", "outcome": "rejected", "reason": "reason-of-2031"},
        {"operation_id": "b", "outcome": "accepted", "of_2031": {"new": True}},
    ]
    body = {"outcomes": outcomes, "acknowledged": 2, "server_ms": 1, "epoch": "e"}
    answer = PushResponse.model_validate_json(json.dumps(body))
    assert [one.reason for one in answer.outcomes] == [ProblemCode.UNEXPECTED, None]


def test_a_refused_body_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as caught:
        EnrolRequest.model_validate_json('{"code": 7, "name": "Salma al-Hasan"}')
    assert "Salma" not in str(caught.value)


@pytest.mark.parametrize("key", ["no base64!", "A", 7, None])
def test_bytes_that_are_not_base64_are_refused(key: object) -> None:
    body = {"header": "{}", "salt": key or [], "content": None}
    with pytest.raises(ValidationError):
        OperationEnvelope.model_validate_json(json.dumps(body))
