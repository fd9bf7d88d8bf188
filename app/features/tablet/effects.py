"""Doing of Tablet: the audit first, then the file, then the person says where."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import assert_never

from app.clinic.desk import Desk
from app.core.access import may_back_up
from app.core.audit import AuditKind
from app.core.problems import ProblemCode
from app.features.tablet.state import (
    BackUp,
    DeleteKept,
    Effect,
    Event,
    Failed,
    FindKept,
    HandedOut,
    KeptFound,
    Model,
    Shown,
    update,
)
from app.storage import Passphrase, delete_kept, kept_files
from app.ui.device import Device
from app.ui.loop import Loop, Moments
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
EVERYBODY = ""
"""Whose record a backup takes out: no single person's."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """The vault's folder, and how a file leaves this tablet."""

    folder: Path
    device: Device


class _Tablet:
    def __init__(self, desk: Desk, work: Work, keeping: Keeping) -> None:
        self.desk = desk
        self.work = work
        self.keeping = keeping

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case FindKept():
                self.work.run(self._kept, dispatch, _as_event)
            case BackUp() if not may_back_up(self.desk.practitioner.role):
                dispatch(Failed(ProblemCode.FORBIDDEN))
            case BackUp(passphrase):
                write = partial(_written, self.desk, Passphrase(passphrase))
                hand_out = partial(self._hand_out, dispatch)
                self.work.run(write, dispatch, hand_out, by_code(Failed))
            case DeleteKept():
                self.work.run(self._delete, dispatch, _as_event, by_code(Failed))
            case _:
                assert_never(effect)

    def _kept(self) -> Event:
        return KeptFound(tuple(p.name for p in kept_files(self.keeping.folder)))

    def _delete(self) -> Event:
        delete_kept(self.keeping.folder)
        return self._kept()

    def _hand_out(self, dispatch: Dispatch, raw: bytes) -> Event:
        at = datetime.fromtimestamp(self.desk.wall() / 1000, UTC)
        name = f"tessera-{at:%Y%m%d-%H%M}.tessera-backup"
        self.keeping.device.save(
            name,
            raw,
            lambda kept: dispatch(HandedOut(kept)),
            lambda: dispatch(Failed(ProblemCode.FILE_NOT_SAVED)),
        )
        return self._kept()


def _written(desk: Desk, passphrase: Passphrase) -> bytes:
    """Return the sealed backup; that it was made is written down before it is there."""
    desk.trail.took_out(AuditKind.EXPORT, EVERYBODY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup"
        desk.vault.back_up(path, passphrase)
        return path.read_bytes()


def _as_event(event: Event) -> Event:
    return event


def loop(desk: Desk, work: Work, keeping: Keeping) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Tablet(desk, work, keeping)
    return Loop(Model(), update, screen.perform, Moments(shown=Shown()))
