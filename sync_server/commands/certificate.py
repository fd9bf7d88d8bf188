"""`tessera certificate make|show`: TLS on a network without an authority."""

import argparse
from datetime import UTC, datetime
from typing import Any

from sync_server import certificates
from sync_server.context import Ports
from sync_server.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command."""
    certificate = commands.add_parser("certificate", help="TLS for the local network")
    kinds = certificate.add_subparsers(required=True, metavar="make|show")
    make = kinds.add_parser(
        "make", help="make or renew it; tablets go on trusting the same key"
    )
    make.add_argument(
        "--host",
        action="append",
        required=True,
        metavar="NAME",
        help="a name or address at which tablets reach this machine; may be repeated",
    )
    make.add_argument(
        "--new-key",
        action="store_true",
        help="where the old key became known: every tablet must be enrolled again",
    )
    make.set_defaults(run=run)
    kinds.add_parser("show", help="names, end and pin").set_defaults(run=show)


def run(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Make a certificate in the data folder."""
    files = certificates.files_in(settings.data)
    now = datetime.fromtimestamp(ports.wall() / 1000, UTC)
    made = certificates.make(files, given.host, now, new_key=given.new_key)
    print(f"Certificate  {files.certificate}")
    print(f"Private key  {files.key}: keep a copy, apart; nobody else may have it.")
    _print(made)
    print("`tessera serve` uses it from its next start on.")
    return 0


def show(_given: argparse.Namespace, settings: Settings, _ports: Ports) -> int:
    """Print what stands in the certificate."""
    _print(certificates.read(certificates.files_in(settings.data).certificate))
    return 0


def _print(shown: certificates.Shown) -> None:
    print(f"For          {', '.join(shown.hosts)}")
    print(f"Valid until  {shown.ends_at:%Y-%m-%d}")
    print(f"Pin          {shown.pin}")
