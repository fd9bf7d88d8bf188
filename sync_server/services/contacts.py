"""What devices say of themselves when they ask: when, version, unsent, clock."""

import threading
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.core.device_report import DeviceReport, read_report
from app.core.devices_wire import DeviceState, DeviceStates
from sync_server.context import Context
from sync_server.services.site_scope import EVERYWHERE, Sites
from sync_server.tables import DEVICE, DEVICE_CONTACT, SITE

_WRITE_EVERY_MS = 60 * 1000


@dataclass(frozen=True, slots=True)
class _Heard:
    at_ms: int
    version: str
    unsent: int


class Contacts:
    """Remembers what was written down, so that a poll is no write; threads share it."""

    def __init__(self) -> None:
        self._written: dict[str, _Heard] = {}
        self._lock = threading.Lock()

    def heard(self, context: Context, device_id: str, told: str) -> None:
        """Note that a device asked, once a minute, and at once when its count changed.

        What it says is its own word: it decides nothing.
        """
        report, now = read_report(told), context.ports.wall()
        if not self._is_news(device_id, report, now):
            return
        with context.database.write() as connection:
            _note(context, connection, device_id, report, now)

    def _is_news(self, device_id: str, report: DeviceReport | None, now: int) -> bool:
        with self._lock:
            before = self._written.get(device_id)
            old = before is None or abs(now - before.at_ms) >= _WRITE_EVERY_MS
            if report is None:
                if old:
                    self._written[device_id] = _Heard(now, "", 0)
                return old
            fresh = _Heard(now, report.version, report.unsent)
            differs = before is None or (before.version, before.unsent) != (
                fresh.version,
                fresh.unsent,
            )
            if old or differs:
                self._written[device_id] = fresh
            return old or differs


def _note(
    context: Context,
    connection: Connection,
    device_id: str,
    report: DeviceReport | None,
    now: int,
) -> None:
    values: tuple[object, ...]
    if report is None:
        # A call that says nothing leaves what was said before.
        query = select(DEVICE_CONTACT).where(DEVICE_CONTACT.c.device_id == device_id)
        row = connection.execute(query).first()
        values = (device_id, now, "", 0, None, None)
        if row is not None:
            values = (device_id, now, *row[2:])
    else:
        ahead = report.now_ms - now
        oldest = report.oldest_unsent_at
        values = (device_id, now, report.version, report.unsent, oldest, ahead)
    context.database.upsert(connection, DEVICE_CONTACT, [values])


def states(connection: Connection, sites: Sites = EVERYWHERE) -> DeviceStates:
    """Return the devices of sites, revoked ones too, and what is known of each.

    By site and name.
    """
    contact = DEVICE_CONTACT.c
    query = (
        select(DEVICE, SITE.c.name.label("site"), DEVICE_CONTACT)
        .join(SITE, SITE.c.site_id == DEVICE.c.site_id)
        .outerjoin(DEVICE_CONTACT, contact.device_id == DEVICE.c.device_id)
        .order_by(SITE.c.name, DEVICE.c.name, DEVICE.c.device_id)
    )
    rows = connection.execute(query).mappings()
    return DeviceStates(
        devices=tuple(
            DeviceState(
                device_id=row[DEVICE.c.device_id],
                name=row[DEVICE.c.name],
                site=row["site"],
                version=row[contact.version] or row[DEVICE.c.version],
                enrolled_at=row[DEVICE.c.enrolled_at],
                revoked_at=row[DEVICE.c.revoked_at],
                handed_over_at=row[DEVICE.c.handed_over_at],
                acknowledged=row[DEVICE.c.acknowledged],
                heard_at=row[contact.heard_at],
                unsent=row[contact.unsent] or 0,
                oldest_unsent_at=row[contact.oldest_unsent_at],
                clock_ahead_ms=row[contact.clock_ahead_ms],
            )
            for row in rows
            if sites.allow((row[DEVICE.c.site_id],))
        )
    )
