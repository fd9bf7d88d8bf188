"""A revoked tablet gives away what only it has; then it may be emptied."""

from app.core.clock import WallClock
from app.core.device_report import DeviceReport
from app.core.version import VERSION
from app.core.wire import API_PREFIX
from app.sync.engine import check_outcomes
from app.sync.failures import ProtocolMismatch
from app.sync.gateway import HttpGateway
from app.sync.ports import SyncVault


def hand_over(gateway: HttpGateway, vault: SyncVault) -> None:
    """Push all that waits, then tell the server that nothing is left here.

    When this returns the server has answered each operation by its id: it accepted
    what was written before the revocation and keeps the rest aside. Raises SyncFailure
    or StorageError; repeating it is safe.
    """
    last = 0
    while (batch := vault.pending()) is not None:
        if batch.first <= last:  # an answer that acknowledges nothing, for ever
            raise ProtocolMismatch
        last = batch.first
        answer = gateway.push(batch)
        check_outcomes(batch, answer)
        vault.record_outcomes(answer)
    gateway.channel.tell(f"{API_PREFIX}/handed-over")


def report_of(vault: SyncVault, wall: WallClock) -> DeviceReport:
    """Return what a tablet says of itself when it asks its server."""
    here = vault.counts()
    return DeviceReport(VERSION, here.records, here.oldest_at, wall())
