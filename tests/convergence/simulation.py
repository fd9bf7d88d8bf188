"""A seeded world: tablets and a server as pure objects, and everything that breaks.

One seed gives one history: who wrote what having seen what, which call was lost,
answered twice or cut, whose clock is years off, when the server fell back to a backup.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.change import RecordKey
from app.core.merge import Document, new_document
from app.core.operation import Operation
from app.core.records import RecordType
from app.core.wire import PushRequest
from app.sync.engine import SyncEngine
from app.sync.failures import SyncFailure
from app.sync.report import SyncReport
from tests.convergence.real_log import RealLog
from tests.sync.model_device import ModelDevice
from tests.sync.model_link import ModelLink, Weather
from tests.sync.model_server import ModelServer

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS
START_MS = 1_790_000_000_000

RECORDS = [
    RecordKey(RecordType.PATIENT, "patient-1", "patient-1"),
    RecordKey(RecordType.PATIENT, "patient-2", "patient-2"),
    RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, "response-1", "patient-1"),
    RecordKey("OfANewerVersion", "new-1", "patient-2"),
]
FIELDS = ["name", "sex", "answer.tb/cough", "of_a_newer_version"]
WEATHERS = [
    *[Weather.FINE] * 6,
    Weather.NOT_SENT,
    Weather.ANSWER_LOST,
    Weather.TWICE,
]


@dataclass(slots=True)
class SkewedClock:
    """A tablet's wall clock, off by some time."""

    world: "World"
    skew_ms: int

    def __call__(self) -> int:
        return max(0, self.world.now + self.skew_ms)


@dataclass(slots=True)
class Tablet:
    """A device with a clock of its own, and its way to the server."""

    device: ModelDevice
    link: ModelLink[ModelServer | RealLog]
    engine: SyncEngine
    clock: "SkewedClock"


@dataclass(frozen=True, slots=True)
class Wrote:
    """What somebody wrote, and the value as it was."""

    operation: Operation
    record_id: str


class World:
    """Tablets, a server, and the time, driven by one seed."""

    def __init__(
        self, seed: int, *, restores: bool = False, folder: Path | None = None
    ) -> None:
        self.rng = random.Random(seed)
        self.now = START_MS
        self.restores = restores
        self.skews = [0, 0, -30 * YEAR_MS, -HOUR_MS, HOUR_MS, 20 * YEAR_MS]
        self.server: ModelServer | RealLog = ModelServer(lambda: self.now)
        if folder is not None:
            self.server = RealLog(lambda: self.now, folder)
        self.tablets = [self._tablet(f"tablet-{n}") for n in range(2 + seed % 4)]
        self.wrote: list[Wrote] = []
        self.late: list[PushRequest] = []
        self.backup: Any = self.server.backup()
        self.lost_calls = 0

    def run(self, steps: int) -> None:
        """Let that many things happen."""
        for _ in range(steps):
            self.now += self.rng.randrange(HOUR_MS)
            tablet = self.rng.choice(self.tablets)
            happening = self.rng.random()
            if happening < 0.45:
                self._write(tablet)
            elif happening < 0.80:
                self._sync(tablet)
            elif happening < 0.86:
                self._arrive_late()
            elif happening < 0.92:
                self._read_again(tablet)
            elif happening < 0.96:
                self._set_clock(tablet)
            else:
                self._fall_back()

    def settle(self) -> list[SyncReport]:
        """Mend the network and let everybody sync until nothing moves."""
        reports = []
        for tablet in self.tablets:
            tablet.link.forecast = lambda: Weather.FINE
        for _ in range(2):
            reports = [tablet.engine.round() for tablet in self.tablets]
        return reports

    def expected(self) -> dict[str, Document]:
        """Fold all that was ever written, in any order, with the server's clamps."""
        clamps = dict(self.server.clamps())
        shuffled = list(self.wrote)
        self.rng.shuffle(shuffled)
        found: dict[str, Document] = {}
        for each in shuffled:
            document = found.get(each.record_id) or new_document(each.operation)
            clamp = clamps[each.operation.header.operation_id]
            found[each.record_id] = document.apply(each.operation, clamp)
        return found

    def _tablet(self, name: str) -> Tablet:
        clock = SkewedClock(self, self.rng.choice(self.skews))
        device = ModelDevice(name, clock, self.rng)
        link: ModelLink[ModelServer | RealLog] = ModelLink(
            self.server, name, self._weather
        )
        engine = SyncEngine(link, device, lambda: self.now)
        return Tablet(device, link, engine, clock)

    def _weather(self) -> Weather:
        weather = self.rng.choice(WEATHERS)
        self.lost_calls += weather in (Weather.NOT_SENT, Weather.ANSWER_LOST)
        return weather

    def _write(self, tablet: Tablet) -> None:
        keys = self.rng.sample(RECORDS, self.rng.choice([1, 1, 1, 2, 3]))
        value = self.rng.randrange(1_000_000)
        names = self.rng.sample(FIELDS, self.rng.choice([1, 2]))
        fields = {key: dict.fromkeys(names, f"{value}") for key in keys}
        for operation_id in tablet.device.save_all(fields):
            operation = tablet.device.own[operation_id].operation
            self.wrote.append(Wrote(operation, operation.header.record_id))

    def _sync(self, tablet: Tablet) -> None:
        before = len(tablet.link.pushes)
        tablet.engine.round()
        self.late += tablet.link.pushes[before:]

    def _arrive_late(self) -> None:
        """A push that was delayed in the network arrives again, out of order."""
        if self.late:
            try:
                self.server.push(self.rng.choice(self.late))
            except SyncFailure:
                return

    def _read_again(self, tablet: Tablet) -> None:
        """A page that was read before is applied again; its cursor goes back too."""
        page = self.server.pull("", self.rng.randrange(1, 20))
        tablet.device.apply_feed(page)

    def _set_clock(self, tablet: Tablet) -> None:
        """A battery dies, or somebody sets the date by hand."""
        tablet.clock.skew_ms = self.rng.choice(self.skews)

    def _fall_back(self) -> None:
        """Make a backup, or fall back to the last one, and perhaps nobody says so."""
        if self.restores and self.rng.random() < 0.5:
            epoch = f"epoch-{self.rng.getrandbits(32):x}"
            told = self.rng.random() < 0.5
            self.server.restore(self.backup, epoch if told else self.server.epoch)
        else:
            self.backup = self.server.backup()
