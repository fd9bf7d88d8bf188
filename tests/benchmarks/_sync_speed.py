"""Ten thousand operations up and down: the app's own rounds against a real server."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from app.core.change import Change
from app.core.clock import system_wall_ms
from app.storage import Vault
from app.sync.documents import DocumentSync
from app.sync.engine import SyncEngine
from app.sync.erasures import ErasureSync
from app.sync.gateway import HttpGateway
from app.sync.identity import IdentitySync
from app.sync.people import PeopleSync
from app.sync.report import Phase, SyncProgress, SyncReport
from app.sync.steps import Steps
from tests.benchmarks._measuring import timed
from tests.benchmarks._sync_places import Deployment, TabletFolder, copied
from tests.benchmarks._vault_documents import fields_of
from tests.storage.tablets import patient

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class OurTimes:
    """One round: seconds, and bytes of bodies over the wire."""

    push_s: float
    pull_s: float
    sent_bytes: int
    received_bytes: int


def engine_of(vault: Vault, gateway: HttpGateway) -> SyncEngine:
    """Return what the app runs rounds with."""
    channel = gateway.channel
    people = PeopleSync(channel, vault)
    documents = DocumentSync(channel, vault, is_ahead=True)
    erasures = ErasureSync(channel, vault)
    steps = Steps(IdentitySync(channel, vault), documents, erasures, is_ahead=True)
    return SyncEngine(gateway, vault, system_wall_ms, people, steps)


@dataclass(frozen=True)
class Waiting:
    """A tablet with records that nobody was sent, and one that has none, both closed.

    Each record is one operation of a change of its own, on a patient of its own.
    """

    folder: Path
    nurse_id: str
    count: int

    @classmethod
    def make(cls, folder: Path, records: Sequence[Record]) -> "Waiting":
        """Make the deployment, enrol both tablets, and write the records on one."""
        deployment = Deployment(folder / "server")
        site_id, nurse_id = deployment.make()
        with deployment.served() as url:
            for name in ("sender", "reader"):
                tablet = TabletFolder(folder / name)
                tablet.enrol(url, deployment.code(site_id))
        for name, written in (("sender", records), ("reader", ())):
            with TabletFolder(folder / name).unlocked(nurse_id) as vault:
                for record in written:
                    change = Change()
                    change.set(patient(str(record["patient_id"])), fields_of(record))
                    vault.commit(change)
        return cls(folder, nurse_id, len(records))

    def measure(self, folder: Path) -> OurTimes:
        """Push all of it to a fresh server, then pull it into the other vault."""
        copied(self.folder, folder)
        deployment = Deployment(folder / "server")
        reader_folder = TabletFolder(folder / "reader")
        with (
            deployment.served() as url,
            reader_folder.unlocked(self.nurse_id) as reader,
        ):
            gateway = HttpGateway(url, reader.connection.token)
            engine = engine_of(reader, gateway)
            _require_success(engine.round())  # Its setup is new, its feed empty.
            push_s, sent = self._push(folder, url)
            gc.collect()
            reports: list[SyncReport] = []
            pull_s = timed(lambda: reports.append(engine.round()))
            gateway.close()
            _require_success(reports[0])
            if reports[0].pulled != self.count:
                raise AssertionError(f"pulled {reports[0].pulled}")
            if len(reader.search("a", self.count)) < self.count // 10:
                raise AssertionError("the names can't be searched")
        return OurTimes(push_s, pull_s, sent, reports[0].received_bytes)

    def _push(self, folder: Path, url: str) -> tuple[float, int]:
        with TabletFolder(folder / "sender").unlocked(self.nurse_id) as sender:
            gateway = HttpGateway(url, sender.connection.token)
            gateway.health()  # The connection is open, as the peer's is.
            before = gateway.traffic.sent
            engine, done = engine_of(sender, gateway), Event()

            def watch(progress: SyncProgress) -> None:
                if progress.phase is Phase.PUSH and progress.done == progress.total:
                    done.set()  # The round ends here, before it pulls.

            gc.collect()
            reports: list[SyncReport] = []
            seconds = timed(lambda: reports.append(engine.round(watch, done)))
            report = reports[0]
            if report.failure or report.accepted != self.count:
                raise AssertionError(f"{report.failure}: {report.accepted} accepted")
            if sender.counts().operations:
                raise AssertionError("not everything was acknowledged")
            gateway.close()
            return seconds, gateway.traffic.sent - before


def _require_success(report: SyncReport) -> None:
    if not report.succeeded:
        raise AssertionError(f"the round failed: {report.failure}")
