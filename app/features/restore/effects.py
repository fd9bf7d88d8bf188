"""Doing of Restore: open the backup, make it this tablet's, then enrol it anew."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import assert_never

from app.core.problems import ProblemCode
from app.core.version import VERSION
from app.features.restore.state import (
    BackupOpened,
    Effect,
    EnrolDevice,
    Enrolled,
    Event,
    Failed,
    FileChosen,
    Form,
    GoUnlock,
    Model,
    OpenBackup,
    Person,
    PickFile,
    RecordsRestored,
    RestoreRecords,
    update,
)
from app.storage import Passphrase, VaultFile, setup_in
from app.sync.enrol import EnrolmentForm, enrol
from app.sync.gateway import HttpGateway
from app.ui.device import Device, Picked
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Unlock
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
MakeHere = Callable[[Path, Passphrase, str, str], None]
"""Restores a file: its path, what opens it, who may unlock, with which PIN. Blocks."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The tablet's vault, the server hinted at, and how a file comes in."""

    restore: MakeHere
    file: Callable[[], VaultFile]
    server: str
    device: Device


@dataclass(slots=True)
class _Restore:
    bench: Bench
    work: Work
    place: Place
    picked: Picked | None = field(default=None, repr=False)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        work, failed = self.work, by_code(Failed)
        match effect:
            case PickFile():
                self.bench.device.pick(
                    partial(self._take, dispatch),
                    lambda: dispatch(Failed(ProblemCode.BACKUP_UNREADABLE)),
                )
            case OpenBackup(passphrase):
                opened = partial(self._open, Passphrase(passphrase))
                work.run(opened, dispatch, _as_event, failed)
            case RestoreRecords():
                restored = partial(self._restore, effect)
                work.run(restored, dispatch, _as_event, failed)
            case EnrolDevice():
                work.run(partial(self._enrol, effect), dispatch, _as_event, failed)
            case GoUnlock():
                self.picked = None
                self.place.reset(Unlock())
            case _:
                assert_never(effect)

    def _take(self, dispatch: Dispatch, picked: Picked | None) -> None:
        if picked is not None:
            self.picked = picked
            dispatch(FileChosen(picked.name))

    def _open(self, passphrase: Passphrase) -> Event:
        with self._as_file() as path:
            setup = setup_in(path, passphrase)
        people = (Person(p.practitioner_id, p.name) for p in setup.practitioners)
        return BackupOpened(tuple(people))

    def _restore(self, effect: RestoreRecords) -> Event:
        with self._as_file() as path:
            opener = Passphrase(effect.passphrase)
            self.bench.restore(path, opener, effect.person, effect.pin)
        return RecordsRestored()

    def _enrol(self, effect: EnrolDevice) -> Event:
        form = EnrolmentForm(effect.address, effect.code, effect.name, VERSION)
        with ExitStack() as stack:

            def open_gateway(url: str) -> HttpGateway:
                gateway = HttpGateway(url)
                stack.callback(gateway.close)
                return gateway

            enrol(form, self.bench.file(), open_gateway)
        return Enrolled()

    def _as_file(self) -> "_SealedFile":
        return _SealedFile(self.picked.content if self.picked is not None else b"")


class _SealedFile:
    """What was picked, as a file: sealed as it came."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __enter__(self) -> Path:
        with tempfile.NamedTemporaryFile(delete=False) as sink:
            sink.write(self._raw)
        self._path = Path(sink.name)
        return self._path

    def __exit__(self, *_error: object) -> None:
        with suppress(FileNotFoundError):
            self._path.unlink()


def _as_event(event: Event) -> Event:
    return event


def loop(bench: Bench, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Restore(bench, work, place)
    model = Model(Form(address=bench.server))
    return Loop(model, update, screen.perform, Moments())
