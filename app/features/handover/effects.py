"""Doing of Handover: without a PIN; answers are kept for whoever unlocks next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Protocol, assert_never

from app.core.clock import WallClock
from app.core.parcel import Parcel
from app.core.problems import ProblemCode
from app.core.wire import PushResponse
from app.features.handover.state import (
    Effect,
    Event,
    Left,
    LetSleep,
    Load,
    Loaded,
    LoadFailed,
    Model,
    Moved,
    MovedOn,
    Save,
    Saved,
    SaveFailed,
    Send,
    SendEnded,
    SendFailed,
    Shown,
    StopSending,
    Waiting,
    update,
)
from app.storage import Connection, Unsent
from app.sync.channel import HttpChannel
from app.sync.failures import SyncFailure
from app.sync.handover import HandedOver, Sending, send_parcel
from app.ui.device import Device
from app.ui.loop import Loop, Moments
from app.ui.routes import Way
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
_Found = tuple[Parcel, bytes] | SaveFailed


class ParcelBox(Protocol):
    """Where a parcel lies; app.storage's VaultFile and KeptParcel."""

    def unsent(self) -> Unsent | None:
        """Return how much is in it and how much has gone, or None. Blocks."""

    def unsent_of(self, parcel: Parcel) -> Unsent:
        """Return how much of it has gone."""

    def parcel(self) -> Parcel:
        """Return it; raise StorageError."""

    def parcel_bytes(self) -> bytes:
        """Return it as it is saved; raise StorageError."""

    def keep_answer(self, parcel: Parcel, index: int, answer: PushResponse) -> None:
        """Keep what the server said of a part."""

    def mark_sent(self, parcel: Parcel, now_ms: int, *, by_file: bool) -> None:
        """Note that it left."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A parcel, the device before it, and who hears that less waits.

    Without a `connection` it is saved, and not sent.
    """

    file: ParcelBox
    connection: Connection | None
    device: Device
    wall: WallClock
    changed: Callable[[], None]
    """What waits is another now; from any thread."""


@dataclass(slots=True)
class _Handover:
    counter: Counter
    work: Work
    cancel: Flag = field(default_factory=Flag)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case Load():
                self.work.run(self._load, dispatch, _as_event, by_code(LoadFailed))
            case Send():
                self._send(dispatch)
            case StopSending():
                self.cancel.set()
            case LetSleep():
                self.counter.device.keep_awake(on=False)
            case Save():
                self.work.run(
                    self._file,
                    lambda found: self._save(found, dispatch),
                    _as_found,
                    by_code(SaveFailed),
                )
            case _:
                assert_never(effect)

    def _load(self) -> Loaded:
        now = self.counter.wall()
        return Loaded(waiting_of(self.counter.file.unsent()), now)

    def _send(self, dispatch: Dispatch) -> None:
        # A new one: a stop that came late must not stop the next sending.
        self.cancel = Flag()
        cancel = self.cancel
        self.counter.device.keep_awake(on=True)

        def progress(done: HandedOver) -> None:
            moved = Moved(done.done, done.total, done.sent_bytes)
            self.work.post(lambda: dispatch(MovedOn(moved)))

        self.work.run(
            lambda: self._sent(progress, cancel),
            dispatch,
            _ended,
            by_code(SendFailed),
        )

    def _sent(self, progress: Callable[[HandedOver], None], cancel: Flag) -> None:
        file, now = self.counter.file, self.counter.wall()
        connection = self.counter.connection
        if connection is None:
            raise SyncFailure(ProblemCode.UNKNOWN_DEVICE)
        parcel = file.parcel()
        sending = Sending(parcel, file.unsent_of(parcel).answered, progress, cancel)
        channel = HttpChannel(connection.server_url, connection.token)
        try:
            send_parcel(sending, channel, file, now)
        finally:
            channel.close()
            self.counter.changed()

    def _file(self) -> tuple[Parcel, bytes]:
        file = self.counter.file
        return file.parcel(), file.parcel_bytes()

    def _save(self, found: _Found, dispatch: Dispatch) -> None:
        if isinstance(found, SaveFailed):
            dispatch(found)
            return
        parcel, raw = found
        name = file_name(parcel)

        def saved(was_saved: bool) -> None:  # noqa: FBT001 - as the device answers
            if not was_saved:
                dispatch(Saved())
                return
            self.work.run(
                lambda: self._mark(parcel),
                dispatch,
                lambda _none: _as_event(Saved(name)),
                by_code(SaveFailed),
            )

        self.counter.device.save(
            name, raw, saved, lambda: dispatch(SaveFailed(ProblemCode.FILE_NOT_SAVED))
        )

    def _mark(self, parcel: Parcel) -> None:
        self.counter.file.mark_sent(parcel, self.counter.wall(), by_file=True)
        self.counter.changed()


def waiting_of(unsent: Unsent | None) -> Waiting | None:
    """Return what the last lock left, in the screen's terms."""
    if unsent is None:
        return None
    return Waiting(
        records=unsent.head.records,
        changes=unsent.head.operations,
        changes_sent=unsent.operations_sent,
        oldest_at=unsent.head.oldest_at,
        refused=unsent.refused,
        saved_at=unsent.saved_at,
    )


def file_name(parcel: Parcel) -> str:
    """Return a name that tells tablets and locks apart, and nobody's name."""
    head = parcel.head
    at = datetime.fromtimestamp(head.written_at / 1000, UTC)
    return f"tessera-{head.device_id[:8]}-{at:%Y%m%d-%H%M%S}.tessera"


def _as_event(event: Event) -> Event:
    return event


def _ended(_none: None) -> Event:
    return SendEnded()


def _as_found(found: tuple[Parcel, bytes]) -> _Found:
    return found


def loop(counter: Counter, work: Work, way: Way) -> Loop[Model, Event, Effect]:
    """Make the screen's loop; it begins with what was pressed before."""
    screen = _Handover(counter, work)
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    may_send = counter.connection is not None
    model = Model(counter.wall(), way, may_send=may_send)
    return Loop(model, update, screen.perform, moments)
