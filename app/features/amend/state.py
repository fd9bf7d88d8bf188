"""Amend: write one field of a person anew, the old value and its author in view."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from app.core.birth import BirthSource
from app.core.canonical import Json
from app.core.change import Heads
from app.core.merge import Document, Shown
from app.core.problems import ProblemCode
from app.core.projections import PatientView
from app.core.values import NameStatus
from app.features.amend.typed import (
    NOTHING_TYPED,
    Typed,
    begun,
    typed_to_json,
    value_of,
)
from app.ui.leaving import Away, GoBack, KeepDraft, Leavable, away
from app.ui.loop import Next
from app.ui.provenance import NO_NAMES, Names


@dataclass(frozen=True, slots=True)
class Model(Leavable):
    """The screen; `names` say who wrote what is shown now.

    `start` is what the fields began with, `seen` the heads that stood there then.
    """

    record_id: str
    field: str
    today: date
    document: Document | None = None
    names: Names = NO_NAMES
    typed: Typed = NOTHING_TYPED
    start: Typed = NOTHING_TYPED
    seen: Heads = ()
    restored: bool = False
    wrong_date: bool = False
    problem: ProblemCode | None = None

    @property
    def draft(self) -> dict[str, Json]:
        """What is kept while it is not saved."""
        return {"typed": typed_to_json(self.typed), "seen": list(self.seen)}

    @property
    def shown(self) -> Shown | None:
        """What the field says now."""
        if self.document is None:
            return None
        return PatientView(self.document).shown(self.field)

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody else wrote the field after it was opened here."""
        heads = self.document.heads(self.field) if self.document else ()
        return not set(heads) <= set(self.seen)


@dataclass(frozen=True, slots=True)
class Opened:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    pass


@dataclass(frozen=True, slots=True)
class FieldLoaded:
    """`kept` is a draft: what was typed before, and the heads that were seen."""

    document: Document
    names: Names
    kept: tuple[Typed, Heads] | None = None


@dataclass(frozen=True, slots=True)
class OriginalTyped:
    text: str


@dataclass(frozen=True, slots=True)
class LatinTyped:
    text: str


@dataclass(frozen=True, slots=True)
class NameStatusChosen:
    status: NameStatus


@dataclass(frozen=True, slots=True)
class SexChosen:
    sex: str


@dataclass(frozen=True, slots=True)
class DatePartTyped:
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceChosen:
    source: BirthSource


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    tag: str


@dataclass(frozen=True, slots=True)
class AfreshPressed:
    pass


@dataclass(frozen=True, slots=True)
class SavePressed:
    pass


@dataclass(frozen=True, slots=True)
class Saved:
    pass


@dataclass(frozen=True, slots=True)
class SaveFailed:
    problem: ProblemCode


Typing = (
    OriginalTyped
    | LatinTyped
    | NameStatusChosen
    | SexChosen
    | DatePartTyped
    | SourceChosen
    | LanguageChosen
)
Saving = SavePressed | Saved | SaveFailed
Coming = Opened | Left | RecordsChanged | FieldLoaded
Event = Coming | AfreshPressed | Typing | Saving | Away


@dataclass(frozen=True, slots=True)
class LoadField:
    record_id: str


@dataclass(frozen=True, slots=True)
class SaveField:
    document: Document
    field: str
    value: Json
    seen: Heads


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget what was typed before; `content` is what stands there then."""

    content: dict[str, Json]


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


Effect = LoadField | SaveField | KeepDraft | DropDraft | StopListening | GoBack
Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event."""
    match event:
        case Opened() if model.document is not None:
            return Next(model)
        case Opened() | RecordsChanged():
            return Next(model, (LoadField(model.record_id),))
        case Left():
            return Next(model, (StopListening(),))
        case FieldLoaded():
            return Next(_loaded(model, event))
        case AfreshPressed():
            return _afresh(model)
        case SavePressed() | Saved() | SaveFailed():
            return _saving(model, event)
        case _ if isinstance(event, Away):
            step = away(model, event)
            return Next(step.model, step.effects)
        case _:
            return _kept(replace(model, typed=_typed(model.typed, event)))


def _loaded(model: Model, event: FieldLoaded) -> Model:
    """Begin; what comes later is shown, and what is typed already stays."""
    document = event.document
    shown = replace(model, document=document, names=event.names)
    if model.document is not None and model.typed != model.start:
        return shown
    start, heads = begun(document), document.heads(model.field)
    typed, seen = event.kept or (start, heads)
    if model.document is not None:
        typed, seen = start, heads
    restored = typed != start
    begun_with = replace(shown, typed=typed, start=start, seen=seen, restored=restored)
    return replace(begun_with, kept=begun_with.draft)


def _afresh(model: Model) -> Step:
    """What was typed before is forgotten; what stands now is seen."""
    if model.document is None:
        return Next(model)
    start, heads = begun(model.document), model.document.heads(model.field)
    model = replace(model, typed=start, start=start, seen=heads, restored=False)
    return Next(replace(model, kept=model.draft), (DropDraft(model.draft),))


def _kept(model: Model) -> Step:
    typed = replace(model, wrong_date=False, problem=None)
    return Next(typed, (KeepDraft(typed.draft),))


def _saving(model: Model, event: Saving) -> Step:
    match event:
        case SavePressed():
            return _save(model)
        case Saved():
            return Next(replace(model, busy=False), (GoBack(),))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case _:
            assert_never(event)


def _typed(typed: Typed, event: Typing) -> Typed:
    match event:
        case OriginalTyped(text):
            return replace(typed, original=text, name_status=NameStatus.SAID)
        case LatinTyped(text):
            return replace(typed, latin=text, name_status=NameStatus.SAID)
        case NameStatusChosen(status):
            return replace(typed, name_status=status)
        case SexChosen(sex):
            return replace(typed, sex=sex)
        case DatePartTyped("day", text):
            return replace(typed, day=text)
        case DatePartTyped("month", text):
            return replace(typed, month=text)
        case DatePartTyped(_, text):
            return replace(typed, year=text)
        case SourceChosen(source):
            return replace(typed, source=source)
        case LanguageChosen(tag):
            return replace(typed, language=tag)
        case _:
            assert_never(event)


def _save(model: Model) -> Next[Model, Effect]:
    if model.busy or model.document is None:
        return Next(model)
    value = value_of(model.typed, model.field, model.today)
    if value is None:
        return Next(replace(model, wrong_date=model.field == "birth"))
    saving = replace(model, busy=True, problem=None)
    save = SaveField(model.document, model.field, value, model.seen)
    return Next(saving, (save,))
