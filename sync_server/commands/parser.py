"""The commands and their options."""

import argparse
from pathlib import Path
from typing import Any

from app.core.wire import Role
from sync_server.commands import (
    audit,
    backup,
    cards,
    certificate,
    checking,
    compartment,
    demo,
    deployment,
    devices,
    erasure,
    people_parser,
    serving,
    sessions,
    set_aside,
    tablets,
)

_ENVIRONMENT = """\
environment:
  TESSERA_DATA            folder of the server's secrets, and of SQLite's database
  DATABASE_URL            postgresql://... where it is not SQLite
  TESSERA_CONTROLLER      who answers for the data
  TESSERA_CONTACT         how to reach them
  TESSERA_RETENTION_DAYS  how long records are kept
  TESSERA_PROXIES         addresses of proxies that say whom they ask for (127.0.0.1)
  TESSERA_PLAIN_HTTP      allow: http beyond this machine, where a proxy does the TLS
"""
_Commands = Any
"""argparse has no public name for what add_subparsers returns."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of `tessera`."""
    found = argparse.ArgumentParser(
        prog="tessera",
        description="Set up and run the server of Tessera.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = found.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _deployment(commands)
    _people(commands)
    people_parser.add_recovery(commands, _hours)
    _tablets(commands)
    sessions.add_to(commands)
    certificate.add_to(commands)
    audit.add_to(commands)
    backup.add_to(commands)
    compartment.add_to(commands)
    erasure.add_to(commands)
    _cards(commands)
    _running(commands)
    return found


def _deployment(commands: _Commands) -> None:
    init = commands.add_parser("init", help="make a deployment, or change who runs it")
    init.add_argument("--name", help="the deployment's name")
    init.add_argument("--controller", help="who answers for the data (GDPR Art. 4)")
    init.add_argument("--contact", help="how people reach the controller")
    init.add_argument("--retention-days", type=_days, help="how long records are kept")
    init.add_argument("--notice", type=Path, metavar="FILE", help="notice as JSON")
    init.add_argument(
        "--restored",
        action="store_true",
        help="the database came from a backup: devices send again what it lacks",
    )
    init.set_defaults(run=deployment.init)
    migrate = commands.add_parser("migrate", help="bring the database to this version")
    migrate.set_defaults(run=deployment.migrate)
    site = commands.add_parser("site", help="sites")
    kinds = site.add_subparsers(required=True, metavar="add|locks|keep")
    locks = kinds.add_parser("locks", help="how soon a site's tablets lock")
    locks.add_argument("site", help="its name")
    locks.add_argument("--idle-seconds", type=_seconds, help="without a touch (300)")
    locks.add_argument("--cover-seconds", type=_seconds, help="out of view (60)")
    locks.set_defaults(run=tablets.set_locks)
    keep = kinds.add_parser("keep", help="how long its tablets keep old patients")
    keep.add_argument("site", help="its name")
    keep.add_argument("--days", type=_seconds, required=True, help="without a change")
    keep.set_defaults(run=tablets.set_keeping)
    add = kinds.add_parser("add", help="add a site")
    add.add_argument("name", help="what people call it")
    add.add_argument("--zone", required=True, help="time zone, such as Europe/Athens")
    add.add_argument("--plan", type=Path, metavar="FILE", help="forms by station, JSON")
    add.set_defaults(run=deployment.add_site)


def _people(commands: _Commands) -> None:
    practitioner = commands.add_parser("practitioner", help="who works with records")
    kinds = practitioner.add_subparsers(
        required=True, metavar="add|passphrase|list|sites|confirm|revoke|reinstate"
    )
    add = kinds.add_parser("add", help="add a practitioner")
    add.add_argument("name", help="the name that tablets and the console show")
    roles = [role.value for role in Role]
    add.add_argument("--role", required=True, choices=roles, help="what they do here")
    add.add_argument(
        "--id",
        dest="practitioner_id",
        help="after a restore: the id that `set-aside list` names as unknown",
    )
    _passphrase(add)
    add.set_defaults(run=deployment.add_practitioner)
    change = kinds.add_parser("passphrase", help="set a passphrase for the console")
    change.add_argument("name", help="whose")
    _passphrase(change)
    change.set_defaults(run=deployment.set_passphrase)
    people_parser.add_practitioner_kinds(kinds)


def _passphrase(command: argparse.ArgumentParser) -> None:
    how = command.add_mutually_exclusive_group()
    how.add_argument(
        "--passphrase-prompt", action="store_true", help="ask for it twice"
    )
    how.add_argument(
        "--passphrase-stdin", action="store_true", help="read it from standard input"
    )


def _tablets(commands: _Commands) -> None:
    devices.add_to(commands, _hours)
    parcel = commands.add_parser("take-in", help="take in what a locked tablet sealed")
    parcel.add_argument("file", type=Path, help="from the stick; or unsent.parcel")
    parcel.set_defaults(run=tablets.take_parcel_in)
    back = commands.add_parser("give-back", help="make a file that answers a tablet")
    back.add_argument("--device", required=True, help="its name or id")
    back.add_argument("file", type=Path, help="to write, for the tablet to take in")
    back.set_defaults(run=tablets.give_back)
    aside = commands.add_parser("set-aside", help="what was not accepted, and why")
    kinds = aside.add_subparsers(required=True, metavar="list")
    kinds.add_parser(
        "list", help="when, why, tablet, author, site, operation; a line each"
    ).set_defaults(run=set_aside.show)


def _cards(commands: _Commands) -> None:
    sheet = commands.add_parser("cards", help="make a sheet of cards to print")
    sheet.add_argument("count", type=int, help="how many cards")
    sheet.add_argument("--out", type=Path, required=True, help="an .html file, A4")
    sheet.set_defaults(run=cards.run)


def _running(commands: _Commands) -> None:
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1", help="0.0.0.0: local network")
    serve.add_argument("--port", type=int, default=8420, help="0: any free one")
    serve.add_argument("--certificate", type=Path, metavar="FILE", help="PEM, for TLS")
    serve.add_argument("--key", type=Path, metavar="FILE", help="its private key, PEM")
    serve.set_defaults(run=serving.serve)
    form = commands.add_parser("check-form", help="can these questionnaires be used?")
    form.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a Questionnaire as JSON"
    )
    form.set_defaults(run=checking.check_forms)
    document = commands.add_parser("openapi", help="print what /v1 understands")
    document.set_defaults(run=checking.openapi)
    demo.add_to(commands)


def _days(text: str) -> int:
    return _positive(text, 36_500)


def _hours(text: str) -> int:
    return _positive(text, 24 * 30)


def _seconds(text: str) -> int:
    return _positive(text, 3600)


def _positive(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"a number between 1 and {most}")
    return int(text)
