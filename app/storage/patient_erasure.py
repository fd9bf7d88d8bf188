"""Erasing a patient (GDPR Art. 17) in one transaction.

What was written of them goes, and the key that sealed it. Of operations the headers
stay, under a fresh key: this device's chain runs over them.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import replace

from app.core.document_pack import unpack
from app.core.operation import OperationError, decode_header
from app.core.page_wire import DocumentItem
from app.core.wire import FeedItem
from app.storage.set_aside import SetAsideRows
from app.storage.stored_operation import State, StoredOperation
from app.storage.unit import Unit


def erase_patient(unit: Unit, aside: SetAsideRows, patient_id: str) -> None:
    """Erase all of a patient; what can't be read goes too, but for its place."""
    driver, rows = unit.driver, unit.rows
    _erase_set_aside(driver, aside, patient_id)
    found = [*rows.select_operations(driver, "WHERE patient_id = ?", patient_id)]
    for table in ("document", "draft", "patient_key"):
        statement = f"DELETE FROM {table} WHERE patient_id = ?"  # noqa: S608
        driver.execute(statement, (patient_id,))
    # Those that can be read are written again below.
    driver.execute(
        "UPDATE operation SET sealed = x'' WHERE patient_id = ?", (patient_id,)
    )
    rows.forget_keys()
    for stored in found:
        rows.put_operation(driver, without_content(stored))
    unit.erase(patient_id)


def without_content(stored: StoredOperation) -> StoredOperation:
    """Return what stays of an erased operation.

    One that the server refused waits for nothing any more.
    """
    refused = stored.state is State.SET_ASIDE
    return replace(
        stored,
        encoded=replace(stored.encoded, salt=None, content=None),
        state=State.ACKNOWLEDGED if refused else stored.state,
    )


def erased_in(item: FeedItem | DocumentItem, patient_ids: Collection[str]) -> str:
    """Return whose of these patients an item is, or "" if it is nobody's of them.

    One that can't be read is whose it names.
    """
    try:
        found = _patient_of(item)
    except (OperationError, ValueError):
        text = item.model_dump_json()
        return next((one for one in patient_ids if one in text), "")
    return found if found in patient_ids else ""


def _patient_of(item: FeedItem | DocumentItem) -> str:
    if isinstance(item, DocumentItem):
        return unpack(item.document.encode()).patient_id
    return decode_header(item.operation.header.encode())[0].patient_id


def _erase_set_aside(
    driver: sqlite3.Connection, aside: SetAsideRows, patient_id: str
) -> None:
    for entry in aside.all(driver):
        is_item = entry.item is not None and erased_in(entry.item, (patient_id,))
        if entry.patient_id == patient_id or is_item:
            aside.drop(driver, entry.item_id)
