"""What was set aside, and why: own changes that were refused, and broken feed items."""

import json
import sqlite3
from dataclasses import dataclass

from app.core.page_wire import DocumentItem
from app.core.problems import ProblemCode
from app.core.wire import FeedItem
from app.storage.damage import Damage, DamageKind
from app.storage.sealing import Sealer, SealError, place


@dataclass(frozen=True, slots=True)
class SetAside:
    """An operation of this tablet that the server refused, or what it sent.

    `item` is there for what feed or page brought and this tablet could not take in;
    `patient_id` for an own change, so that a screen can say whose it is, and for what
    came of an erased patient, of which nothing else is kept.
    """

    item_id: str
    reason: ProblemCode
    item: FeedItem | DocumentItem | None = None
    patient_id: str = ""


class SetAsideRows:
    """Keeps what was set aside, sealed; nothing here blocks anything."""

    def __init__(self, sealer: Sealer, damaged: set[Damage]) -> None:
        self._sealer = sealer
        self._damaged = damaged

    def put(self, driver: sqlite3.Connection, entry: SetAside) -> None:
        """Keep an entry, over its older self."""
        item = None if entry.item is None else entry.item.model_dump_json()
        raw = json.dumps([entry.reason.value, item, entry.patient_id]).encode()
        sealed = self._sealer.seal(raw, place("set_aside", entry.item_id))
        driver.execute(
            "INSERT OR REPLACE INTO set_aside (item_id, sealed) VALUES (?, ?)",
            (entry.item_id, sealed),
        )

    def drop(self, driver: sqlite3.Connection, item_id: str) -> None:
        """Forget an entry that was accepted after all."""
        driver.execute("DELETE FROM set_aside WHERE item_id = ?", (item_id,))

    def reseal(self, driver: sqlite3.Connection, sealer: Sealer) -> None:
        """Seal every entry under another key; damaged ones stay as they are."""
        rows = driver.execute("SELECT item_id, sealed FROM set_aside").fetchall()
        for item_id, sealed in rows:
            where = place("set_aside", item_id)
            try:
                raw = self._sealer.unseal(sealed, where)
            except SealError:
                self._damaged.add(Damage(DamageKind.SET_ASIDE, item_id))
                continue
            again = sealer.seal(raw, where)
            driver.execute(
                "UPDATE set_aside SET sealed = ? WHERE item_id = ?", (again, item_id)
            )

    def all(self, driver: sqlite3.Connection) -> tuple[SetAside, ...]:
        """Return every entry that can be read, oldest first."""
        found = driver.execute(
            "SELECT item_id, sealed FROM set_aside ORDER BY rowid"
        ).fetchall()
        entries = (self._read(item_id, sealed) for item_id, sealed in found)
        return tuple(entry for entry in entries if entry is not None)

    def _read(self, item_id: str, sealed: bytes) -> SetAside | None:
        try:
            raw = self._sealer.unseal(sealed, place("set_aside", item_id))
        except SealError:
            self._damaged.add(Damage(DamageKind.SET_ASIDE, item_id))
            return None
        reason, item, patient_id = json.loads(raw)
        return SetAside(item_id, ProblemCode(reason), _item(item), patient_id)


def _item(raw: str | None) -> FeedItem | DocumentItem | None:
    if raw is None:
        return None
    kind = DocumentItem if "document" in json.loads(raw) else FeedItem
    return kind.model_validate_json(raw)
