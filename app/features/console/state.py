"""Console: patients at all sites, one merged record each, what contradicts what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.projections import PatientView
from app.core.timeline import Moment
from app.features.console.erasing import (
    EraseAsked,
    EraseFailed,
    ErasePerson,
    Erasing,
    ErasingEvent,
    PersonErased,
    decide,
)
from app.features.console.pages import OpenPage, PagePressed
from app.ui.loop import Next
from app.ui.provenance import Names

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One patient in the list."""

    patient_id: str
    document: Document
    sites: tuple[str, ...]
    changed_at: int
    conflicts: int
    red_flags: tuple[str, ...]

    @property
    def patient(self) -> PatientView:
        """The merged Patient."""
        return PatientView(self.document)


@dataclass(frozen=True, slots=True)
class Opened:
    """One patient's merged record."""

    patient_id: str
    documents: Mapping[str, Document] = field(default_factory=dict)
    moments: tuple[Moment, ...] = ()
    names: Names = field(default_factory=Names)
    number: int = 0
    """Its place among what the server was asked for."""
    has_hidden: bool = False
    may_erase: bool = False
    """Whether who is signed in may erase this person's data."""

    def is_older_than(self, other: "Opened | None") -> bool:
        """Tell whether it was asked for before what is shown of the same person."""
        if other is None or other.patient_id != self.patient_id:
            return False
        return self.number < other.number


@dataclass(frozen=True, slots=True)
class Question:
    """What the list is asked for."""

    text: str = ""
    only_conflicts: bool = False
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Model:
    """The list, and the record beside it."""

    question: Question = Question()
    answered: Question | None = None
    total: int = 0
    patients: tuple[Listed, ...] = ()
    now_ms: int = 0
    selected: str = ""
    opened: Opened | None = None
    problem: ProblemCode | None = None
    hides_alarms: bool = False
    set_aside: int = 0
    """Changes that wait for a decision."""
    record_problem: ProblemCode | None = None
    """Why the record that is selected could not be read, or not again."""
    erasing: Erasing | None = None
    """What was given so far to erase the person who is selected."""
    has_erased: bool = False
    """Whether somebody was just erased."""


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class SearchTyped:
    text: str


@dataclass(frozen=True, slots=True)
class ConflictsToggled:
    pass


@dataclass(frozen=True, slots=True)
class MorePressed:
    pass


@dataclass(frozen=True, slots=True)
class RefreshPressed:
    pass


@dataclass(frozen=True, slots=True)
class PatientsFound:
    question: Question
    total: int
    patients: tuple[Listed, ...]
    now_ms: int
    hides_alarms: bool = False
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class PatientPressed:
    patient_id: str


@dataclass(frozen=True, slots=True)
class RecordOpened:
    record: Opened


@dataclass(frozen=True, slots=True)
class RecordFailed:
    patient_id: str
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class RecordClosed:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class SignOutPressed:
    pass


Event = (
    Shown
    | SearchTyped
    | ConflictsToggled
    | MorePressed
    | RefreshPressed
    | PatientsFound
    | PatientPressed
    | RecordOpened
    | RecordFailed
    | RecordClosed
    | Failed
    | PagePressed
    | SignOutPressed
    | EraseAsked
    | ErasingEvent
    | PersonErased
)


@dataclass(frozen=True, slots=True)
class FindPatients:
    question: Question


@dataclass(frozen=True, slots=True)
class OpenRecord:
    patient_id: str


@dataclass(frozen=True, slots=True)
class SignOut:
    pass


Effect = FindPatients | OpenRecord | OpenPage | SignOut | ErasePerson


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    if isinstance(event, ErasingEvent):
        erasing, deed = decide(model.erasing, event)
        failed = _leave(event.problem) if isinstance(event, EraseFailed) else ()
        effects = failed if deed is None else (deed,)
        return Next(replace(model, erasing=erasing), effects)
    match event:
        case Shown() | RefreshPressed():
            again = (OpenRecord(model.selected),) if model.selected else ()
            asked = replace(model, record_problem=None)
            return Next(asked, (FindPatients(model.question), *again))
        case SearchTyped(text):
            return _ask(model, replace(model.question, text=text, limit=PAGE))
        case ConflictsToggled():
            wanted = not model.question.only_conflicts
            return _ask(model, replace(model.question, only_conflicts=wanted))
        case MorePressed():
            more = model.question.limit + PAGE
            return _ask(model, replace(model.question, limit=more))
        case PatientsFound():
            return Next(_found(model, event))
        case PatientPressed(patient_id):
            chosen = replace(model, selected=patient_id, opened=None, problem=None)
            asked = replace(chosen, record_problem=None, erasing=None, has_erased=False)
            return Next(asked, (OpenRecord(patient_id),))
        case RecordOpened() | RecordFailed() | RecordClosed():
            return _record(model, event)
        case Failed(problem):
            return Next(replace(model, problem=problem), _leave(problem))
        case PagePressed(page):
            return Next(model, (OpenPage(page),))
        case SignOutPressed():
            return Next(model, (SignOut(),))
        case EraseAsked(shown_code):
            return Next(replace(model, erasing=Erasing(model.selected, shown_code)))
        case PersonErased():
            return _erased(model, event)
        case _:
            assert_never(event)


def _erased(model: Model, event: PersonErased) -> Next[Model, Effect]:
    """Leave the record of whom was erased, and look who is left."""
    gone = replace(model, erasing=None, has_erased=True)
    if event.patient_id == model.selected:
        gone = replace(gone, selected="", opened=None, record_problem=None)
    return Next(gone, (FindPatients(model.question),))


def _record(
    model: Model, event: RecordOpened | RecordFailed | RecordClosed
) -> Next[Model, Effect]:
    """Show what came of the record that is selected now, and nothing older."""
    match event:
        case RecordOpened(record):
            is_wanted = record.patient_id == model.selected
            if not is_wanted or record.is_older_than(model.opened):
                return Next(model)
            return Next(replace(model, opened=record, record_problem=None))
        case RecordFailed(patient_id, problem):
            if patient_id != model.selected:
                return Next(model, _leave(problem))
            return Next(replace(model, record_problem=problem), _leave(problem))
        case RecordClosed():
            closed = replace(model, selected="", opened=None, record_problem=None)
            return Next(replace(closed, erasing=None))
        case _:
            assert_never(event)


def _ask(model: Model, question: Question) -> Next[Model, Effect]:
    asked = replace(model, question=question, problem=None)
    return Next(asked, (FindPatients(question),))


def _found(model: Model, found: PatientsFound) -> Model:
    """Take an answer only if it is to what is asked now."""
    if found.question != model.question:
        return model
    return replace(
        model,
        answered=found.question,
        total=found.total,
        patients=found.patients,
        now_ms=found.now_ms,
        hides_alarms=found.hides_alarms,
        set_aside=found.set_aside,
        problem=None,
    )


def _leave(problem: ProblemCode) -> tuple[Effect, ...]:
    """A session that the server ended is signed in anew."""
    return (SignOut(),) if problem is ProblemCode.UNAUTHENTICATED else ()
