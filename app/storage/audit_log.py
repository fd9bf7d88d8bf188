"""Audit events as operations of this device's chain; sealed, and in nobody's record."""

import sqlite3
from collections.abc import Sequence

from app.core.audit import AuditEvent, audit_subject
from app.core.change import Authorship, Change, RecordKey, build
from app.core.merge import Document
from app.core.records import RecordType
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.former import load_former
from app.storage.unit import Unit
from app.storage.unlocked import CARD_SECRET, Unlocked

MOST_TOGETHER = 100
"""Events in one change at most."""


def subject_of(parts: Unlocked) -> str:
    """Return the patient id of this device's events; "" while its secret is lost."""
    with parts.database.read() as driver:
        try:
            secret = parts.local.require(driver, CARD_SECRET)
        except VaultCorruptError:
            parts.rows.damaged.add(Damage(DamageKind.VALUE, CARD_SECRET))
            return ""
    return audit_subject(secret, parts.state.head.device_id)


def all_subjects_of(parts: Unlocked) -> tuple[str, ...]:
    """The same, with those of who this device was before; the newest first."""
    with parts.database.read() as driver:
        former = load_former(driver, parts.local, parts.rows.damaged)
        secret = parts.local.get(driver, CARD_SECRET) if former else None
    if secret is None:
        return (subject_of(parts),)
    before = (audit_subject(secret, device_id) for device_id in reversed(former))
    return (subject_of(parts), *before)


def append_events(
    parts: Unlocked, unit: Unit, author: Authorship, events: Sequence[AuditEvent]
) -> None:
    """Add events to the chain in the unit's transaction; known ones change nothing."""
    subject = subject_of(parts)
    if not subject:
        raise VaultCorruptError
    change = Change()
    for event in events:
        if not _is_kept(unit.driver, subject, event.event_id):
            key = RecordKey(RecordType.AUDIT_EVENT, event.event_id, subject)
            change.set(key, event.fields())
    clock = parts.clock(unit.state)
    built = build(change, author, clock, parts.surroundings.ids, _nothing_before)
    for operation, encoded in built:
        unit.append_own(operation.header, encoded)
    if built:
        unit.move_clock(clock.last)


def _is_kept(driver: sqlite3.Connection, subject: str, event_id: str) -> bool:
    found = driver.execute(
        "SELECT 1 FROM operation WHERE patient_id = ? AND record_id = ? LIMIT 1",
        (subject, event_id),
    )
    return found.fetchone() is not None


def _nothing_before(_record_id: str) -> Document | None:
    return None
