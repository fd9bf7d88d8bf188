"""Drafts: what is typed on a page, sealed at every answer, never an operation.

Which page it is says something of a person, so in the file a draft has an opaque name.
What somebody typed stays theirs when a colleague types on: a draft knows the author of
each of its members, two levels deep, as ("answers", "cough") or ("page", "").
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.core.canonical import Json
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.rows import Rows
from app.storage.sealing import SealError, place

_SELECT = "SELECT draft_id, patient_id, sealed FROM draft "
Member = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and nobody saved yet; it keeps its authors."""

    draft_id: str
    patient_id: str
    practitioner_id: str
    saved_at: int
    content: bytes
    others: Mapping[Member, str] = field(default_factory=dict)
    """Who else typed what: members that stand as they left them."""

    @property
    def sole_author(self) -> str | None:
        """Who typed all of it, or None where it was more than one."""
        return None if self.others else self.practitioner_id

    def author_of(self, section: str, name: str, value: Json) -> str | None:
        """Return who typed a member; None if it says something else here."""
        members, member = _members(self.content), (section, name)
        if member not in members or members[member] != json.loads(json.dumps(value)):
            return None
        return self.others.get(member, self.practitioner_id)


def _members(content: bytes) -> dict[Member, Json]:
    """Return the members of a draft's JSON; what has none is one itself."""
    found: dict[Member, Json] = {}
    whole = json.loads(content)
    for section, part in (whole if isinstance(whole, dict) else {"": whole}).items():
        if isinstance(part, dict):
            found.update({(section, name): value for name, value in part.items()})
        else:
            found[section, ""] = part
    return found


def typed_on(older: Draft | None, draft: Draft) -> Draft:
    """Return a draft with the authors of what its older self said already.

    One that says nothing new is still its author's.
    """
    if older is None or older.sole_author == draft.practitioner_id:
        return draft
    before, now = _members(older.content), _members(draft.content)
    if before == now:
        return replace(older, saved_at=draft.saved_at)
    authors = {
        member: older.others.get(member, older.practitioner_id)
        for member, value in now.items()
        if member in before and before[member] == value
    }
    others = {m: who for m, who in authors.items() if who != draft.practitioner_id}
    return replace(draft, others=others)


def put_draft(driver: sqlite3.Connection, rows: Rows, draft: Draft) -> None:
    """Write a draft over its older self."""
    others = [[*member, who] for member, who in draft.others.items()]
    name, patient_id = rows.namer.of(draft.draft_id), draft.patient_id
    text = draft.content.decode()
    raw = json.dumps(
        [draft.practitioner_id, draft.saved_at, text, others, draft.draft_id],
        ensure_ascii=False,
    ).encode()
    key = rows.make_key(driver, patient_id)
    driver.execute(
        "INSERT OR REPLACE INTO draft (draft_id, patient_id, sealed) VALUES (?, ?, ?)",
        (name, patient_id, key.seal(raw, place("draft", name, patient_id))),
    )


def drop_draft(driver: sqlite3.Connection, rows: Rows, draft_id: str) -> None:
    """Remove a draft; one that is not there is gone already."""
    name = rows.namer.of(draft_id)
    driver.execute("DELETE FROM draft WHERE draft_id = ?", (name,))


def get_draft(driver: sqlite3.Connection, rows: Rows, draft_id: str) -> Draft | None:
    """Return a draft, or None where none can be read."""
    name = rows.namer.of(draft_id)
    row = driver.execute(_SELECT + "WHERE draft_id = ?", (name,)).fetchone()
    return None if row is None else _read(driver, rows, row)


def get_drafts(
    driver: sqlite3.Connection, rows: Rows, patient_id: str | None
) -> tuple[Draft, ...]:
    """Return those of one patient, or of all, that can be read; oldest first."""
    if patient_id is None:
        found = driver.execute(_SELECT).fetchall()
    else:
        where = "WHERE patient_id = ?"
        found = driver.execute(_SELECT + where, (patient_id,)).fetchall()
    read = (_read(driver, rows, row) for row in found)
    drafts = (draft for draft in read if draft is not None)
    return tuple(sorted(drafts, key=lambda d: (d.saved_at, d.draft_id)))


def rename(driver: sqlite3.Connection, old: Rows, new: Rows) -> None:
    """Give drafts the names that another data key makes; damaged ones keep theirs.

    Their patients' keys are wrapped by that one already: the older reads none of them.
    """
    for draft in get_drafts(driver, new, None):
        drop_draft(driver, old, draft.draft_id)
        put_draft(driver, new, draft)


def hide_names(driver: sqlite3.Connection, rows: Rows) -> None:
    """Give opaque names to drafts that an older version wrote under readable ones."""
    readable = _SELECT + "WHERE length(draft_id) <> 64 OR draft_id GLOB '*[^0-9a-f]*'"
    for row in driver.execute(readable).fetchall():
        draft = _read(driver, rows, row)
        if draft is not None:
            put_draft(driver, rows, draft)
            driver.execute("DELETE FROM draft WHERE draft_id = ?", (row[0],))


def _read(
    driver: sqlite3.Connection, rows: Rows, row: tuple[str, str, bytes]
) -> Draft | None:
    name, patient_id, sealed = row
    try:
        where = place("draft", name, patient_id)
        raw = rows.key(driver, patient_id).unseal(sealed, where)
    except (SealError, VaultCorruptError):
        rows.damaged.add(Damage(DamageKind.DRAFT, name, patient_id))
        return None
    # An older version kept neither other authors nor, inside, the readable name.
    who, saved_at, text, listed, draft_id = [*json.loads(raw), [], name][:5]
    others = {(section, member): author for section, member, author in listed}
    return Draft(draft_id, patient_id, who, saved_at, text.encode(), others)
