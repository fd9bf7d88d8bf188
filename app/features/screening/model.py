"""The model of Screening: where one is, what was answered, what is typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.clinic.library import Form
from app.clinic.screening import Asked, changed, first_page, said
from app.core.canonical import Json
from app.core.change import Heads
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
from app.core.values import Interpretation, InterpreterMode, ResponseStatus
from app.features.screening.entry import Slots
from app.ui.provenance import Named


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
    LOSS = "loss"


class Exit(StrEnum):
    """What comes once the staff hold the tablet again."""

    RESULT = "result"
    LEAVE = "leave"
    STOP = "stop"


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
    practitioner: Named
    at_ms: int


@dataclass(frozen=True, slots=True)
class Written:
    """One of the answers that stand at a question: of several, nobody decided."""

    operation_id: str
    answer: Answer
    practitioner: Named
    is_from_here: bool = False
    """Whether it was written on this tablet."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the record and the draft say when the screen opens, or later.

    `heads` are the ids behind each field, `first` the fields of the first page.
    """

    form: Form | None
    response_id: str
    status: ResponseStatus | None
    saved: Answers
    before: Mapping[ItemPath, Before]
    intro: Intro
    age: AgeInterval | None
    context: Context
    draft: Mapping[str, Json] = field(default_factory=dict)
    heads: Mapping[str, Heads] = field(default_factory=dict)
    written: Mapping[ItemPath, tuple[Written, ...]] = field(default_factory=dict)
    first: Mapping[str, Json] = field(default_factory=dict)
    authors: Mapping[ItemPath, str] = field(default_factory=dict)


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
    seen: Mapping[str, Heads] = field(default_factory=dict)
    """By field, the heads that were on the screen when an answer was given."""
    exit: Exit = Exit.RESULT
    is_amending: bool = False
    """Whether it was finished as it was opened: then it is being corrected. Whoever
    began to ask goes on asking, also where a colleague finishes it meanwhile."""
    handed: Mapping[ItemPath, Answer | None] = field(default_factory=dict)
    """The answers that were handed over to be written and are not loaded again yet."""
    saving: int = 0
    """How many pages are being written."""
    draft_problem: ProblemCode | None = None
    """Why what is answered can't be kept while it is not saved."""
    is_leaving: bool = False
    """One goes as soon as the pages are written."""
    role: str = ""
    """Of whoever asks: not everybody may read what an answer means."""

    @property
    def is_finished(self) -> bool:
        """Whether somebody finished it, before it was opened here or meanwhile."""
        done = (ResponseStatus.COMPLETED, ResponseStatus.AMENDED)
        return self.loaded is not None and self.loaded.status in done

    @property
    def is_begun(self) -> bool:
        """Whether what is answered here is still to become a record."""
        is_asked = self.stage in (Stage.QUESTIONS, Stage.MISSING)
        is_leaving = self.stage is Stage.TURN and self.exit is not Exit.RESULT
        return (is_asked or is_leaving) and not self.busy

    @property
    def asked(self) -> Asked:
        """In which languages it is asked, and who interprets."""
        return asked_of(self.intro, self.languages, correcting=self.is_amending)

    @property
    def changes(self) -> dict[ItemPath, Answer | None]:
        """The answers that the record does not have, as far as it is loaded.

        One that was handed over and then changed back is among them.
        """
        if self.loaded is None or self.state is None:
            return {}
        answers = self.state.answers
        back = {
            path: answers.get(path)
            for path, given in self.handed.items()
            if said(given) != said(answers.get(path))
        }
        return {**changed(self.loaded.saved, answers), **back}

    @property
    def is_handed_over(self) -> bool:
        """Whether every change is being written, or is written, as it is now."""
        return all(
            path in self.handed and said(self.handed[path]) == said(answer)
            for path, answer in self.changes.items()
        )

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


def asked_of(intro: Intro, languages: Languages, *, correcting: bool = False) -> Asked:
    """Return what is kept with each answer; who interpreted only if somebody said."""
    mode = None if correcting else intro.mode
    has_somebody = mode not in (None, InterpreterMode.NONE)
    name = intro.name.strip() if has_somebody else ""
    spoken_aloud = not languages.has_words(intro.language)
    return Asked(
        staff=languages.staff,
        person=intro.language,
        interpreted=has_somebody or spoken_aloud,
        interpreter=Interpretation(mode, name, intro.language) if mode else None,
    )


def first_changed(model: Model) -> dict[str, Json]:
    """Return the fields of the first page that the record does not have so."""
    loaded = model.loaded
    if loaded is None or model.is_amending:
        return {}
    now = first_page(model.asked, model.intro.company)
    return {k: v for k, v in now.items() if v != loaded.first.get(k)}
