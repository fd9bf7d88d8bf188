"""A keyed total of every table's rows, so that none changes outside this app unseen.

Each row counts as keyed BLAKE2b-128 of its table and all of its columns; a table's
total is their sum modulo 2^128, with the number of rows. Adding and taking away is all
that a write costs, and order says nothing. The totals are sealed as one value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from app.storage.damage import Damage, DamageKind

DEVICE, DATA = "manifest/device", "manifest/data"
"""The names of the two sealed values that hold totals; they count in neither."""

COUNTING = 2
"""Version of what a row counts; a ledger of another one is counted anew."""
_MODULUS = 1 << 128
Column = str | int | float | bytes | None
Row = tuple[Column, ...]
Total = tuple[int, int]
"""The sum, and the number of rows."""
_encode = msgspec.msgpack.Encoder().encode


def row_value(key: bytes, table: str, row: Iterable[Column]) -> int:
    """Return what one row counts; MessagePack keeps columns and their types apart."""
    try:
        plain = _encode((table, *row))
    except UnicodeEncodeError:
        plain = _encode((table, *map(_no_text, row)))
    return int.from_bytes(blake2b(plain, digest_size=16, key=key).digest())


def _no_text(column: Column) -> object:
    """Return a column that may be text and not UTF-8 as what no other column is."""
    if not isinstance(column, str):
        return column
    return [column.encode("utf-8", "surrogateescape")]


@dataclass(slots=True)
class Ledger:
    """The totals under one key, and when they were raised last."""

    key: bytes
    version: str
    """Of the tables and of the counting."""
    generation: int = 0
    """Grows at each unlock, failed attempt and lock; see `ledgers`."""
    data_generation: int = 0
    """In the device's ledger: the generation of the other one, 0 before one is."""
    totals: dict[str, Total] = field(default_factory=dict)
    found: set[Damage] = field(default_factory=set)
    """What was found before unlock and nobody who unlocked was told yet."""

    def copy(self) -> "Ledger":
        """Return another one that says the same; each commit begins with it."""
        totals, found = self.totals.copy(), self.found.copy()
        generations = self.generation, self.data_generation
        return Ledger(self.key, self.version, *generations, totals, found)

    def add(self, table: str, row: Iterable[Column], sign: int) -> None:
        """Count a row in (1) or out (-1)."""
        total, rows = self.totals.get(table, (0, 0))
        value = (total + sign * row_value(self.key, table, row)) % _MODULUS
        self.totals[table] = value, rows + sign

    def add_all(self, table: str, rows: Sequence[Row]) -> None:
        """Count rows in."""
        total, known = self.totals.get(table, (0, 0))
        keyed, read = blake2b(digest_size=16, key=self.key), int.from_bytes
        for row in rows:  # As row_value does, with the key taken in once for all.
            one = keyed.copy()
            one.update(_encode((table, *row)))
            total += read(one.digest())
        self.totals[table] = total % _MODULUS, known + len(rows)

    def adopt(self, seen: Mapping[str, Total], expected: Mapping[str, Total]) -> None:
        """Take what a scan saw for true, keeping what was written since it began."""
        for table in differing(seen, expected):
            here, there = seen.get(table, (0, 0)), expected.get(table, (0, 0))
            now = self.totals.get(table, (0, 0))
            total = (now[0] + here[0] - there[0]) % _MODULUS
            self.totals[table] = total, now[1] + here[1] - there[1]

    def to_bytes(self) -> bytes:
        """Return what is sealed."""
        totals = {t: [f"{total:x}", rows] for t, (total, rows) in self.totals.items()}
        found = [[d.kind.value, d.id, d.patient_id] for d in sorted(self.found)]
        generations = [self.generation, self.data_generation]
        return msgspec.json.encode([self.version, *generations, totals, found])

    @classmethod
    def from_bytes(cls, key: bytes, raw: bytes) -> "Ledger":
        """Read what to_bytes wrote."""
        version, generation, data_generation, totals, found = msgspec.json.decode(raw)
        read = {t: (int(total, 16), rows) for t, (total, rows) in totals.items()}
        damage = {Damage(DamageKind(k), i, p) for k, i, p in found}
        return cls(key, version, generation, data_generation, read, damage)


def differing(one: Mapping[str, Total], other: Mapping[str, Total]) -> frozenset[str]:
    """Return the tables whose totals differ; one without rows is as good as none."""
    tables = one.keys() | other.keys()
    nothing = (0, 0)
    return frozenset(t for t in tables if one.get(t, nothing) != other.get(t, nothing))
