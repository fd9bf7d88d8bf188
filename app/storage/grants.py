"""A coordinator's grants on this tablet: kept until they are used, or too old.

How long one counts is measured from when the server gave it, by this tablet's clock:
a clock that was put back ends it. What carries a key is never written down. That one
was used is remembered until it has ended, the server knows it and offers it no more.
"""

import json
import sqlite3
from dataclasses import dataclass, replace

from app.core.clock import WallClock
from app.core.people_wire import Grant, GrantKind, Grants, grant_purpose
from app.core.problems import ProblemCode
from app.storage.errors import GrantError
from app.storage.hpke import BoxKey
from app.storage.sealed_values import SealedValues
from app.storage.sealing import KEY_BYTES, SealError

_GRANTS = "people/grants"
_USED = "people/used_grants"


class GrantShelf:
    """Reads and writes them, sealed under the device's key."""

    def __init__(self, values: SealedValues, wall: WallClock) -> None:
        self._values = values
        self._wall = wall
        self._carrying: list[_Kept] = []

    def keep(
        self, driver: sqlite3.Connection, answer: Grants, device_id: str
    ) -> tuple[Grant, ...]:
        """Keep what the server says now, in place of before; return what is unused."""
        now, offered = self._wall(), {grant.grant_id for grant in answer.grants}
        used = {
            one: use
            for one, use in self._used(driver).items()
            if one in offered or not use.told or now < use.ends_at
        }
        self._put_used(driver, used)
        fresh = [
            (grant, now, now + grant.expires_at - answer.server_ms)
            for grant in answer.grants
            if grant.device_id == device_id and grant.grant_id not in used
        ]
        self._carrying = [kept for kept in fresh if kept[0].sealed]
        plain = [kept for kept in fresh if not kept[0].sealed]
        raw = json.dumps([[g.model_dump_json(), a, b] for g, a, b in plain])
        self._values.put(driver, _GRANTS, raw.encode())
        return tuple(grant for grant, _from, _until in fresh)

    def find(
        self, driver: sqlite3.Connection, kind: GrantKind, practitioner_id: str
    ) -> Grant:
        """Return a grant that counts; raise GrantError."""
        raw = json.loads(self._values.get(driver, _GRANTS) or b"[]")
        plain = [(Grant.model_validate_json(g), a, b) for g, a, b in raw]
        used, now = self._used(driver), self._wall()
        fitting = [
            kept
            for kept in (*plain, *self._carrying)
            if kept[0].kind == kind.value
            and kept[0].practitioner_id == practitioner_id
            and kept[0].grant_id not in used
        ]
        if not fitting:
            raise GrantError
        for grant, given_at, until in fitting:
            if given_at <= now < until:
                return grant
        raise GrantError(ProblemCode.GRANT_EXPIRED)

    def use(self, driver: sqlite3.Connection, grant: Grant) -> None:
        """Count a grant as used, in the transaction of what it was used for."""
        used = _Used(told=False, ends_at=grant.expires_at)
        self._put_used(driver, {**self._used(driver), grant.grant_id: used})

    def untold(self, driver: sqlite3.Connection) -> tuple[str, ...]:
        """Return what was used and the server does not know of."""
        return tuple(one for one, use in self._used(driver).items() if not use.told)

    def told(self, driver: sqlite3.Connection, grant_ids: tuple[str, ...]) -> None:
        """Note that the server knows what was used."""
        known = self._used(driver)
        for one in known.keys() & set(grant_ids):
            known[one] = replace(known[one], told=True)
        self._put_used(driver, known)

    def _used(self, driver: sqlite3.Connection) -> dict[str, "_Used"]:
        # An older version kept no end: such a one is forgotten once it was told.
        raw = json.loads(self._values.get(driver, _USED) or b"[]")
        return {grant_id: _Used(*rest) for grant_id, *rest in raw}

    def _put_used(self, driver: sqlite3.Connection, used: dict[str, "_Used"]) -> None:
        rows = [[one, use.told, use.ends_at] for one, use in used.items()]
        self._values.put(driver, _USED, json.dumps(rows).encode())


@dataclass(frozen=True, slots=True)
class _Used:
    """Whether the server was told, and until when the grant counted, by its clock."""

    told: bool
    ends_at: int = 0


_Kept = tuple[Grant, int, int]
"""A grant, and from when to when it counts here (UTC milliseconds)."""


def key_in(grant: Grant, box: BoxKey) -> bytes:
    """Return the data key that a grant carries; raise GrantError if it opens not."""
    names = (grant.grant_id, grant.device_id, grant.practitioner_id)
    try:
        key = box.open(grant.sealed, grant_purpose(*names))
    except SealError as error:
        raise GrantError from error
    if len(key) != KEY_BYTES:
        raise GrantError
    return key
