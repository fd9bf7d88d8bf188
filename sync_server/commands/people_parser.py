"""Options of the commands about people and recovery."""

import argparse
from collections.abc import Callable
from typing import Any

from app.core.people_wire import GrantKind
from sync_server.commands import people, recovery

Hours = Callable[[str], int]
_DEVICE = "the tablet's name or id (tessera device list)"


def add_practitioner_kinds(kinds: Any) -> None:
    """Add list, sites, confirm, revoke and reinstate to `tessera practitioner`."""
    kinds.add_parser(
        "list", help="name, role, state, id, who proposed them; a line each"
    ).set_defaults(run=people.show)
    bound = kinds.add_parser("sites", help="at which sites somebody reads; none: all")
    bound.add_argument("name", help="whom (tessera practitioner list)")
    bound.add_argument("site", nargs="*", help="names or ids of sites")
    bound.set_defaults(run=people.bind)
    for verb, words, run in (
        ("confirm", "confirm who was added on a tablet", people.confirm),
        ("revoke", "let somebody write no more from now on", people.revoke),
        ("reinstate", "undo a revocation", people.reinstate),
    ):
        command = kinds.add_parser(verb, help=words)
        command.add_argument("name", help="whom (tessera practitioner list)")
        command.set_defaults(run=run)


def add_recovery(commands: Any, hours: Hours) -> None:
    """Add `tessera recovery` and `tessera grant`."""
    recover = commands.add_parser("recovery", help="when nobody can unlock a tablet")
    kinds = recover.add_subparsers(required=True, metavar="make|use|grant")
    make = kinds.add_parser("make", help="print a recovery key: two sheets of paper")
    make.set_defaults(run=recovery.make)
    use = kinds.add_parser("use", help="give the deployment its public half")
    use.add_argument("public", help="the line that `recovery make` printed")
    use.set_defaults(run=recovery.use)
    grant = kinds.add_parser(
        "grant", help="let somebody choose a PIN; reads both sheets from standard input"
    )
    _whose(grant, hours)
    grant.set_defaults(run=recovery.grant)
    plain = commands.add_parser("grant", help="what a coordinator allows, once")
    plain.add_argument(
        "kind",
        choices=[GrantKind.SET_PIN.value, GrantKind.REOPEN.value],
        help="a new PIN beside one colleague, or more tries",
    )
    _whose(plain, hours)
    plain.set_defaults(run=recovery.plain_grant)


def _whose(command: argparse.ArgumentParser, hours: Hours) -> None:
    command.add_argument("--device", required=True, help=_DEVICE)
    command.add_argument("--practitioner", required=True, help="the name")
    command.add_argument("--hours", type=hours, default=24, help="valid for (24)")
