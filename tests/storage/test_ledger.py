"""What a row counts: every column, with its type; and pages count as single rows do."""

import pytest

from app.core.canonical import encode
from app.core.change import Authorship
from app.core.document_pack import pack
from app.core.merge import new_document
from app.core.page_wire import DocumentItem, DocumentPage
from app.storage import StorageError, Vault, VaultFile
from app.storage.ledger import Row, row_value
from app.storage.log_mark import read_mark
from tests.storage.tablets import BO, PORT, named, patient, save_patient
from tests.support.operations import WritingDevice

Opened = tuple[VaultFile, Vault]
KEY = bytes(range(32))
FRAME_BYTES, LOG_HEAD_BYTES = 24 + 4096, 32


def page_of(count: int) -> DocumentPage:
    """A page of so many new patients."""
    device = WritingDevice("device-b", Authorship(BO, PORT.site_id))
    items = []
    for number in range(count):
        key = patient(f"page-{number}")
        ((operation, _encoded),) = device.write((key, named(f"Amina {number}")))
        document = new_document(operation).apply(operation)
        items.append(DocumentItem(document=encode(pack(document)).decode()))
    return DocumentPage(
        cursor="epoch-1.page-1", documents=tuple(items), more=True, server_ms=0
    )


def test_rows_that_differ_count_differently() -> None:
    one: list[Row] = [("1",), (1,), (b"1",), (1.5,), (None,), ("",), (b"",), ()]
    two: list[Row] = [("ab", "c"), ("a", "bc"), (b"ab", "c"), ("abc",), ("abc", None)]
    odd: list[Row] = [("\udc80",), (b"\x80",), ("\udc80", "a"), ("a", "\udc80")]
    rows = one + two + odd
    values = {row_value(KEY, "document", row) for row in rows}
    values.add(row_value(KEY, "operation", rows[0]))
    values.add(row_value(KEY[::-1], "document", rows[0]))
    assert len(values) == len(rows) + 2


def test_a_page_counts_as_single_rows_do(opened: Opened) -> None:
    _vault_file, vault = opened
    vault.apply_documents(page_of(3))
    assert vault.verify() == frozenset()
    save_patient(vault, "p1", "Omar")
    save_patient(vault, "page-1", "Fatima")
    assert vault.verify() == frozenset()


def test_a_page_that_fails_leaves_nothing_and_rows_count_on(opened: Opened) -> None:
    vault_file, vault = opened
    with vault_file._database.read() as driver:
        driver.execute(
            "CREATE TEMP TRIGGER refusing BEFORE UPDATE ON main.sealed_value "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    with pytest.raises(StorageError):
        vault.apply_documents(page_of(3))
    with vault_file._database.read() as driver:
        driver.execute("DROP TRIGGER refusing")
    assert vault.document("page-1") is None
    save_patient(vault, "p1", "Omar")
    assert vault.verify() == frozenset()
    vault.apply_documents(page_of(3))
    assert vault.verify() == frozenset()


def test_the_mark_counts_a_commit_of_many_frames(opened: Opened) -> None:
    vault_file, vault = opened
    vault.apply_documents(page_of(200))
    log = vault_file.folder / "vault.db-wal"
    mark = read_mark(vault_file.folder)
    assert mark is not None
    assert mark.frames > 30
    assert LOG_HEAD_BYTES + mark.frames * FRAME_BYTES == log.stat().st_size
