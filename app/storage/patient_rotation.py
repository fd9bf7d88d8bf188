"""A patient's key made anew, in one transaction: a death leaves the old or the new.

What the old key sealed is sealed again under the new one, and the old key is gone.
"""

import sqlite3

from app.storage import drafts
from app.storage.errors import VaultCorruptError
from app.storage.unit import Unit


def rotate_patient_key(unit: Unit, patient_id: str) -> None:
    """Seal all of a patient's rows under a new key.

    Raises VaultCorruptError where a row can't be read: it would be lost for ever, so
    nothing is changed.
    """
    driver, rows = unit.driver, unit.rows
    rows.key(driver, patient_id)
    operations = [*rows.select_operations(driver, "WHERE patient_id = ?", patient_id)]
    if len(operations) != len(_ids(driver, "operation", "operation_id", patient_id)):
        raise VaultCorruptError
    documents = rows.documents(driver, patient_id)
    typed = drafts.get_drafts(driver, rows, patient_id)
    if len(typed) != len(_ids(driver, "draft", "draft_id", patient_id)):
        raise VaultCorruptError
    rows.forget_keys()
    driver.execute("DELETE FROM patient_key WHERE patient_id = ?", (patient_id,))
    for stored in operations:
        rows.put_operation(driver, stored)
    for document in documents:
        unit.put_again(document)
    for draft in typed:
        drafts.put_draft(driver, rows, draft)


def _ids(
    driver: sqlite3.Connection, table: str, column: str, patient_id: str
) -> list[str]:
    statement = f"SELECT {column} FROM {table} WHERE patient_id = ?"  # noqa: S608
    return [found for (found,) in driver.execute(statement, (patient_id,))]
