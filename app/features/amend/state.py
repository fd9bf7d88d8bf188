"""Amend: write one field of a person anew, the old value and its author in view."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from app.core.birth import Birth, BirthSource, Precision, birth_of_parts
from app.core.canonical import Json
from app.core.merge import Document, Shown
from app.core.problems import ProblemCode
from app.core.projections import PatientView
from app.core.values import NameStatus, PersonName, Sex
from app.ui.loop import Next
from app.ui.provenance import NO_NAMES, Names


@dataclass(frozen=True, slots=True)
class Typed:
    """What is in the fields of the screen."""

    original: str = ""
    latin: str = ""
    name_status: NameStatus = NameStatus.SAID
    sex: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    source: BirthSource = BirthSource.SAID
    language: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """The screen; `names` say who wrote what is shown now."""

    record_id: str
    field: str
    today: date
    document: Document | None = None
    names: Names = NO_NAMES
    typed: Typed = Typed()
    busy: bool = False
    wrong_date: bool = False
    problem: ProblemCode | None = None

    @property
    def shown(self) -> Shown | None:
        """What the field says now."""
        if self.document is None:
            return None
        return PatientView(self.document).shown(self.field)


@dataclass(frozen=True, slots=True)
class Opened:
    pass


@dataclass(frozen=True, slots=True)
class FieldLoaded:
    document: Document
    names: Names


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
class SavePressed:
    pass


@dataclass(frozen=True, slots=True)
class Saved:
    pass


@dataclass(frozen=True, slots=True)
class SaveFailed:
    problem: ProblemCode


Event = (
    Opened
    | FieldLoaded
    | OriginalTyped
    | LatinTyped
    | NameStatusChosen
    | SexChosen
    | DatePartTyped
    | SourceChosen
    | LanguageChosen
    | SavePressed
    | Saved
    | SaveFailed
)


@dataclass(frozen=True, slots=True)
class LoadField:
    record_id: str


@dataclass(frozen=True, slots=True)
class SaveField:
    document: Document
    field: str
    value: Json


@dataclass(frozen=True, slots=True)
class GoBack:
    pass


Effect = LoadField | SaveField | GoBack


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Opened():
            if model.document is not None:
                return Next(model)
            return Next(model, (LoadField(model.record_id),))
        case FieldLoaded(document, names):
            loaded = replace(model, document=document, names=names)
            return Next(replace(loaded, typed=_begun(document)))
        case SavePressed():
            return _save(model)
        case Saved():
            return Next(replace(model, busy=False), (GoBack(),))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case _:
            typed = _typed(model.typed, event)
            return Next(replace(model, typed=typed, wrong_date=False))


Typing = (
    OriginalTyped
    | LatinTyped
    | NameStatusChosen
    | SexChosen
    | DatePartTyped
    | SourceChosen
    | LanguageChosen
)


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


def _begun(document: Document) -> Typed:
    """Begin with what the record says now."""
    patient = PatientView(document)
    name, birth = patient.name, patient.birth
    typed = Typed(
        original=name.original,
        latin=name.latin,
        name_status=name.status,
        sex=patient.sex.value,
        language=patient.language,
    )
    return typed if birth is None else _with_birth(typed, birth)


def _with_birth(typed: Typed, birth: Birth) -> Typed:
    """An age is no date: its fields begin empty, so that nobody saves a guess."""
    typed = replace(typed, source=birth.source)
    if birth.precision in (Precision.AGE, Precision.BAND):
        return typed
    typed = replace(typed, year=str(birth.earliest.year))
    if birth.precision is Precision.YEAR:
        return typed
    typed = replace(typed, month=str(birth.earliest.month))
    if birth.precision is Precision.MONTH:
        return typed
    return replace(typed, day=str(birth.earliest.day))


def _save(model: Model) -> Next[Model, Effect]:
    if model.busy or model.document is None:
        return Next(model)
    value = _value(model)
    if value is None:
        return Next(replace(model, wrong_date=model.field == "birth"))
    saving = replace(model, busy=True, problem=None)
    return Next(saving, (SaveField(model.document, model.field, value),))


def _value(model: Model) -> Json:
    typed = model.typed
    match model.field:
        case "name":
            return _name(typed).to_json()
        case "sex":
            return Sex(typed.sex).value
        case "language":
            return typed.language or None
        case _:
            birth = birth_of_parts(
                (typed.year, typed.month, typed.day), typed.source, model.today
            )
            return None if birth is None else birth.to_json()


def _name(typed: Typed) -> PersonName:
    original, latin = typed.original.strip(), typed.latin.strip()
    if typed.name_status is not NameStatus.SAID:
        return PersonName(typed.name_status)
    if not (original or latin):
        return PersonName()
    return PersonName(NameStatus.SAID, original, latin)
