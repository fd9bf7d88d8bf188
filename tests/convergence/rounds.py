"""Rounds with real processes: cut, stalled, repeated, corrupted and killed.

    python -m tests.convergence.rounds --rounds 200

Each journey is a new deployment, on SQLite or PostgreSQL in turn: a server and three
tablets as processes, and between them a proxy. After its rounds all of them are
compared with each other and with the oracle.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.core.document_pack import unpack
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.storage.log import LogEntry
from app.storage.stored_operation import State
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.opening import open_context, open_database
from sync_server.services.enrolment import new_code
from sync_server.tables import DOCUMENT, OPERATION
from tests.convergence.oracle import fold, views_of
from tests.convergence.round_processes import ServerProcess, TabletProcess
from tests.convergence.round_tablet import RECORDS, Talker
from tests.support import postgres, programs
from tests.support.processes import free_port
from tests.support.proxy import CuttingProxy, Kind, Twist, cutting_proxy
from tests.sync.real import enrolled, made_settings, open_file

TABLETS = 3
JOURNEY = 25
_KINDS: Sequence[Kind] = ("flip", "flip", "flip", "repeat", "stall")
_CODE_VALID_MS = 3_600_000
_ROUND_SECONDS = 60.0
_PATIENTS = sorted({key.patient_id for key in RECORDS})


class Trouble:
    """What befalls the proxy's connections, by a seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._lock = threading.Lock()

    def cut_after(self) -> int | None:
        """A third of the connections are cut somewhere."""
        with self._lock:
            return self._place() if self._rng.random() < 0.3 else None

    def twists(self) -> Sequence[Twist]:
        """Half of them are stalled, repeated or corrupted somewhere."""
        with self._lock:
            return [
                Twist(self._place(), self._rng.choice(_KINDS))
                for _ in range(self._rng.choice([0, 0, 1, 1, 2]))
            ]

    def _place(self) -> int:
        return self._rng.randrange(self._rng.choice([400, 2_000, 6_000, 20_000]))


@dataclass(slots=True)
class Figures:
    """What the rounds did."""

    rounds: int = 0
    saved: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Journey:
    """A deployment under way."""

    context: Context
    server: ServerProcess
    proxy: CuttingProxy
    tablets: list[TabletProcess]
    rng: random.Random
    fired: Counter[str] = field(default_factory=Counter)

    def round(self) -> None:
        """Let every tablet write and sync, and kill whom the seed names."""
        for tablet in self.tablets:
            tablet.live(self.rng.getrandbits(32))
        if self.rng.random() < 0.3:
            time.sleep(self.rng.uniform(0.0, 0.8))
            self.server.kill()
            self.fired["server killed"] += 1
            self.server.start()
        for tablet in self.tablets:
            if self.rng.random() < 0.25:
                time.sleep(self.rng.uniform(0.0, 0.5))
                tablet.kill()
                self.fired["tablet killed"] += 1
        for tablet in self.tablets:
            assert tablet.wait(_ROUND_SECONDS), "a round has no end"

    def compare(self) -> None:
        """Let everybody sync over a sound line, then look at every promise."""
        for tablet in self.tablets:
            tablet.stop()
        talkers = [Talker(tablet.folder, self.server.url) for tablet in self.tablets]
        try:
            for talker in talkers * 2:
                report = talker.engine.round(asked=True)
                assert report.succeeded, report
            self._compare(talkers)
        finally:
            for talker in talkers:
                talker.close()

    def _compare(self, talkers: list[Talker]) -> None:
        operations, clamps = _logged(self.context.database)
        held = [_entries(talker) for talker in talkers]
        written = {
            one: entry.operation for entries in held for one, entry in entries.items()
        }
        saved = [one for tablet in self.tablets for one in tablet.saved]
        assert len(saved) == len({*saved}), "saved twice"
        lost = {*saved} - operations.keys()
        assert not lost, f"said to be saved, and lost: {lost}"
        assert written == operations, "the log is not what tablets hold"
        expected = fold(operations.values(), clamps, 1)
        with self.context.database.read() as connection:
            found = connection.execute(select(DOCUMENT.c.record_id, DOCUMENT.c.body))
            documents = {row.record_id: unpack(row.body.encode()) for row in found}
        assert views_of(documents) == expected, "the server shows something else"
        for talker, entries in zip(talkers, held, strict=True):
            states = {entry.state for entry in entries.values()}
            assert states <= {State.ACKNOWLEDGED}, f"not acknowledged: {states}"
            assert talker.vault.set_aside() == ()
            assert talker.vault.damaged == frozenset()
            here = {
                document.record_id: document
                for patient_id in _PATIENTS
                for document in talker.vault.documents(patient_id)
            }
            assert views_of(here) == expected, "a tablet shows something else"


