"""Result: what a finished screening says, and the way back to the visit."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.clinic.findings import StandingFlag
from app.clinic.library import Form
from app.core.access import Sensitivity, may_see
from app.core.canonical import Json
from app.core.projections import ResponseView
from app.core.questionnaire import Answer, ItemPath, QuestionnaireItem
from app.core.values import Interpretation
from app.ui.glass import INTACT, BreakGlass, Glass, OnGlass, decide
from app.ui.loop import Next
from app.ui.provenance import NOBODY, Named


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer that is shown: what was asked, what was said."""

    path: ItemPath
    item: QuestionnaireItem
    answer: Answer


@dataclass(frozen=True, slots=True)
class Loaded:
    """A response and what was made of it; `score` is None for a form without one.

    `disputed` are the questions of the score that have two answers, and
    `has_two_scores` says that two results were saved: then there is no total.
    """

    form: Form | None
    view: ResponseView
    flags: tuple[StandingFlag, ...] = ()
    score: dict[str, Json] | None = None
    answers: tuple[Measured, ...] = ()
    author: Named = NOBODY
    at_ms: int = 0
    zone: str = "UTC"
    authors: frozenset[Named] = frozenset()
    disputed: tuple[str, ...] = ()
    has_two_scores: bool = False
    interpreters: tuple[Interpretation, ...] = ()
    role: str = ""
    """Of whoever reads."""
    is_broken: bool = False
    """Whether what is closed to the role is shown for a reason."""

    @property
    def shows_answers(self) -> bool:
        """Whether what was answered is shown."""
        return may_see(self.role, Sensitivity.CLINICAL, is_broken=self.is_broken)

    @property
    def shows_results(self) -> bool:
        """Whether it is shown what that means."""
        return may_see(self.role, Sensitivity.RESULT, is_broken=self.is_broken)

    @property
    def may_correct(self) -> bool:
        """Whether the role may correct answers, and not only read them."""
        return may_see(self.role, Sensitivity.CLINICAL)

    @property
    def has_total(self) -> bool:
        """Whether what was saved is one result of one set of answers."""
        return not self.disputed and not self.has_two_scores


@dataclass(frozen=True, slots=True)
class Model:
    """The screen."""

    response_id: str
    loaded: Loaded | None = None
    is_missing: bool = False
    glass: Glass = INTACT


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    pass


@dataclass(frozen=True, slots=True)
class ResultLoaded:
    loaded: Loaded | None


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class CorrectPressed:
    pass


Event = (
    Shown
    | Left
    | RecordsChanged
    | ResultLoaded
    | BackPressed
    | CorrectPressed
    | OnGlass
)


@dataclass(frozen=True, slots=True)
class LoadResult:
    response_id: str


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


@dataclass(frozen=True, slots=True)
class BackToVisit:
    pass


@dataclass(frozen=True, slots=True)
class OpenScreening:
    questionnaire: str


Effect = LoadResult | StopListening | BackToVisit | OpenScreening | BreakGlass


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | RecordsChanged():
            return Next(model, (LoadResult(model.response_id),))
        case Left():
            return Next(_with(model, INTACT), (StopListening(),))
        case ResultLoaded(loaded):
            found = replace(model, loaded=loaded, is_missing=loaded is None)
            return Next(_with(found, model.glass))
        case OnGlass(happened):
            glass, effects = decide(model.glass, happened)
            return Next(_with(model, glass), effects)
        case BackPressed():
            return Next(model, (BackToVisit(),))
        case CorrectPressed():
            loaded = model.loaded
            if loaded is None:
                return Next(model)
            return Next(model, (OpenScreening(loaded.view.questionnaire),))
        case _:
            assert_never(event)


def _with(model: Model, glass: Glass) -> Model:
    loaded = model.loaded
    if loaded is not None:
        loaded = replace(loaded, is_broken=glass.is_broken)
    return replace(model, loaded=loaded, glass=glass)
