"""Rows that a page of the feed adds, made many at once to be written many at once.

One at a time, each row's trigger costs as much as the row.
"""

import sqlite3
from collections.abc import Sequence
from itertools import count

import msgspec

from app.core.document_pack import pack
from app.core.merge import Document
from app.storage.ledger import Row
from app.storage.rows import Rows, document_place, operation_place
from app.storage.sealing import bodies, many_nonces
from app.storage.stored_operation import StoredOperation, to_bytes

_LAST = "SELECT coalesce(max(position), 0) FROM operation"
_encode = msgspec.json.Encoder().encode


def operation_rows(
    driver: sqlite3.Connection, rows: Rows, operations: Sequence[StoredOperation]
) -> list[Row]:
    """Return the rows of operations that are not here, their patients' keys made."""
    (last,) = driver.execute(_LAST).fetchone()
    plains = [to_bytes(stored) for stored in operations]
    made = zip(
        count(last + 1),
        operations,
        bodies(plains),
        many_nonces(len(plains)),
        strict=False,
    )
    found = list[Row]()
    for position, stored, body, nonce in made:
        head, state = stored.header, int(stored.state)
        ids = (head.operation_id, head.record_id, head.patient_id)
        key = rows.make_key(driver, head.patient_id)
        where = operation_place(ids, stored.number, state)
        sealed = key.seal_body(body, where, nonce)
        found.append((position, *ids, stored.number, state, sealed))
    return found


def document_rows(
    driver: sqlite3.Connection, rows: Rows, documents: Sequence[tuple[Document, int]]
) -> list[Row]:
    """Return the rows of records that are not here, each with its position."""
    plains = [_encode(pack(document)) for document, _position in documents]
    made = zip(documents, bodies(plains), many_nonces(len(plains)), strict=True)
    found = list[Row]()
    for (document, position), body, nonce in made:
        ids = (document.record_id, document.patient_id)
        key = rows.make_key(driver, document.patient_id)
        sealed = key.seal_body(body, document_place(*ids, position, 0), nonce)
        found.append((*ids, position, sealed, 0))
    return found
