"""A world: tablets, a server, the time and the network, driven by one story."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.core.change import Authorship
from app.storage.errors import PatientErasedError
from app.sync.engine import SyncEngine
from app.sync.failures import SyncFailure
from app.sync.report import SyncReport
from app.sync.steps import Steps
from tests.convergence.builds import building
from tests.convergence.carried import Carried, Seen, Wall, Wrote, is_still
from tests.convergence.faults import Crashed, Fault, Moment
from tests.convergence.lines import steps_of, take_in_again
from tests.convergence.links import Link, Network
from tests.convergence.model_log import ModelLog
from tests.convergence.model_tablet import ModelTablet, SimulatedTablet, Writes
from tests.convergence.people import NURSE, SITE, SITES, STRANGERS
from tests.convergence.real_log import RealLog
from tests.convergence.story import Event, Kind, Setting, Story
from tests.convergence.vault_tablet import VaultTablet, new_vault
from tests.convergence.writings import VISITORS, of_a_visit, of_records

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS
START_MS = 1_790_000_000_000

SKEWS = [0, 0, -30 * YEAR_MS, -HOUR_MS, HOUR_MS, 20 * YEAR_MS]
_CRASH_SHARE = 0.12
_LAST_ROUNDS = 6


class World:
    """Runs a story; afterwards `promises.check` looks at what came of it."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self.setting = setting
        self.folder = folder
        self.rng = random.Random(setting.seed)
        self.now = START_MS
        self.network = Network()
        self.server = self._server()
        self.everybody = [self._tablet(n) for n in range(setting.tablets)]
        self.wrote: dict[str, Wrote] = {}
        self.acknowledged: set[str] = set()
        self.was_logged: set[str] = set()
        self.erased: set[str] = set()
        self.sticks: list[object] = []
        self.taken: set[int] = set()
        self.backup = self.server.backup()
        self.backups: dict[int, object] = {}

    def run(self, story: Story) -> None:
        """Let everything happen."""
        for event in story.events:
            rng = self.network.rng = random.Random(event.seed)
            self.now += rng.randrange(HOUR_MS)
            self._happen(event, rng)
            self._look()

    def settle(self) -> list[SyncReport]:
        """Mend the network and let everybody sync until nothing moves."""
        self.network.is_fine = True
        reports: list[SyncReport] = []
        for _ in range(_LAST_ROUNDS):
            self.now += HOUR_MS
            reports = [self._round(each) for each in self.everybody]
            if all(is_still(report) for report in reports):
                break
        self._look()
        return reports

    def is_of_erased(self, operation_id: str) -> bool:
        """Tell whether an operation is of somebody who was erased."""
        wrote = self.wrote.get(operation_id)
        return wrote is not None and wrote.operation.header.patient_id in self.erased

    def close(self) -> None:
        """Let go of files."""
        for each in self.everybody:
            each.tablet.close()
        self.server.close()

    def _server(self) -> ModelLog | RealLog:
        strangers = frozenset(STRANGERS)
        if self.setting.has_real_log:
            return RealLog(lambda: self.now, self.folder / "server")
        return ModelLog(lambda: self.now, strangers)

    def _tablet(self, number: int) -> Carried:
        wall = Wall(lambda: self.now, self.rng.choice(SKEWS))
        rng = random.Random(self.rng.getrandbits(64))
        name = f"tablet-{number}"
        tablet: SimulatedTablet
        site_id = SITES[number % len(SITES)] if self.setting.vaults else SITE
        if self.setting.vaults and isinstance(self.server, RealLog):
            setup = self.server.setup_of(site_id)
            tablet = new_vault(number, wall, self.folder, setup)
        else:
            tablet = ModelTablet(name, wall, rng)
        self.server.enrol(tablet.vault.device_id, tablet.public_key, site_id)
        return self._carried(tablet, wall, site_id)

    def _carried(self, tablet: SimulatedTablet, wall: Wall, site_id: str) -> Carried:
        link = Link(self.server, self.network, lambda: tablet.vault.device_id)
        steps, engine = self._rounds(tablet, link)
        return Carried(tablet, wall, link, steps, engine, site_id)

    def _rounds(self, tablet: SimulatedTablet, link: Link) -> tuple[Steps, SyncEngine]:
        """What a tablet's process makes when it starts."""
        steps = steps_of(tablet, link, lambda: self.network.rng)
        vault, wall = tablet.vault, lambda: self.now
        return steps, SyncEngine(link, vault, wall, steps=steps)

    def _look(self) -> None:
        """Note what tablets take for acknowledged, and what the server's log held."""
        self.was_logged |= self.server.logged()
        if isinstance(self.server, RealLog):
            forgotten = self.erased - self.server.erased()
            assert not forgotten, f"let in again: {forgotten}"
        for each in self.everybody:
            tablet = each.tablet
            taken = tablet.own_ids() - tablet.pending_ids() - tablet.aside_ids()
            lies = {i for i in taken - self.was_logged if not self.is_of_erased(i)}
            assert not lies, f"said to be acknowledged, and never was: {lies}"
            self.acknowledged |= taken

    def _happen(self, event: Event, rng: random.Random) -> None:
        each = self.everybody[event.who]
        happenings: dict[Kind, Callable[[], None]] = {
            Kind.WRITE: lambda: self._save(each, of_records(rng), rng),
            Kind.SYNC: lambda: self._sync(each, rng),
            Kind.LATE: lambda: self._arrive_late(rng),
            Kind.READ_AGAIN: lambda: self._read_again(each, rng),
            Kind.SET_CLOCK: lambda: self._set_clock(each, rng),
            Kind.RESTART_TABLET: lambda: self._restart(each),
            Kind.RESTART_SERVER: self._restart_server,
            Kind.BACK_UP_SERVER: self._back_up_server,
            Kind.RESTORE_SERVER: lambda: self._restore_server(rng),
            Kind.BACK_UP_TABLET: lambda: self._back_up(event.who),
            Kind.RESTORE_TABLET: lambda: self._restore(event.who),
            Kind.CLONE_TABLET: lambda: self._clone(event.who, rng),
            Kind.UPGRADE: lambda: self._upgrade(each),
            Kind.HIRE: lambda: self.server.hire(rng.choice(STRANGERS)),
            Kind.SAVE_TO_STICK: lambda: self._save_to_stick(each),
            Kind.TAKE_IN: lambda: self._take_in(rng),
            Kind.VISIT: lambda: self._save(each, of_a_visit(rng), rng),
            Kind.LEAVE: lambda: self._leave(each, rng),
            Kind.ERASE: lambda: self._erase(rng),
        }
        happenings[event.kind]()

    # What people do

    def _save(self, each: Carried, writes: Writes, rng: random.Random) -> None:
        tablet = each.tablet
        who = NURSE if rng.random() < 0.8 else rng.choice(STRANGERS)
        known = frozenset(tablet.known())
        seen = self._seen(tablet)
        if rng.random() < _CRASH_SHARE:
            tablet.pull_plug_at(rng.randrange(1, 14), rng.choice(MOMENTS))
        with building(tablet.schema):
            try:
                tablet.write(writes, Authorship(who, each.site_id))
            except PatientErasedError:
                assert self.erased & {key.patient_id for key in writes}
            except Crashed:
                self._crashed(each)
        tablet.plug_in()
        # Whether it was saved before the power went, its disk says.
        for operation_id, operation in tablet.known().items():
            if operation_id not in known:
                self.wrote.setdefault(
                    operation_id, Wrote(operation, seen, tablet.schema)
                )

    def _seen(self, tablet: SimulatedTablet) -> frozenset[Seen]:
        """What a tablet was shown: also what came in whole records, and is replaced."""
        found = {
            (name, one)
            for one, operation in tablet.known().items()
            for name in operation.fields
        }
        if not isinstance(tablet, VaultTablet):
            return frozenset(found)
        with building(tablet.schema):
            documents = tablet.all_documents().values()
        waiting = [
            (name, head)
            for document in documents
            for name, field in document.fields.items()
            for head in field.heads
        ]
        waiting += found
        found.clear()
        while waiting:
            name, one = each = waiting.pop()
            if each not in found:
                found.add(each)
                replaced = self.wrote[one].operation.replaces.get(name, ())
                waiting += [(name, gone) for gone in replaced]
        return frozenset(found)

    def _sync(self, each: Carried, rng: random.Random) -> None:
        before = each.tablet.aside_ids()
        if rng.random() < _CRASH_SHARE * 2:
            each.tablet.pull_plug_at(rng.randrange(1, 30), rng.choice(MOMENTS))
        try:
            self._round(each)
        except Crashed:
            self._crashed(each)
        each.tablet.plug_in()
        if each.tablet.aside_ids() - before:
            self.network.count(Fault.SET_ASIDE)

    def _round(self, each: Carried) -> SyncReport:
        with building(each.tablet.schema):
            return each.engine.round()

    def _save_to_stick(self, each: Carried) -> None:
        parcel = each.tablet.parcel()
        self._renew_rounds(each)
        if parcel is not None:
            self.sticks.append(parcel)

    def _take_in(self, rng: random.Random) -> None:
        if not self.sticks:
            return
        number = rng.randrange(len(self.sticks))
        with suppress(SyncFailure):
            self.server.take_in(self.sticks[number])
        again = number in self.taken
        self.network.count(Fault.STICK_AGAIN if again else Fault.STICK)
        self.taken.add(number)

    # What breaks

    def _arrive_late(self, rng: random.Random) -> None:
        """A push that the network kept back arrives, behind newer ones."""
        if not self.network.late:
            return
        batch = rng.choice(self.network.late)
        if rng.random() < 0.7:
            self.network.late.remove(batch)
        self.network.count(Fault.REORDERED)
        with suppress(SyncFailure):
            self.server.push(batch)

    def _read_again(self, each: Carried, rng: random.Random) -> None:
        """A page that was read before is applied again; its cursor goes back too."""
        page = self.server.pull_as(each.name, "", rng.randrange(1, 20))
        try:
            with building(each.tablet.schema):
                take_in_again(each.tablet, each.steps, page)
        except SyncFailure:
            return
        self.network.count(Fault.PAGE_AGAIN)

    def _set_clock(self, each: Carried, rng: random.Random) -> None:
        """A battery dies, or somebody sets the date by hand."""
        each.wall.skew_ms = rng.choice(SKEWS)
        self.network.count(Fault.CLOCK_JUMPED)

    def _crashed(self, each: Carried) -> None:
        self.network.count(Fault.TABLET_CRASHED)
        each.tablet.plug_in()
        each.tablet.restart()
        self._renew_rounds(each)

    def _restart(self, each: Carried) -> None:
        each.tablet.restart()
        self._renew_rounds(each)
        self.network.count(Fault.RESTARTED)

    def _renew_rounds(self, each: Carried) -> None:
        each.steps, each.engine = self._rounds(each.tablet, each.link)

    def _restart_server(self) -> None:
        self.server.restart()
        self.network.count(Fault.RESTARTED)

    def _back_up_server(self) -> None:
        self.backup = self.server.backup()

    def _restore_server(self, rng: random.Random) -> None:
        """Fall back to the last backup, and perhaps nobody says so."""
        told = rng.random() < 0.5
        epoch = f"epoch-{rng.getrandbits(32):x}" if told else self.server.epoch
        self.server.restore(self.backup, epoch)
        self.network.count(Fault.SERVER_RESTORED if told else Fault.SERVER_FELL_BACK)

    def _back_up(self, number: int) -> None:
        self.backups[number] = self.everybody[number].tablet.backup()

    def _restore(self, number: int) -> None:
        if number in self.backups:
            each = self.everybody[number]
            each.tablet.restore(self.backups[number])
            self._renew_rounds(each)
            self.network.count(Fault.TABLET_RESTORED)

    def _clone(self, number: int, rng: random.Random) -> None:
        """Somebody copies a tablet's folder to another tablet: there are two of it."""
        if len(self.everybody) > self.setting.tablets + 1:
            return
        each = self.everybody[number]
        wall = Wall(lambda: self.now, each.wall.skew_ms)
        twin = each.tablet.copy(wall, random.Random(rng.getrandbits(64)))
        self.everybody.append(self._carried(twin, wall, each.site_id))
        self.network.count(Fault.TABLET_CLONED)

    def _leave(self, each: Carried, rng: random.Random) -> None:
        """A tablet lets patients go whom it need not keep, and may be cut off in it."""
        tablet = each.tablet
        if not isinstance(tablet, VaultTablet):
            return
        self._sync(each, rng)
        before = tablet.left()
        if rng.random() < _CRASH_SHARE:
            tablet.pull_plug_at(rng.randrange(1, 60), rng.choice(MOMENTS))
        try:
            with building(tablet.schema):
                tablet.let_go()
        except Crashed:
            self._crashed(each)
        tablet.plug_in()
        for who in tablet.left() - before:
            assert not tablet.holds(who), f"{who} left {each.name}, and is still there"
            self.network.count(Fault.LEFT)

    def _erase(self, rng: random.Random) -> None:
        """Somebody asks to be forgotten; the power may go meanwhile."""
        if not isinstance(self.server, RealLog):
            return
        who = rng.choice([*VISITORS, *VISITORS, "patient-2"])
        if rng.random() < _CRASH_SHARE:
            self.server.pull_plug_at(rng.randrange(1, 20))
        try:
            self.server.erase(who)
        except Crashed:
            self.network.count(Fault.SERVER_CRASHED)
            self.server.restart()
        self.server.plug_in()
        if who in self.server.erased() - self.erased:
            self.erased.add(who)
            self.network.count(Fault.ERASED)

    def _upgrade(self, each: Carried) -> None:
        if each.tablet.schema == 1:
            each.tablet.upgrade()
            self.network.count(Fault.UPGRADED)


MOMENTS: tuple[Moment, ...] = ("before", "within", "after")
