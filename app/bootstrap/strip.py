"""The strip of an unlocked tablet: who works, the network, what exists only here."""

from app.bootstrap.locked_strip import MINUTE_MS
from app.clinic.desk import Desk
from app.sync.status import SyncStatus
from app.ui.status import Network, Status


def unlocked(desk: Desk, status: SyncStatus, now: int) -> Status:
    """Return what the strip says; `now` in UTC milliseconds."""
    here = status.only_here
    oldest = here.oldest_at if here else None
    return Status(
        practitioner=desk.practitioner.name,
        network=_network(status),
        only_here=here.records if here else 0,
        oldest_minutes=None if oldest is None else (now - oldest) // MINUTE_MS,
        is_damaged=desk.damaged > 0,
        is_unconfirmed=not desk.practitioner.confirmed,
        unwritten=desk.trail.waiting,
    )


def _network(status: SyncStatus) -> Network:
    if status.running:
        return Network.SENDING
    return Network.ONLINE if status.online else Network.OFFLINE
