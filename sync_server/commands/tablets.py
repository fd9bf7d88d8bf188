"""Commands for locked tablets: how soon they lock, and what they left here."""

import argparse
from collections import Counter

from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.problems import ProblemError
from sync_server.services.administration import AdministrationError, site_id_of
from sync_server.services.lock_times import LockTimes, set_lock_times
from sync_server.services.parcels import take_in
from sync_server.settings import Settings


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
            answers = take_in(context, raw)
        except ProblemError as problem:
            raise AdministrationError(
                f"{given.file} was not taken in ({problem.code.value}). The tablet "
                "still has everything: unlock it and let it sync."
            ) from None
    outcomes = [one.outcome.value for answer in answers for one in answer.outcomes]
    counts = Counter(outcomes)
    print("\t".join(f"{name} {counts[name]}" for name in sorted(counts)))
    return 0
