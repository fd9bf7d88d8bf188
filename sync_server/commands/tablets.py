"""Commands for locked tablets: how soon they lock, and what they left here."""

import argparse
from collections import Counter

from app.core.problems import ProblemCode
from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.problems import ProblemError
from sync_server.services import answers
from sync_server.services.administration import AdministrationError, site_id_of
from sync_server.services.lock_times import LockTimes, set_lock_times
from sync_server.services.parcels import take_in
from sync_server.services.recovery import device_id_of
from sync_server.settings import Settings

_NOT_TAKEN_OTHERWISE = (
    "The tablet still has everything: unlock it where there is a network."
)
_NOT_TAKEN = {
    ProblemCode.FILE_UNREADABLE: (
        "It is damaged, cut, or no file of a tablet. The tablet still has everything: "
        "save it to the stick again."
    ),
    ProblemCode.FILE_FOREIGN: (
        "It was sealed for another deployment's server: carry it there. The tablet "
        "still has everything."
    ),
    ProblemCode.FILE_FORGED: (
        "It was not signed by the tablet that it names. Nothing of it was taken in."
    ),
    ProblemCode.CHAIN_GAP: (
        "This server lacks what the tablet sent before: it was restored from a backup. "
        "Run: tessera give-back, take the answer in on the tablet, lock it, and save "
        "to the stick again."
    ),
    ProblemCode.UNKNOWN_DEVICE: "This server does not know the tablet.",
    ProblemCode.DEVICE_REVOKED: "The tablet was revoked.",
}
_NOT_GIVEN = {
    ProblemCode.NOT_FOUND: (
        "No file of this tablet was taken in yet, so it is not known to which key to "
        "seal. Run: tessera take-in FILE"
    ),
    ProblemCode.DEVICE_REVOKED: "This tablet was revoked; nothing is given to it.",
}


def set_keeping(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Say how long a site's tablets keep people who are in nobody's care."""
    with opened(settings, ports) as context:
        with context.database.read() as connection:
            site_id = site_id_of(connection, given.site)
        set_lock_times(context.database, site_id, LockTimes(keep_days=given.days))
    return 0


def set_locks(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Say how long a site's tablets wait before they lock."""
    times = LockTimes(given.idle_seconds, given.cover_seconds)
    if not times.said():
        raise AdministrationError("Add --idle-seconds or --cover-seconds.")
    with opened(settings, ports) as context:
        with context.database.read() as connection:
            site_id = site_id_of(connection, given.site)
        set_lock_times(context.database, site_id, times)
    return 0


def take_parcel_in(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Take in what a locked tablet sealed for this server; safe to repeat."""
    raw = given.file.read_bytes()
    with opened(settings, ports) as context:
        try:
            taken = take_in(context, raw)
        except ProblemError as problem:
            said = _NOT_TAKEN.get(problem.code, _NOT_TAKEN_OTHERWISE)
            raise AdministrationError(
                f"{given.file} was not taken in ({problem.code.value}). {said}"
            ) from None
    outcomes = [
        one.outcome.value for answer in taken.answers for one in answer.outcomes
    ]
    counts = Counter(outcomes)
    print("\t".join(f"{name} {counts[name]}" for name in sorted(counts)))
    return 0


def give_back(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Write the answer for a tablet into a file; safe to repeat."""
    with opened(settings, ports) as context:
        with context.database.read() as connection:
            device_id = device_id_of(connection, given.device)
        try:
            answer = answers.give_back(context, device_id)
        except ProblemError as problem:
            said = _NOT_GIVEN.get(problem.code, "Nothing was written.")
            raise AdministrationError(f"{said} ({problem.code.value})") from None
    given.file.write_bytes(answer.file)
    print(f"acknowledged {answer.acknowledged}\tfrom others {answer.operations}")
    if answer.more:
        print("There is more: take the tablet's next file in, then give back again.")
    return 0
