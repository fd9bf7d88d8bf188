"""The model of Screening: where one is, what was answered, what is typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.clinic.library import Form
from app.clinic.screening import Asked, changed
from app.core.canonical import Json
from app.core.problems import ProblemCode
from app.core.questionnaire import (
    AgeInterval,
    Answer,
    Answers,
    Context,
    FormState,
    ItemPath,
    Page,
    RedFlag,
)
from app.core.values import (
    NO_INTERPRETER,
    Interpretation,
    InterpreterMode,
    ResponseStatus,
)
from app.features.screening.entry import Slots


class Stage(StrEnum):
    """Where one is in a screening."""

    LOADING = "loading"
    NO_FORM = "no-form"
    INTRO = "intro"
    QUESTIONS = "questions"
    MISSING = "missing"
    TURN = "turn"


class Company(StrEnum):
    """Who accompanied the person at a screening."""

    NOBODY = "nobody"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    OTHER = "other"


class Asking(StrEnum):
    """What stands before the page."""

    NOTHING = ""
    STOP_REASON = "stop-reason"
    FLAG = "flag"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Intro:
    """How it is asked: the first page, before any question."""

    language: str = ""
    mode: InterpreterMode | None = None
    name: str = ""
    company: str = ""
    all_languages: bool = False
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What an answer said until now, and who gave it: in view while correcting."""

    answer: Answer
    practitioner: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the record and the draft say when the screen opens, or later."""

    form: Form | None
    response_id: str
    status: ResponseStatus | None
    saved: Answers
    before: Mapping[ItemPath, Before]
    intro: Intro
    age: AgeInterval | None
    context: Context
    draft: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Languages:
    """The staff's language, and those in which the form has words of its own."""

    staff: str
    with_words: tuple[str, ...] = ()

    def has_words(self, tag: str) -> bool:
        """Tell whether the form can be shown to who speaks a language."""
        base = tag.partition("-")[0]
        return any(each.partition("-")[0] == base for each in self.with_words)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The screen."""

    languages: Languages
    zone: str
    stage: Stage = Stage.LOADING
    loaded: Loaded | None = None
    intro: Intro = Intro()
    state: FormState | None = None
    typed: Mapping[ItemPath, Slots] = field(default_factory=dict)
    flags: tuple[RedFlag, ...] = ()
    page_key: str = ""
    checked: frozenset[str] = frozenset()
    asking: Asking = Asking.NOTHING
    asked_at: ItemPath | None = None
    busy: bool = False
    is_correction: bool = False
    problem: ProblemCode | None = None

    @property
    def is_amending(self) -> bool:
        """Whether a finished screening is being corrected."""
        done = (ResponseStatus.COMPLETED, ResponseStatus.AMENDED)
        return self.loaded is not None and self.loaded.status in done

    @property
    def asked(self) -> Asked:
        """In which languages it is asked, and who interprets."""
        return asked_of(self.intro, self.languages)

    @property
    def changes(self) -> dict[ItemPath, Answer | None]:
        """The answers that the record does not have yet."""
        if self.loaded is None or self.state is None:
            return {}
        return changed(self.loaded.saved, self.state.answers)

    @property
    def place(self) -> int:
        """Which of the pages is shown: the one named, or the last before it."""
        if self.state is None or not self.state.pages:
            return 0
        order = [s.entries[0].path.encode() for s in self.state.sections]
        if self.page_key not in order:
            return 0
        wanted = order.index(self.page_key)
        shown = [order.index(page.key) for page in self.state.pages]
        return max(0, sum(each <= wanted for each in shown) - 1)

    @property
    def page(self) -> Page | None:
        """The page that is shown; a form that asks nothing has none."""
        if self.state is None or not self.state.pages:
            return None
        return self.state.pages[self.place]

    @property
    def is_last(self) -> bool:
        """Whether no page comes after this one."""
        return self.state is None or self.place >= len(self.state.pages) - 1


def asked_of(intro: Intro, languages: Languages) -> Asked:
    """Return what is kept with each answer; languages that match need nobody."""
    mode = intro.mode or InterpreterMode.NONE
    is_interpreted = mode is not InterpreterMode.NONE
    interpreter = Interpretation(
        mode, intro.name.strip() if is_interpreted else "", intro.language
    )
    spoken_aloud = not languages.has_words(intro.language)
    return Asked(
        staff=languages.staff,
        person=intro.language,
        interpreted=is_interpreted or spoken_aloud,
        interpreter=interpreter if is_interpreted else NO_INTERPRETER,
    )