def _entries(talker: Talker) -> dict[str, LogEntry]:
    return {
        entry.header.operation_id: entry
        for patient_id in _PATIENTS
        for entry in talker.vault.operations(patient_id)
    }


def _logged(database: Database) -> tuple[dict[str, Operation], dict[str, int | None]]:
    """What the server accepted, each id once, and its clamps."""
    with database.read() as connection:
        rows = connection.execute(select(OPERATION)).all()
    found = {
        row.operation_id: decode_operation(
            EncodedOperation(row.header, row.salt, row.content)
        )
        for row in rows
    }
    assert len(found) == len(rows), "doubled"
    return found, {row.operation_id: row.clamp_ms for row in rows}


@contextmanager
def journey(folder: Path, seed: int, database_url: str = "") -> Iterator[Journey]:
    """A new deployment with its processes; they end with the block."""
    settings, site_id = made_settings(folder / "server", database_url)
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    environ = {"TESSERA_DATA": str(settings.data), "DATABASE_URL": database_url}
    environ |= {"TESSERA_CONTROLLER": "Clinic", "TESSERA_CONTACT": "dpo@example.org"}
    environ |= {"TESSERA_RETENTION_DAYS": "365"}
    server = ServerProcess(free_port(), folder / "server.log", environ)
    trouble = Trouble(seed)
    tablets: list[TabletProcess] = []
    try:
        server.start()
        with cutting_proxy(server.port, trouble.cut_after, trouble.twists) as proxy:
            for number in range(TABLETS):
                file = open_file(folder / f"tablet-{number}")
                code = new_code(context, site_id, f"Tablet {number}", _CODE_VALID_MS)
                enrolled(file, server.url, code)
                file.close()
                log = folder / f"tablet-{number}.log"
                tablets.append(TabletProcess(file.folder, proxy.url, log))
            rng = random.Random(seed)
            yield Journey(context, server, proxy, tablets, rng)
    finally:
        for tablet in tablets:
            tablet.kill()
        server.stop()
        database.close()


def travel(
    folder: Path, seed: int, rounds: int, figures: Figures, database_url: str = ""
) -> None:
    """Run rounds in a new deployment, then compare."""
    with journey(folder, seed, database_url) as found:
        for _ in range(rounds):
            found.round()
            figures.rounds += 1
        found.compare()
        figures.saved += sum(len(tablet.saved) for tablet in found.tablets)
        figures.fired += found.fired + found.proxy.fired
        for tablet in found.tablets:
            figures.ends += Counter(tablet.ends)


def main() -> int:
    """Run the rounds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--from", type=int, default=0, dest="first")
    asked = parser.parse_args()
    figures, seed, failed = Figures(), asked.first, 0
    binaries = programs.postgresql_bin()
    assert binaries is not None, "PostgreSQL is missing: .ci/install-system"
    with postgres.cluster(binaries) as cluster:
        while figures.rounds < asked.rounds:
            rounds = min(JOURNEY, asked.rounds - figures.rounds)
            on_postgres = seed % 2 == 1
            place = cluster.database() if on_postgres else nullcontext("")
            name = "PostgreSQL" if on_postgres else "SQLite"
            with place as url, tempfile.TemporaryDirectory() as folder:
                done = figures.rounds
                try:
                    travel(Path(folder), seed, rounds, figures, url)
                except AssertionError as error:
                    failed += 1
                    print(f"journey {seed} on {name}: {error}", flush=True)
                figures.rounds = done + rounds
            print(f"{figures.rounds} rounds, journey {seed} on {name}", flush=True)
            seed += 1
    print(f"{figures.rounds} rounds, {failed} journeys failed")
    print(f"{figures.saved} operations saved, all of them everywhere, each once")
    print(dict(figures.fired), dict(figures.ends))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
