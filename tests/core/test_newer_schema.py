"""What this version does not know is kept, not shown, and read after an upgrade."""

from dataclasses import replace

import pytest

from app.core import operation as operations
from app.core.change import RecordKey
from app.core.document_json import document_from_json, document_to_json
from app.core.merge import Document, new_document
from app.core.operation import SCHEMA, Operation
from app.core.projections import View
from app.core.timeline import timeline
from tests.core.records import Log

PATIENT = RecordKey("Patient", "p", "p")


def written() -> list[Operation]:
    """A sex as this version writes it, then as the next one does in place of it."""
    log = Log()
    log.write(PATIENT, {"sex": "female"})
    log.write(PATIENT, {"sex": "as of the next version"})
    known, newer = log.operations
    head = replace(newer.header, schema=SCHEMA + 1)
    return [known, replace(newer, header=head)]


def folded(found: list[Operation]) -> Document:
    document = new_document(found[0])
    for operation in found:
        document = document.apply(operation)
    return document


def test_an_operation_of_a_newer_schema_changes_no_field_in_any_order() -> None:
    known, newer = written()
    for order in ([known, newer], [newer, known]):
        document = folded(order)
        assert View(document).value("sex") == "female"
        assert document.newer == {newer.header.operation_id: SCHEMA + 1}
        assert not document.is_outdated


def test_after_the_upgrade_the_record_asks_to_be_folded_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = written()
    stored = document_to_json(folded(found))
    monkeypatch.setattr(operations, "SCHEMA", SCHEMA + 1)
    document = document_from_json(stored)
    assert document.is_outdated
    again = folded(found)
    assert View(again).value("sex") == "as of the next version"
    assert View(again).conflicts() == {}
    assert not again.is_outdated


def test_the_timeline_says_who_wrote_it_and_nothing_of_what() -> None:
    newest, oldest = timeline((operation, None) for operation in written())
    assert (newest.practitioner_id, newest.site_id) == ("nurse", "port")
    assert newest.entries[0].fields == {}
    assert oldest.entries[0].fields == {"sex": "female"}
