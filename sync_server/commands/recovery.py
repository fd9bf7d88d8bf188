"""`tessera recovery make|use|grant` and `tessera grant`: letting somebody in again."""

import argparse
import sys
from collections.abc import Callable
from typing import TypeVar

from app.core.people_wire import Grant, GrantKind
from sync_server import sheets
from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.services import recovery
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings
from sync_server.sheets import Sheet, SheetError

_HOUR_MS = 60 * 60 * 1000
_SHEET_LINES = 5
_Read = TypeVar("_Read")


def make(_given: argparse.Namespace, _settings: Settings, ports: Ports) -> int:
    """Print a new recovery key: two sheets, and the public half. Touches nothing."""
    private = ports.random_bytes(sheets.KEY_BYTES)
    public = recovery.public_of(private)
    parts = sheets.parted(private, public, ports.random_bytes(sheets.KEY_BYTES))
    for sheet in parts:
        print(f"TESSERA RECOVERY SHEET {sheet.number} OF 2")
        print(
            "Keep it locked away, apart from the other sheet: two people, two places."
        )
        print(*sheet.lines(), sep="\n")
        print("\f" if sheet.number == 1 else "")
    print("Nothing of this was stored. Print the sheets, then clear this screen.")
    print("On the server run:")
    print(f"tessera recovery use {sheets.public_text(public)}")
    return 0


def use(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Give the deployment the public half of its recovery key."""
    public = _read(lambda: sheets.read_public(given.public))
    with opened(settings, ports) as context:
        recovery.use_key(context.database, public)
    print(
        "Tablets seal their keys to it when they next send, unlocked. Keep the sheets"
    )
    print("of an older key until all have: they open those that have not.")
    return 0


def grant(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let somebody choose a PIN on a tablet that nobody can unlock."""
    with opened(settings, ports) as context:
        # Not the deployment's: a tablet that was locked when that changed still has
        # the one before, whose sheets open it.
        public = recovery.key_of(context, given.device)
        found = [_typed_sheet(number, public) for number in (1, 2)]
        private = _read(lambda: sheets.joined(found[0], found[1]))
        valid_ms = given.hours * _HOUR_MS
        made = recovery.grant_recovery(
            context, private, given.device, given.practitioner, valid_ms
        )
    _say(made, given.hours)
    return 0


def plain_grant(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let somebody try again, or set a PIN beside one colleague."""
    with opened(settings, ports) as context:
        made = recovery.grant_plain(
            context,
            GrantKind(given.kind),
            given.device,
            given.practitioner,
            given.hours * _HOUR_MS,
        )
    _say(made, given.hours)
    return 0


def _read(read: Callable[[], _Read]) -> _Read:
    try:
        return read()
    except SheetError as error:
        raise AdministrationError(str(error)) from None


def _say(made: Grant, hours: int) -> None:
    print(f"Granted: {made.kind}, once, within {hours} hours, on {made.device_id}.")


def _typed_sheet(number: int, public: bytes) -> Sheet:
    if sys.stdin.isatty():
        print(f"Type sheet {number}, {_SHEET_LINES} lines:", file=sys.stderr)
    lines: list[str] = []
    while len(lines) < _SHEET_LINES:
        line = sys.stdin.readline()
        if not line:
            break
        if line.strip():
            lines.append(line)
    sheet = _read(lambda: sheets.read_sheet("".join(lines)))
    if not sheets.is_of(sheet, public):
        raise AdministrationError(
            f"Sheet {sheet.number} belongs to another recovery key than this tablet's."
        )
    return sheet
