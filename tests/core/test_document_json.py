"""A document's JSON loses nothing, and equal documents give equal bytes."""

import pytest
from hypothesis import given

from app.core.canonical import Json, decode, encode
from app.core.document_json import as_mapping, document_from_json, document_to_json
from app.core.merge import Document
from tests.core.strategies import documents


@given(documents())
def test_a_document_survives_its_json_and_its_bytes(document: Document) -> None:
    raw = encode(document_to_json(document))
    assert document_from_json(decode(raw)) == document


@given(documents(), documents())
def test_equal_documents_give_equal_bytes_however_they_came_to_be(
    a: Document, b: Document
) -> None:
    one, other = document_to_json(a.join(b)), document_to_json(b.join(a))
    assert encode(one) == encode(other)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"type": "Patient", "record": "r", "patient": "p"},
        {"type": "Patient", "record": "r", "patient": "p", "fields": {"a": [{}]}},
        {
            "type": "Patient",
            "record": "r",
            "patient": "p",
            "fields": {},
            "newer": {"o": "2"},
        },
        {"type": "Patient", "record": "r", "patient": "p", "fields": {}, "newer": []},
        {
            "type": "Patient",
            "record": "r",
            "patient": "p",
            "fields": {"a": [{"o": 1}, []]},
        },
        {
            "type": "Patient",
            "record": "r",
            "patient": "p",
            "fields": {"a": [{"o": [1, [0, 0, "d"], "n", "s", "clamp"]}, []]},
        },
    ],
)
def test_what_is_not_a_document_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match=r"^not a"):
        document_from_json(value)


def test_ids_that_are_not_text_are_refused() -> None:
    value: Json = {
        "type": "Patient",
        "record": "r",
        "patient": "p",
        "fields": {"a": [{}, [1, 2]]},
    }
    with pytest.raises(ValueError, match=r"^not a"):
        document_from_json(value)


def test_only_an_object_is_read_as_a_mapping() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    assert as_mapping("a") == {}
    assert as_mapping(None) == {}


def test_a_document_of_an_older_vault_is_read() -> None:
    stored: Json = {"type": "Patient", "record": "r", "patient": "p", "fields": {}}
    assert document_from_json(stored) == Document("Patient", "r", "p")
    assert document_to_json(Document("Patient", "r", "p")) == stored
