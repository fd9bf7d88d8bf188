"""What left this tablet and was not settled in the vault: sealed under its own key.

So a locked tablet keeps the server's answers until somebody unlocks it, and knows which
operations went away in a file or into a connection that was cut.
"""

import json
import sqlite3
from dataclasses import dataclass

from app.core.wire import PushResponse
from app.storage.database import Database
from app.storage.sealed_values import SealedValues

_ANSWER = "sent/answer/"
_MARK = "sent/mark"


@dataclass(frozen=True, slots=True)
class Sent:
    """That operations up to a number of the chain left here; nobody confirmed them."""

    last: int
    at_ms: int
    by_file: bool


class SentShelf:
    """Reads and writes them; needs no unlock."""

    def __init__(self, database: Database, values: SealedValues) -> None:
        self._database = database
        self._values = values

    def keep(self, parcel: str, index: int, answer: PushResponse) -> None:
        """Keep durably what the server said of a part of a parcel."""
        with self._database.write() as transaction:
            raw = answer.model_dump_json().encode()
            self._values.put(transaction.driver, f"{_ANSWER}{parcel}/{index}", raw)

    def answers(self, parcel: str = "") -> dict[str, PushResponse]:
        """Return what is kept, by a name of its own; of one parcel or of all."""
        with self._database.read() as driver:
            return {
                name: PushResponse.model_validate_json(
                    self._values.require(driver, name)
                )
                for name in _names(driver, parcel)
            }

    def answered(self, parcel: str) -> dict[int, PushResponse]:
        """Return what is kept of a parcel, by the index of its part."""
        kept = self.answers(parcel)
        return {int(name.rpartition("/")[2]): kept[name] for name in kept}

    def forget(self, name: str) -> None:
        """The vault has what an answer said."""
        with self._database.write() as transaction:
            self._values.drop(transaction.driver, name)

    def mark(self, sent: Sent) -> None:
        """Note durably that operations left; one that reaches less far says nothing."""
        with self._database.write() as transaction:
            driver = transaction.driver
            known = self._read(driver)
            if known is None or known.last <= sent.last:
                raw = json.dumps([sent.last, sent.at_ms, sent.by_file])
                self._values.put(driver, _MARK, raw.encode())

    def marked(self) -> Sent | None:
        """Return how far operations have left, or None."""
        with self._database.read() as driver:
            return self._read(driver)

    def _read(self, driver: sqlite3.Connection) -> Sent | None:
        raw = self._values.get(driver, _MARK)
        return None if raw is None else Sent(*json.loads(raw))


def _names(driver: sqlite3.Connection, parcel: str) -> list[str]:
    query = "SELECT name FROM sealed_value WHERE name GLOB ? ORDER BY rowid"
    rows = driver.execute(query, (f"{_ANSWER}{parcel}*",)).fetchall()
    return [name for (name,) in rows]
