"""A first sync: ten thousand people, and when a new tablet finds their names."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.core.change import Authorship
from app.sync.gateway import HttpGateway
from tests.benchmarks._sync_devices import PUSH, accepted, prepare
from tests.benchmarks._sync_places import Deployment, TabletFolder
from tests.benchmarks._sync_speed import engine_of
from tests.benchmarks._vault_records import bench_records, writes_of

PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class FirstSync:
    """Seconds until every name is found, until all is here, and what came."""

    names_s: float
    whole_s: float
    received_bytes: int
    operations: int


def measure(people: int = PEOPLE) -> FirstSync:
    """Fill a server with people, four records each; let a new tablet sync once."""
    with tempfile.TemporaryDirectory() as name:
        deployment = Deployment(Path(name) / "server")
        site_id, nurse_id = deployment.make()
        changes = (writes_of(record) for record in bench_records(people))
        author = Authorship(nurse_id, site_id)
        with deployment.context() as context:
            device = prepare(context, author, "device-bench", changes)
        with deployment.served() as url:
            with httpx.Client(timeout=60, trust_env=False) as client:
                taken = sum(
                    accepted(
                        client.post(
                            f"{url}{PUSH}", content=body, headers=device.headers
                        ).content
                    )
                    for body in device.bodies
                )
            if taken != device.operations:
                raise AssertionError(f"{taken} of {device.operations} were taken in")
            tablet = TabletFolder(Path(name) / "tablet")
            tablet.enrol(url, deployment.code(site_id))
            return _sync(tablet, nurse_id, url, people, device.operations)


def _sync(
    tablet: TabletFolder, nurse_id: str, url: str, people: int, operations: int
) -> FirstSync:
    with tablet.unlocked(nurse_id) as vault:
        gateway = HttpGateway(url, vault.connection.token)
        seen: set[str] = set()
        named_at: list[float] = []

        def watch(patient_ids: frozenset[str]) -> None:
            seen.update(each for each in patient_ids if vault.summary(each))
            if len(seen) >= people and not named_at:
                named_at.append(time.perf_counter())

        vault.subscribe(watch)
        begun = time.perf_counter()
        report = engine_of(vault, gateway).round()
        ended = time.perf_counter()
        gateway.close()
        if not report.succeeded or not named_at:
            raise AssertionError(f"{report.failure}: {len(seen)} people are here")
        return FirstSync(
            named_at[0] - begun, ended - begun, report.received_bytes, operations
        )
