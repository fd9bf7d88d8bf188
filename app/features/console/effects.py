"""Doing of Console: everything comes from the server; nothing is kept here."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import assert_never

from app.core.clock import WallClock
from app.core.console_wire import PatientSearch
from app.core.erasure_wire import EraseRequest
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.core.timeline import timeline
from app.core.wire import FeedItem
from app.features.console.erasing import EraseFailed, ErasePerson, PersonErased
from app.features.console.pages import OpenPage, Page
from app.features.console.state import (
    Effect,
    Event,
    Failed,
    FindPatients,
    Listed,
    Model,
    Opened,
    OpenRecord,
    PatientsFound,
    Question,
    RecordClosed,
    RecordFailed,
    RecordOpened,
    Shown,
    SignOut,
    update,
)
from app.sync.console_session import ConsoleSession, MergedRecord
from app.sync.failures import SyncFailure
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import Names
from app.ui.routes import (
    ConsoleDevices,
    ConsoleFiles,
    ConsoleSetAside,
    ConsoleSignIn,
    ConsoleTablets,
    Languages,
    Route,
)
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
_PAGES: Mapping[Page, Route] = {
    Page.DEVICES: ConsoleDevices(),
    Page.FILES: ConsoleFiles(),
    Page.LANGUAGES: Languages(),
    Page.SET_ASIDE: ConsoleSetAside(),
    Page.TABLETS: ConsoleTablets(),
}
LIMIT = 200
"""As many as the server gives at once."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A coordinator's session at the server."""

    session: ConsoleSession
    wall: WallClock
    left: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Console:
    desk: Desk
    work: Work
    place: Place
    reads: Iterator[int] = field(default_factory=count)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        desk, work = self.desk, self.work
        match effect:
            case FindPatients(question):
                find = partial(_find, desk, question)
                work.run(find, dispatch, _as_event, by_code(Failed))
            case OpenRecord(patient_id):
                self._open(patient_id, dispatch)
            case ErasePerson():
                erase = partial(_erase, desk, effect)
                work.run(erase, dispatch, _as_event, by_code(EraseFailed))
            case OpenPage(page):
                self.place.go(_PAGES[page])
            case SignOut():
                work.run(partial(_sign_out, desk), dispatch, _as_event, by_code(Failed))
                self.place.reset(ConsoleSignIn())
            case _:
                assert_never(effect)

    def _open(self, patient_id: str, dispatch: Dispatch) -> None:
        number, session = next(self.reads), self.desk.session

        def opened() -> Event:
            return _opened(session.patient_record(patient_id), number)

        unread = by_code(partial(RecordFailed, patient_id))
        self.work.run(opened, dispatch, _as_event, unread)


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    console = _Console(desk, work, place)
    return Loop(Model(), update, console.perform, Moments(shown=Shown()))


def _erase(desk: Desk, effect: ErasePerson) -> Event:
    request = EraseRequest(reason=effect.reason, code=effect.code)
    desk.session.erase_patient(effect.patient_id, request)
    return PersonErased(effect.patient_id)


def _find(desk: Desk, question: Question) -> Event:
    found = desk.session.search_patients(
        PatientSearch(
            text=question.text,
            only_conflicts=question.only_conflicts,
            limit=min(question.limit, LIMIT),
        )
    )
    patients = tuple(
        Listed(
            p.patient_id, p.document, p.site_ids, p.changed_at, p.conflicts, p.red_flags
        )
        for p in found.patients
    )
    now, hides = desk.wall(), found.hides_alarms
    aside = found.set_aside
    return PatientsFound(question, found.total, patients, now, hides, aside)


def _opened(record: MergedRecord, number: int) -> Event:
    log = [(_operation(item), item.clamp_ms) for item in record.history]
    return RecordOpened(
        Opened(
            record.patient_id,
            {d.record_id: d for d in record.documents},
            tuple(timeline((o, clamp) for o, clamp in log if o is not None)),
            Names(
                {k: v.name for k, v in record.practitioners.items()},
                {k: v.name for k, v in record.devices.items()},
                {k: v.name for k, v in record.sites.items()},
                {k: v.zone for k, v in record.sites.items()},
            ),
            number,
            bool(record.hidden),
            record.may_erase,
        )
    )


def _operation(item: FeedItem) -> Operation | None:
    """Return an operation of the history; erased content has none to show."""
    envelope = item.operation
    if envelope.salt is None or envelope.content is None:
        return None
    return decode_operation(
        EncodedOperation(
            envelope.header.encode(), envelope.salt, envelope.content.encode()
        )
    )


def _sign_out(desk: Desk) -> Event:
    desk.left()
    with suppress(SyncFailure):  # The token is gone here; the server's ends by itself.
        desk.session.sign_out()
    return RecordClosed()


def _as_event(event: Event) -> Event:
    return event
