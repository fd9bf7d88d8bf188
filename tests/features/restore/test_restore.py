"""Restore against a real server: the records are here again, and the erased are not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.bootstrap.settings import Mode, Settings
from app.bootstrap.tablet import TabletProcess
from app.core.change import Change, RecordKey
from app.core.problems import ProblemCode
from app.features.restore.effects import Bench, loop
from app.features.restore.state import (
    Effect,
    Event,
    FilePressed,
    FormChanged,
    Model,
    OpenPressed,
    PassphraseTyped,
    RestorePressed,
)
from app.storage import (
    Passphrase,
    PatientErasedError,
    PinCost,
    RestoreRefusedError,
    UnlockPolicy,
)
from app.sync.engine import SyncEngine
from app.sync.erasures import ErasureSync
from app.sync.gateway import HttpGateway
from app.sync.steps import Steps
from app.ui.device import Picked
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import Restore, Unlock
from sync_server.services.erasure import Erasing, erase
from tests.clinic.desks import some_work, until
from tests.server.erasing import NAME, files_with, said
from tests.support.sticks import StickDevice
from tests.sync.real import NURSE, RealServer, RealTablet, real_server, real_tablet

QUICK = PinCost(memory_kib=64, iterations=1)
WORDS = "several plain words"
PIN = "482913"
ERASED = RecordKey("Patient", "p1", "p1")
OTHER = RecordKey("Patient", "p2", "p2")


@dataclass
class OneFile(StickDevice):
    """A file that a person chooses each time."""

    raw: bytes = field(default=b"", repr=False)

    def pick(
        self, then: Callable[[Picked | None], None], failed: Callable[[], None]
    ) -> None:
        self.files = [self.raw]
        super().pick(then, failed)


def backup_of(tablet: RealTablet, path: Path) -> bytes:
    tablet.vault.back_up(path, Passphrase(WORDS, QUICK))
    return path.read_bytes()


def a_process(folder: Path) -> TabletProcess:
    return TabletProcess(Settings(Mode.TABLET, folder), UnlockPolicy(cost=QUICK))


@dataclass
class Screen:
    """The restore of one tablet under way."""

    process: TabletProcess
    files: OneFile
    navigator: Navigator
    loop: Loop[Model, Event, Effect]

    @classmethod
    def of(cls, process: TabletProcess, raw: bytes) -> "Screen":
        process.file()
        files, navigator = OneFile(raw=raw), Navigator(Restore())
        bench = Bench(process.restore, process.file, "", files)
        place = Place(navigator, navigator.top)
        return cls(process, files, navigator, loop(bench, some_work(), place))

    def problem(self) -> ProblemCode | None:
        return self.loop.model.problem

    async def open(self, words: str = WORDS) -> None:
        self.loop.dispatch(FilePressed())
        self.loop.dispatch(PassphraseTyped(words))
        self.loop.dispatch(OpenPressed())
        await until(lambda: not self.loop.model.busy)

    async def restore(self, server: RealServer, code: str) -> None:
        people = self.loop.model.people or ()
        nurse = next(p.practitioner_id for p in people if p.name == NURSE)
        form = replace(
            self.loop.model.form,
            person=nurse,
            pin=PIN,
            again=PIN,
            address=server.url,
            code=code,
            name="Tablet again",
        )
        self.loop.dispatch(FormChanged(form))
        self.loop.dispatch(RestorePressed())
        await until(lambda: not self.loop.model.busy)


def test_whom_the_server_erased_is_forgotten_before_anything_is_shown(
    tmp_path: Path,
) -> None:
    async def scenario(server: RealServer, raw: bytes) -> None:
        process = a_process(tmp_path / "again")
        screen = Screen.of(process, raw)
        seen = []
        for words, given in (("not these words", raw), (WORDS, raw[:-1])):
            screen.files.raw = given
            await screen.open(words)
            seen.append(screen.problem())
        assert seen == [ProblemCode.BACKUP_NOT_OPENED, ProblemCode.BACKUP_UNREADABLE]
        assert not process.file().has_slots
        screen.files.raw = raw
        await screen.open()
        await screen.restore(server, "nonsense")
        assert screen.loop.model.is_restored
        assert screen.problem() is ProblemCode.ENROLMENT_CODE_WRONG
        await screen.restore(server, server.code())
        assert screen.problem() is None
        assert screen.navigator.top.route == Unlock()
        check_forgotten(process)
        with pytest.raises(RestoreRefusedError):
            process.restore(tmp_path / "backup", Passphrase(WORDS), "x", PIN)
        await process.close()

    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        a.save(OTHER, sex="male")
        a.vault.commit(named())
        assert a.engine.round().failure is None
        raw = backup_of(a, tmp_path / "backup")
        erase(server.context, Erasing("p1", "person-asked"))
        asyncio.run(scenario(server, raw))


def named() -> Change:
    change = Change()
    change.set(ERASED, {"name": said(NAME)})
    return change


def check_forgotten(process: TabletProcess) -> None:
    """The vault opens without them, syncs, and goes on without them."""
    file = process.file()
    nurse = next(
        each.practitioner.practitioner_id
        for each in file.practitioners()
        if each.practitioner.name == NURSE
    )
    vault = file.unlock(nurse, PIN)
    assert vault.documents("p1") == ()
    assert vault.document("p2") is not None
    connection = vault.connection
    gateway = HttpGateway(connection.server_url, connection.token)
    steps = Steps(erasures=ErasureSync(gateway.channel, vault))
    engine = SyncEngine(gateway, vault, process.wall, None, steps)
    assert engine.round(asked=True).failure is None
    assert vault.counts().operations == 0
    assert vault.documents("p1") == ()
    assert vault.document("p2") is not None
    with pytest.raises(PatientErasedError):
        vault.commit(named())
    gateway.close()
    vault.close()
    assert [*files_with(process.settings.data, NAME)] == []
