"""`tessera erase` and `tessera erasure`: a person goes, and who may decide it."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.core.erasure_wire import ErasureReason
from sync_server.commands.deployment import opened, operator
from sync_server.context import Ports
from sync_server.erasure_tables import ERASURE
from sync_server.services import erasure, erasure_rights
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings

_REWRITTEN = ("operation", "document", "set_aside", "audit_event")
_READ = (
    "Somebody reads the database all the while, so what was erased still stands in "
    "its files. Try again when the server, a backup or a report has ended."
)
_STAYS = (
    "Ids, times and authors of what was written stay, so that every chain still "
    "verifies. Tablets forget the person at their next sync; backups that were made "
    "before hold them until they are deleted."
)


def add_to(commands: Any) -> None:
    """Add the commands to the parser."""
    erase_ = commands.add_parser("erase", help="erase a person's data for good")
    erase_.add_argument(
        "--patient", required=True, metavar="ID", help="the id of the record"
    )
    erase_.add_argument(
        "--reason",
        required=True,
        choices=[reason.value for reason in ErasureReason],
        help="why; it is kept in the ledger",
    )
    erase_.add_argument(
        "--not-here-yet",
        action="store_true",
        help="also where nothing of them has arrived: keep them out from now on",
    )
    erase_.add_argument("--yes", action="store_true", help="do not ask again")
    erase_.set_defaults(run=erase)
    more = commands.add_parser("erasure", help="who was erased, and who may erase")
    kinds = more.add_subparsers(required=True, metavar="list|purge|allow|withdraw")
    kinds.add_parser("list", help="when, whose id, why, by whom").set_defaults(run=show)
    kinds.add_parser(
        "purge", help="write the tables anew: no file keeps what was erased"
    ).set_defaults(run=purge)
    for verb, words, run in (
        ("allow", "let a coordinator erase at the console", allow),
        ("withdraw", "let them no more", withdraw),
    ):
        command = kinds.add_parser(verb, help=words)
        command.add_argument("--practitioner", required=True, help="the name")
        command.set_defaults(run=run)


def erase(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Erase a person, once their id was typed again."""
    if not given.yes:
        print(f"Everything that was written of {given.patient} goes. {_STAYS}")
        print("Type the id once more:", flush=True)
        if sys.stdin.readline().strip() != given.patient:
            raise AdministrationError("The two ids differ. Nothing was erased.")
    wanted = erasure.Erasing(
        given.patient, given.reason, even_unknown=given.not_here_yet
    )
    with opened(settings, ports) as context:
        done = erasure.erase(context, wanted)
    counts = (done.operations, done.documents, done.set_aside)
    print("Erased: {} entries, {} documents, {} refused.".format(*counts))
    if done.remnants:
        print("Others were reading: run `tessera erasure purge` to empty the files.")
    return 0


def purge(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Write the tables anew; a running server waits meanwhile."""
    with opened(settings, ports) as context:
        database = context.database
        if not (database.rewrite(_REWRITTEN) and database.empty_log()):
            raise AdministrationError(_READ)
    print("The tables were written anew.")
    return 0


def show(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """List erasures, oldest first; ids alone."""
    query = select(ERASURE).order_by(ERASURE.c.number)
    with opened(settings, ports) as context, context.database.read() as connection:
        for row in connection.execute(query):
            at = datetime.fromtimestamp(row.erased_at / 1000, UTC)
            who = row.erased_by or "command"
            when = at.isoformat(timespec="seconds")
            print("\t".join((when, row.patient_id, row.reason, who)))
    return 0


def allow(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let a coordinator erase."""
    with opened(settings, ports) as context:
        erasure_rights.allow(context.database, given.practitioner, operator(context))
    return 0


def withdraw(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let a coordinator erase no more."""
    with opened(settings, ports) as context:
        erasure_rights.withdraw(context.database, given.practitioner, operator(context))
    return 0
