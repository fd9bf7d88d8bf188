"""`tessera device code|list|revoke`: tablets, from their first code to their end."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import segno

from app.core.devices_wire import DeviceState
from app.core.ids import format_card_code
from app.core.invitation import Invitation
from sync_server import certificates
from sync_server.commands.deployment import opened, operator
from sync_server.context import Ports
from sync_server.services import administration, contacts, enrolment
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings

_HOUR_MS = 60 * 60 * 1000
_NONE = "-"


def add_to(commands: Any, hours: Callable[[str], int]) -> None:
    """Add the command."""
    device = commands.add_parser("device", help="tablets")
    kinds = device.add_subparsers(required=True, metavar="code|list|revoke")
    made = kinds.add_parser("code", help="print a one-time code for a new tablet")
    made.add_argument("--site", required=True, help="the site's name")
    made.add_argument("--name", default="", help="what the tablet is called")
    made.add_argument("--hours", type=hours, default=24, help="valid for (24)")
    made.add_argument("--qr", action="store_true", help="as a QR code, to be scanned")
    made.add_argument(
        "--svg", type=Path, metavar="FILE", help="as a QR code in a file, to be printed"
    )
    made.add_argument(
        "--address",
        help="where tablets reach the server (the certificate's first name, port 8420)",
    )
    made.set_defaults(run=code)
    kinds.add_parser(
        "list",
        help="id, site, name, changes, state, last contact, unsent, version, clock",
    ).set_defaults(run=show)
    revoke_ = kinds.add_parser(
        "revoke",
        help="end a tablet: it hands over what only it has, then empties itself",
    )
    revoke_.add_argument("device_id", help="its id (tessera device list)")
    revoke_.set_defaults(run=revoke)


def code(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Print a one-time code, and on request all that a tablet needs as a QR code."""
    # First: nothing is made where it can't be said where the server is.
    place = _place(given, settings) if given.qr or given.svg else None
    with opened(settings, ports) as context:
        with context.database.read() as connection:
            site_id = administration.site_id_of(connection, given.site)
        valid_ms = given.hours * _HOUR_MS
        plain = enrolment.new_code(context, site_id, given.name, valid_ms)
    print(format_card_code(plain))
    if place is not None:
        address, pin = place
        _draw(Invitation(address, format_card_code(plain), pin).to_text(), given)
    return 0


def _place(given: argparse.Namespace, settings: Settings) -> tuple[str, str]:
    """Return where tablets reach the server, and the pin of its key or ""."""
    files = certificates.files_in(settings.data)
    shown = certificates.read(files.certificate) if files.exist else None
    pin = "" if shown is None else shown.pin
    if given.address:
        return given.address, pin
    if shown is None or not shown.hosts:
        raise AdministrationError(
            "Add --address https://..., where tablets reach this server, or run: "
            "tessera certificate make --host ADDRESS"
        )
    host = shown.hosts[0]
    return f"https://{f'[{host}]' if ':' in host else host}:8420", pin


def _draw(text: str, given: argparse.Namespace) -> None:
    drawn = segno.make_qr(text, error="m")
    print(text)
    if given.qr:
        drawn.terminal(out=sys.stdout, compact=True)
    if given.svg:
        drawn.save(given.svg, kind="svg", scale=8, border=4)


def show(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """List tablets, a line each, with what they said of themselves."""
    with opened(settings, ports) as context, context.database.read() as connection:
        for device in contacts.states(connection).devices:
            print("\t".join(_columns(device)))
    return 0


def _columns(device: DeviceState) -> tuple[str, ...]:
    clock = device.clock_ahead_ms
    unsent = str(device.unsent)
    if device.oldest_unsent_at is not None:
        unsent = f"{unsent} since {_time(device.oldest_unsent_at)}"
    return (
        device.device_id,
        device.site,
        device.name,
        str(device.acknowledged),
        _state(device),
        _time(device.heard_at),
        unsent,
        device.version,
        _NONE if clock is None else f"{clock / 1000:+.0f} s",
    )


def _state(device: DeviceState) -> str:
    if device.revoked_at is None:
        return "enrolled"
    return "revoked" if device.handed_over_at is None else "revoked, handed over"


def _time(at_ms: int | None) -> str:
    if at_ms is None:
        return _NONE
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def revoke(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """End a device: what it wrote before is still taken, nothing after."""
    with opened(settings, ports) as context:
        by = operator(context)
        administration.revoke_device(ports, context.database, given.device_id, by)
    print("When it is next unlocked with a network, it hands over what only it has and")
    print("empties itself. What is written on it after now is set aside.")
    return 0
