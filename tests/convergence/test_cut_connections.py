"""Real vaults and a real server over a line that breaks at any byte."""

import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.change import Change, RecordKey
from app.core.console_wire import PatientSearch
from app.core.document_json import document_to_json
from app.core.problems import ProblemCode
from app.sync.console_session import ConsoleSession
from sync_server.tables import OPERATION
from tests.support.proxy import cutting_proxy
from tests.sync.real import (
    COORDINATOR,
    PASSPHRASE,
    RealServer,
    RealTablet,
    real_server,
    real_tablet,
)

MAX_ROUNDS = 400
PATIENTS = [RecordKey("Patient", f"patient-{n}", f"patient-{n}") for n in range(4)]
BROKEN = {ProblemCode.CONNECTION_CUT, ProblemCode.UNREACHABLE}


class Breaks:
    """Where the next connections break: at any byte, early or late."""

    def __init__(self, seed: int, longest: tuple[int, ...]) -> None:
        self._rng = random.Random(seed)
        self._longest = longest
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            return self._rng.randrange(self._rng.choice(self._longest))


def sync_through(tablet: RealTablet) -> int:
    """Run rounds until one ends well; return how many broke."""
    for broken in range(MAX_ROUNDS):
        report = tablet.engine.round()
        if report.succeeded:
            return broken
        assert report.failure in BROKEN
    raise AssertionError("no round ended well")


def logged(server: RealServer) -> list[str]:
    """The ids in the server's log, in order."""
    with server.context.database.read() as connection:
        query = select(OPERATION.c.operation_id).order_by(OPERATION.c.sequence)
        return list(connection.scalars(query))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path, seed: int) -> None:
    rng, breaks = random.Random(seed), Breaks(seed, (300, 2_000, 12_000))
    with (
        real_server(tmp_path / "server") as server,
        cutting_proxy(server.port, breaks) as proxy,
        real_tablet(tmp_path / "a", server, proxy.url) as a,
        real_tablet(tmp_path / "b", server, proxy.url) as b,
    ):
        saved = []
        for _ in range(6):
            for tablet in (a, b):
                for _ in range(rng.randrange(1, 12)):
                    key = rng.choice(PATIENTS)
                    saved.append(tablet.save(key, sex=rng.choice("xyz")))
                tablet.engine.round()
        broken = sync_through(a) + sync_through(b) + sync_through(a)
        assert broken > 0
        assert proxy.cuts > 3
        _check(server, [a, b], saved)


def _check(server: RealServer, tablets: list[RealTablet], saved: list[str]) -> None:
    assert sorted(logged(server)) == sorted(saved)
    for tablet in tablets:
        assert tablet.vault.counts().operations == 0
        assert tablet.vault.set_aside() == ()
    console = ConsoleSession(server.url)
    try:
        console.sign_in(COORDINATOR, PASSPHRASE)
        found = console.search_patients(PatientSearch())
        assert found.total == len({*PATIENTS})
        for patient in found.patients:
            merged = console.patient_record(patient.patient_id).documents
            told = [document_to_json(document) for document in merged]
            for tablet in tablets:
                here = tablet.vault.documents(patient.patient_id)
                assert [document_to_json(document) for document in here] == told
    finally:
        console.close()


def test_a_long_first_push_goes_on_from_each_batch_that_arrived(
    tmp_path: Path,
) -> None:
    breaks = Breaks(7, (2_000, 20_000, 100_000))
    with (
        real_server(tmp_path / "server") as server,
        cutting_proxy(server.port, breaks) as proxy,
        real_tablet(tmp_path / "a", server, proxy.url) as a,
    ):
        saved = [name for number in range(30) for name in _save_many(a, number)]
        assert sync_through(a) > 0
        assert sorted(logged(server)) == sorted(saved)
        assert a.vault.counts().operations == 0


def _save_many(tablet: RealTablet, number: int) -> tuple[str, ...]:
    """Save one change of 40 observations, as a large form does."""
    change = Change()
    for place in range(40):
        key = RecordKey("Observation", f"observation-{number}-{place}", "patient-0")
        change.set(key, {"value": f"{number}.{place}"})
    return tablet.vault.commit(change).operation_ids
