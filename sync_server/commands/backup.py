"""`tessera backup` and `tessera restore`: the whole server in one sealed file."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync_server import backup_file
from sync_server.commands.deployment import opened, read_passphrase
from sync_server.context import Ports
from sync_server.database import Database
from sync_server.services import backup as content
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings

BROKEN = 1


def add_to(commands: Any) -> None:
    """Add the commands to the parser."""
    backup_ = commands.add_parser(
        "backup", help="write all of the server into one sealed file"
    )
    backup_.add_argument("file", type=Path, help="a new file")
    backup_.add_argument(
        "--with-secrets",
        action="store_true",
        help="also server-secrets.json: whoever opens the file can then be the server",
    )
    _passphrase(backup_)
    backup_.set_defaults(run=backup)
    restore_ = commands.add_parser(
        "restore", help="make an empty database the server that was backed up"
    )
    restore_.add_argument("file", type=Path, help="what `backup` wrote")
    restore_.add_argument(
        "--erasures",
        type=Path,
        metavar="LEDGER",
        help="a copy of erasures.ledger: who was erased since the backup",
    )
    _passphrase(restore_)
    restore_.set_defaults(run=restore)


def _passphrase(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--passphrase-stdin",
        action="store_true",
        help="read it from standard input instead of asking",
    )
    command.set_defaults(passphrase_prompt=True)


def backup(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Back the server up; it may go on working."""
    lock = backup_file.Lock(_said(given))
    with opened(settings, ports) as context:
        lines = content.stream(context, with_secrets=given.with_secrets)
        backup_file.write(given.file, lock, lines, ports)
    print(f"Wrote {given.file}, {given.file.stat().st_size} bytes.")
    print("It opens with its passphrase alone: keep that elsewhere.")
    if not given.with_secrets:
        print("The server's secrets are not in it: keep a copy of them apart.")
    return 0


def restore(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Restore a backup; 1 where a chain does not hold."""
    passphrase = _said(given)
    database = Database(settings.url, settings.threads)
    try:
        with given.file.open("rb") as source:
            lines = backup_file.lines(backup_file.read(source, passphrase))
            target = content.Target(settings, database, ports, given.erasures)
            done = content.restore(target, lines)
    finally:
        database.close()
    at = datetime.fromtimestamp(done.made_at / 1000, UTC).isoformat(timespec="seconds")
    print(f"Restored the backup of {at}:")
    for name, count in sorted(done.counts.items()):
        print(f"  {name}\t{count}")
    print("It has a new epoch: tablets send again what it lacks.")
    print(f"Erased again by the ledger: {done.erased_again}.")
    print(f"Chains verified: {len(done.chains)}, broken: {len(done.broken)}.")
    for chain in done.broken:
        print(f"  {chain.name}: number {chain.broken_at} {chain.why}", file=sys.stderr)
    return BROKEN if done.broken else 0


def _said(given: argparse.Namespace) -> str:
    passphrase = read_passphrase(given)
    if not passphrase:
        raise AdministrationError("A backup needs a passphrase. Nothing was done.")
    return passphrase
