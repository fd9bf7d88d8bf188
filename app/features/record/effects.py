"""Doing of Record: reading the vault, correcting in it, and going elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, field
from itertools import count
from typing import assert_never

from app.clinic import corrections, disclosures
from app.clinic.desk import Desk
from app.clinic.findings import standing_flags
from app.clinic.moving import RightPerson, move_to, moving
from app.core.access import part_for
from app.core.encounters import open_encounter
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.projections import View, by_type
from app.core.records import RecordType
from app.core.timeline import timeline
from app.features.record.doing import (
    Decide,
    Effect,
    EnterInError,
    FindPeople,
    LoadRecord,
    MoveTo,
    OpenAmend,
    OpenAnswers,
    OpenComeBack,
    OpenConfidential,
    OpenDisclosure,
    OpenFamily,
    OpenNotice,
    OpenPage,
    OpenRelative,
    OpenVisit,
    StopListening,
)
from app.features.record.events import (
    Corrected,
    CorrectionFailed,
    Event,
    Left,
    Loaded,
    PeopleFound,
    RecordLoaded,
    RecordsChanged,
    Shown,
)
from app.features.record.relatives import relatives_of
from app.features.record.state import Model, update
from app.storage import LogEntry, State, Vault
from app.ui.glass import BreakGlass, Broken, OnGlass, Refused
from app.ui.listening import Listening, of_patient
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import names_of
from app.ui.routes import (
    Amend,
    Confidential,
    Disclosure,
    Notice,
    Plan,
    Record,
    Register,
    Route,
    Screening,
)
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
FOUND_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class _Record:
    desk: Desk
    work: Work
    place: Place
    patient_id: str
    listening: Listening
    reads: Iterator[int] = field(default_factory=count)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadRecord(patient_id, is_broken):
                self._listen(patient_id, dispatch)
                number = next(self.reads)
                self.work.run(
                    lambda: load(self.desk, patient_id, number, is_broken=is_broken),
                    dispatch,
                    _loaded,
                )
            case BreakGlass(reason):
                self._break_glass(reason, dispatch)
            case StopListening():
                self.listening.end()
            case FindPeople(text):
                self._find(text, dispatch)
            case Decide(record, name, value):
                change = corrections.amend(record, name, value, record.heads(name))
                self.work.run(
                    lambda: self.desk.save(change),
                    dispatch,
                    _corrected,
                    by_code(CorrectionFailed),
                )
            case EnterInError(record, reason):
                self._enter_in_error(record, reason, dispatch)
            case MoveTo():
                self._move(effect, dispatch)
            case _:
                self._go(effect)

    def _go(
        self,
        effect: (
            OpenAmend
            | OpenPage
            | OpenAnswers
            | OpenVisit
            | OpenNotice
            | OpenFamily
            | OpenComeBack
            | OpenConfidential
            | OpenDisclosure
            | OpenRelative
        ),
    ) -> None:
        match effect:
            case OpenAmend():
                self.place.go(Amend(*astuple(effect)))
            case OpenAnswers():
                self.place.go(Screening(*astuple(effect)))
            case OpenVisit(patient_id, encounter_id):
                self.place.go(Plan(patient_id, encounter_id))
            case OpenNotice(patient_id, encounter_id):
                self.place.go(Notice(patient_id, encounter_id))
            case OpenPage() | OpenFamily() | OpenComeBack():
                self.place.go(_registration(effect))
            case OpenConfidential() | OpenDisclosure():
                self.place.go(_confidential(effect))
            case OpenRelative(patient_id):
                self.place.go(Record(patient_id))
            case _:
                assert_never(effect)

    def _listen(self, patient_id: str, dispatch: Dispatch) -> None:
        tell = of_patient(patient_id, lambda: dispatch(RecordsChanged()))
        self.listening.begin(self.desk.vault.subscribe, tell)

    def _break_glass(self, reason: str, dispatch: Dispatch) -> None:
        trail, patient_id = self.desk.trail, self.patient_id
        self.work.run(
            lambda: trail.broke_glass(patient_id, reason),
            dispatch,
            _broken,
            by_code(_not_broken),
        )

    def _find(self, text: str, dispatch: Dispatch) -> None:
        self.work.run(
            lambda: tuple(self.desk.vault.search(text, FOUND_AT_MOST)),
            dispatch,
            lambda people: PeopleFound(text, people),
        )

    def _move(self, effect: MoveTo, dispatch: Dispatch) -> None:
        def moved() -> None:
            record = effect.record
            if record.record_type == RecordType.CONFIDENTIAL_NOTE:
                right_id, why = effect.right_patient_id, effect.reason
                disclosures.move_note(self.desk, record, right_id, why)
                return
            known = self.desk.vault.documents
            together = moving(known(record.patient_id), record.record_id)
            mirrors = corrections.mirrors_of(together, known)
            right_id, theirs = effect.right_patient_id, known(effect.right_patient_id)
            visit = open_encounter(theirs)
            right = RightPerson(right_id, visit.record_id if visit else "", theirs)
            ids, reason = self.desk.ids, effect.reason
            self.desk.save(move_to(together, right, reason, ids, mirrors))

        self.work.run(moved, dispatch, _corrected, by_code(CorrectionFailed))

    def _enter_in_error(
        self, record: Document, reason: str, dispatch: Dispatch
    ) -> None:
        def entered() -> None:
            if record.record_type == RecordType.CONFIDENTIAL_NOTE:
                disclosures.enter_in_error(self.desk, record, reason)
                return
            known = self.desk.vault.documents
            together = corrections.belonging(known(record.patient_id), record.record_id)
            together += corrections.mirrors_of(together, known)
            self.desk.save(corrections.enter_in_error(together, reason))

        self.work.run(entered, dispatch, _corrected, by_code(CorrectionFailed))


def _registration(effect: OpenPage | OpenFamily | OpenComeBack) -> Register:
    match effect:
        case OpenPage(patient_id, page):
            return Register(returning=patient_id, corrects=page)
        case OpenFamily(patient_id):
            return Register(family_of=patient_id)
        case OpenComeBack(patient_id):
            return Register(returning=patient_id)
        case _:
            assert_never(effect)


def _confidential(effect: OpenConfidential | OpenDisclosure) -> Route:
    match effect:
        case OpenConfidential(patient_id):
            return Confidential(patient_id)
        case OpenDisclosure(patient_id, record_id):
            return Disclosure(patient_id, record_id)
        case _:
            assert_never(effect)


def load(
    desk: Desk, patient_id: str, number: int, *, is_broken: bool = False
) -> Loaded:
    """Read one patient's records, history and the names in it."""
    vault = desk.vault
    log = vault.operations(patient_id)
    waiting = [e.header.operation_id for e in log if e.state is State.PENDING]
    refused = {
        e.header.operation_id: e.reason or ProblemCode.UNEXPECTED
        for e in log
        if e.state is State.SET_ASIDE
    }
    moments = timeline(
        (e.operation, e.clamp_ms) for e in log if e.operation is not None
    )
    known, role = vault.documents(patient_id), desk.practitioner.role
    part = part_for(role, known, is_broken=is_broken)
    documents = {d.record_id: d for d in part.documents}
    kept = list(by_type(known, RecordType.CONFIDENTIAL_NOTE))
    notes = {d.record_id: d for d in kept}
    standing = [d for d in kept if not View(d).entered_in_error]
    return Loaded(
        documents,
        tuple(moments),
        names_of(vault.setup),
        frozenset(waiting),
        _unconfirmed(vault, log),
        refused,
        relatives_of(desk, documents.values()),
        number,
        role,
        frozenset(d.record_id for d in known) - documents.keys() - notes.keys(),
        notes,
        disclosures.readers(desk.vault.setup),
        frozenset(d.record_id for d in standing if disclosures.may_read(desk, d)),
        frozenset(d.record_id for d in standing if disclosures.may_hide(desk, d)),
        any(flag.urgent for flag in standing_flags(known, desk.library)),
        is_broken,
    )


def _unconfirmed(vault: Vault, log: Iterable[LogEntry]) -> frozenset[str]:
    """Return which operations left this tablet while nobody said that they arrived."""
    sent = vault.sent()
    last = 0 if sent is None else sent.last
    found = (e for e in log if e.state is State.PENDING and 0 < (e.number or 0) <= last)
    return frozenset(e.header.operation_id for e in found)


def _loaded(loaded: Loaded) -> Event:
    return RecordLoaded(loaded)


def _broken(_: None) -> Event:
    return OnGlass(Broken())


def _not_broken(problem: ProblemCode) -> Event:
    return OnGlass(Refused(problem))


def _corrected(_: None) -> Event:
    return Corrected()


def loop(
    desk: Desk, work: Work, place: Place, patient_id: str
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Record(desk, work, place, patient_id, Listening(work))
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(patient_id), update, screen.perform, moments)
