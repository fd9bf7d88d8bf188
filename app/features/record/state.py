"""Record: all that is known of a person, on a timeline, and how to correct it."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

from app.core.merge import Document, Write
from app.core.problems import ProblemCode
from app.core.projections import ResponseView, View
from app.core.records import RecordType
from app.core.summary import PatientSummary
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
    AskingClosed,
    ComeBackPressed,
    ConfidentialPressed,
    ConflictPressed,
    Corrected,
    CorrectionFailed,
    DecidePressed,
    EntryPressed,
    ErrorPressed,
    Event,
    FamilyPressed,
    FieldPressed,
    Left,
    Loaded,
    MovePressed,
    NoticePressed,
    PagePressed,
    PeopleFound,
    PersonChosen,
    PersonTyped,
    ReadPressed,
    ReasonChosen,
    RecordLoaded,
    RecordsChanged,
    RelativePressed,
    Shown,
    VersionChosen,
    VisitPressed,
    WrongPersonPressed,
)
from app.ui.glass import INTACT, Glass, OnGlass, decide
from app.ui.glass import Event as GlassEvent
from app.ui.loop import Next


class Asking(Enum):
    """What is asked before something is corrected."""

    NOTHING = auto()
    WHAT = auto()
    ERROR_REASON = auto()
    RIGHT_PERSON = auto()
    WHETHER_TO_MOVE = auto()
    MOVE_REASON = auto()
    VERSION = auto()


@dataclass(frozen=True, slots=True)
class Model:
    """The screen."""

    patient_id: str
    loaded: Loaded | None = None
    asking: Asking = Asking.NOTHING
    record_id: str = ""
    field: str = ""
    chosen: str = ""
    """The operation whose value is right."""
    text: str = ""
    found: tuple[PatientSummary, ...] = ()
    right_person: PatientSummary | None = None
    busy: bool = False
    corrected: Asking = Asking.NOTHING
    """What was just done, so that the screen can say so."""
    problem: ProblemCode | None = None
    glass: Glass = INTACT

    @property
    def record(self) -> Document | None:
        """The record that is to be corrected."""
        if self.loaded is None:
            return None
        known, record_id = self.loaded, self.record_id
        return known.documents.get(record_id) or known.notes.get(record_id)

    @property
    def may_move(self) -> bool:
        """Whether it can be written anew on another; a note, by who may read it."""
        loaded, record_id = self.loaded, self.record_id
        is_note = loaded is not None and record_id in loaded.notes
        return not is_note or (loaded is not None and record_id in loaded.readable)

    @property
    def versions(self) -> tuple[Write, ...]:
        """What contradicts each other in the field that is decided."""
        shown = View(self.record).shown(self.field) if self.record else None
        return () if shown is None else (shown.write, *shown.others)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | RecordsChanged():
            return Next(model, (_load(model),))
        case Left() if model.glass.is_broken:
            return Next(Model(model.patient_id), (StopListening(),))
        case Left():
            return Next(replace(model, glass=INTACT), (StopListening(),))
        case OnGlass(happened):
            return _glass(model, happened)
        case RecordLoaded(loaded) if loaded.is_older_than(model.loaded):
            return Next(model)
        case RecordLoaded(loaded):
            return Next(replace(model, loaded=loaded))
        case Corrected():
            again = replace(_anew(model), corrected=model.asking)
            return Next(again, (_load(model),))
        case CorrectionFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case VisitPressed() | NoticePressed() | FamilyPressed() | ComeBackPressed():
            return Next(model, _way(model, event))
        case ConfidentialPressed():
            return Next(model, (OpenConfidential(model.patient_id),))
        case ReadPressed(record_id):
            return Next(model, (OpenDisclosure(model.patient_id, record_id),))
        case RelativePressed(patient_id):
            return Next(model, (OpenRelative(patient_id),))
        case _:
            return _correct(model, event)


Leaving = VisitPressed | NoticePressed | FamilyPressed | ComeBackPressed
Correcting = (
    EntryPressed
    | FieldPressed
    | PagePressed
    | ConflictPressed
    | VersionChosen
    | DecidePressed
    | ErrorPressed
    | WrongPersonPressed
    | PersonTyped
    | PeopleFound
    | PersonChosen
    | MovePressed
    | ReasonChosen
    | AskingClosed
)


def _way(model: Model, event: Leaving) -> tuple[Effect, ...]:
    encounter = model.loaded.encounter if model.loaded else None
    encounter_id = encounter.record_id if encounter else ""
    match event:
        case VisitPressed():
            visit = OpenVisit(model.patient_id, encounter_id)
            return (visit,) if encounter else ()
        case NoticePressed():
            return (OpenNotice(model.patient_id, encounter_id),)
        case FamilyPressed():
            return (OpenFamily(model.patient_id),)
        case ComeBackPressed():
            return (OpenComeBack(model.patient_id),)
        case _:
            assert_never(event)


def _load(model: Model) -> LoadRecord:
    return LoadRecord(model.patient_id, model.glass.is_broken)


def _anew(model: Model) -> Model:
    """Return the screen with nothing asked."""
    return Model(model.patient_id, model.loaded, glass=model.glass)


def _glass(model: Model, happened: GlassEvent) -> Next[Model, Effect]:
    glass, effects = decide(model.glass, happened)
    changed = replace(model, glass=glass)
    is_new = glass.is_broken and not model.glass.is_broken
    return Next(changed, (_load(changed),) if is_new else effects)


def _correct(model: Model, event: Correcting) -> Next[Model, Effect]:
    match event:
        case EntryPressed() | FieldPressed() | ConflictPressed() if not (
            model.loaded and model.loaded.may_correct(event.record_id)
        ):
            return Next(model)
        case EntryPressed(record_id):
            return Next(replace(model, asking=Asking.WHAT, record_id=record_id))
        case FieldPressed(record_id, name):
            return _amend(model, record_id, name)
        case PagePressed(page):
            again = _anew(model)
            return Next(again, (OpenPage(model.patient_id, page),))
        case ConflictPressed() | VersionChosen() | DecidePressed():
            return _decide(model, event)
        case ErrorPressed():
            return Next(replace(model, asking=Asking.ERROR_REASON))
        case WrongPersonPressed() if not model.may_move:
            return Next(model)
        case WrongPersonPressed():
            return Next(replace(model, asking=Asking.RIGHT_PERSON, text="", found=()))
        case PersonTyped(text):
            effects = (FindPeople(text),) if text.strip() else ()
            return Next(replace(model, text=text, found=()), effects)
        case PeopleFound(text, people):
            return Next(_found(model, text, people))
        case PersonChosen(person):
            whether = Asking.WHETHER_TO_MOVE
            return Next(replace(model, right_person=person, asking=whether))
        case MovePressed():
            return Next(replace(model, asking=Asking.MOVE_REASON))
        case ReasonChosen(reason):
            return _reasoned(model, reason)
        case AskingClosed() if model.busy:
            return Next(model)  # its end is seen first: a record goes once
        case AskingClosed():
            return Next(_anew(model))
        case _:
            assert_never(event)


def _decide(
    model: Model, event: ConflictPressed | VersionChosen | DecidePressed
) -> Next[Model, Effect]:
    """One of what was written is right; what was written stays in the history."""
    match event:
        case ConflictPressed(record_id, name):
            asked = replace(_anew(model), asking=Asking.VERSION, record_id=record_id)
            return Next(replace(asked, field=name))
        case VersionChosen(operation_id):
            return Next(replace(model, chosen=operation_id))
        case DecidePressed():
            right = [w for w in model.versions if w.operation_id == model.chosen]
            if model.busy or model.record is None or not right:
                return Next(model)
            effect = Decide(model.record, model.field, right[0].value)
            return Next(replace(model, busy=True, problem=None), (effect,))
        case _:
            assert_never(event)


def _found(model: Model, text: str, people: tuple[PatientSummary, ...]) -> Model:
    if text != model.text:
        return model
    others = tuple(p for p in people if p.patient_id != model.patient_id)
    return replace(model, found=others)


def _amend(model: Model, record_id: str, name: str) -> Next[Model, Effect]:
    document = model.loaded.documents.get(record_id) if model.loaded else None
    if document is None:
        return Next(model)
    again = _anew(model)
    if document.record_type == RecordType.QUESTIONNAIRE_RESPONSE:
        view = ResponseView(document)
        asked = (model.patient_id, view.encounter_id, view.questionnaire, record_id)
        return Next(again, (OpenAnswers(*asked),))
    effect = OpenAmend(model.patient_id, document.record_type, record_id, name)
    return Next(again, (effect,))


def _reasoned(model: Model, reason: str) -> Next[Model, Effect]:
    """A record goes once: a second press while the first is saved does nothing."""
    if model.busy or model.record is None:
        return Next(model)
    if model.asking is Asking.ERROR_REASON:
        effect: Effect = EnterInError(model.record, reason)
    elif model.asking is Asking.MOVE_REASON and model.right_person is not None:
        effect = MoveTo(model.record, model.right_person.patient_id, reason)
    else:
        return Next(model)
    return Next(replace(model, busy=True, problem=None), (effect,))
