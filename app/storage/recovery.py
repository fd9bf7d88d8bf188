"""This device's state at unlock, held against the log that it is the end of."""

import sqlite3
from dataclasses import replace

from app.core.chain import ChainHead
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.local_state import STATE, LocalState, first_state
from app.storage.rows import Rows
from app.storage.sealed_values import SealedValues


def current_state(
    driver: sqlite3.Connection, rows: Rows, local: SealedValues, device_id: str
) -> LocalState:
    """Return the state, made again from the log where its row is older, or lost.

    What differs is named in `rows.damaged`, links that are gone from the log too.
    """
    try:
        kept = LocalState.from_bytes(local.require(driver, STATE))
    except VaultCorruptError:
        rows.damaged.add(Damage(DamageKind.VALUE, STATE))
        kept = first_state(device_id)
    links, last = driver.execute(
        "SELECT count(number), coalesce(max(number), 0) FROM operation"
    ).fetchone()
    position = driver.execute(
        "SELECT coalesce(max(position), 0) FROM document"
    ).fetchone()[0]
    if links < max(last, kept.head.number):
        _name_gaps(driver, rows, max(last, kept.head.number))
    if kept.head.number >= last and kept.position >= position:
        return kept
    rows.damaged.add(Damage(DamageKind.VALUE, STATE))
    caught_up = replace(kept, position=max(kept.position, position))
    return _at_link(driver, rows, caught_up, last)


def _at_link(
    driver: sqlite3.Connection, rows: Rows, state: LocalState, number: int
) -> LocalState:
    """Return a state that goes on after a link of the chain, if that is ahead of it."""
    if number <= state.head.number:
        return state
    last = next(rows.select_operations(driver, "WHERE number = ?", number), None)
    if last is None or last.link is None:
        # Nothing can be sent past a lost link, but what is saved must have a place.
        return replace(state, head=replace(state.head, number=number))
    head = ChainHead(last.device_id, number, last.link)
    return replace(state, head=head, clock=max(state.clock, last.header.at))


def _name_gaps(driver: sqlite3.Connection, rows: Rows, last: int) -> None:
    found = driver.execute("SELECT number FROM operation WHERE number IS NOT NULL")
    there = {number for (number,) in found}
    gone = (number for number in range(1, last + 1) if number not in there)
    rows.damaged.update(Damage(DamageKind.LINK, str(number)) for number in gone)
