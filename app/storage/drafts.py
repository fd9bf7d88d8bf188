"""Drafts: what is typed on a page, sealed at every answer, never an operation."""

import json
import sqlite3
from dataclasses import dataclass

from app.storage.errors import VaultCorruptError
from app.storage.rows import Rows
from app.storage.sealing import SealError, place

_SELECT = "SELECT draft_id, patient_id, sealed FROM draft "


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed and nobody saved yet; it keeps its author."""

    draft_id: str
    patient_id: str
    practitioner_id: str
    saved_at: int
    content: bytes


def put_draft(driver: sqlite3.Connection, rows: Rows, draft: Draft) -> None:
    """Write a draft over its older self."""
    raw = json.dumps(
        [draft.practitioner_id, draft.saved_at, draft.content.decode()],
        ensure_ascii=False,
    ).encode()
    where = place("draft", draft.draft_id, draft.patient_id)
    driver.execute(
        "INSERT OR REPLACE INTO draft (draft_id, patient_id, sealed) VALUES (?, ?, ?)",
        (
            draft.draft_id,
            draft.patient_id,
            rows.make_key(driver, draft.patient_id).seal(raw, where),
        ),
    )


def drop_draft(driver: sqlite3.Connection, draft_id: str) -> None:
    """Remove a draft; one that is not there is gone already."""
    driver.execute("DELETE FROM draft WHERE draft_id = ?", (draft_id,))


def get_draft(driver: sqlite3.Connection, rows: Rows, draft_id: str) -> Draft | None:
    """Return a draft, or None."""
    row = driver.execute(_SELECT + "WHERE draft_id = ?", (draft_id,)).fetchone()
    return None if row is None else _read(driver, rows, row)


def get_drafts(
    driver: sqlite3.Connection, rows: Rows, patient_id: str | None
) -> tuple[Draft, ...]:
    """Return the drafts of one patient, or of all, oldest first."""
    if patient_id is None:
        found = driver.execute(_SELECT).fetchall()
    else:
        where = "WHERE patient_id = ?"
        found = driver.execute(_SELECT + where, (patient_id,)).fetchall()
    drafts = (_read(driver, rows, row) for row in found)
    return tuple(sorted(drafts, key=lambda d: (d.saved_at, d.draft_id)))


def _read(driver: sqlite3.Connection, rows: Rows, row: tuple[str, str, bytes]) -> Draft:
    draft_id, patient_id, sealed = row
    try:
        raw = rows.key(driver, patient_id).unseal(
            sealed, place("draft", draft_id, patient_id)
        )
    except SealError as error:
        raise VaultCorruptError from error
    practitioner_id, saved_at, content = json.loads(raw)
    return Draft(draft_id, patient_id, practitioner_id, saved_at, content.encode())
