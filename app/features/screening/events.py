"""What happens on a screening."""

from dataclasses import dataclass

from app.clinic.screening import StopReason
from app.core.problems import ProblemCode
from app.core.questionnaire import ItemPath
from app.features.screening.model import Loaded


@dataclass(frozen=True, slots=True)
class Opened:
    """The screen came to the top."""


@dataclass(frozen=True, slots=True)
class Left:
    """The screen went for good."""


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """The person's record changed, here or by sync."""


@dataclass(frozen=True, slots=True)
class ScreeningLoaded:
    """What the record and the draft say."""

    loaded: Loaded


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The language to ask in."""

    tag: str


@dataclass(frozen=True, slots=True)
class MoreLanguagesPressed:
    """The language is none of the first."""


@dataclass(frozen=True, slots=True)
class InterpreterChosen:
    """How somebody interprets; a code of InterpreterMode."""

    mode: str


@dataclass(frozen=True, slots=True)
class InterpreterTyped:
    """Who interprets."""

    text: str


@dataclass(frozen=True, slots=True)
class CompanyChosen:
    """Who accompanies the person; a code of Company."""

    code: str


@dataclass(frozen=True, slots=True)
class StartPressed:
    """The first page is done."""


@dataclass(frozen=True, slots=True)
class OptionTapped:
    """An answer was tapped: its place among the options, or yes (1) and no (0)."""

    path: ItemPath
    index: int


@dataclass(frozen=True, slots=True)
class AbsentTapped:
    """Doesn't know, or prefers not to say."""

    path: ItemPath
    code: str


@dataclass(frozen=True, slots=True)
class AnswerCleared:
    """An answer was taken back."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class SlotTyped:
    """Something was typed into a field."""

    path: ItemPath
    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldAdded:
    """One more value is to be typed."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class FieldRemoved:
    """A typed value is taken away."""

    path: ItemPath
    place: str


@dataclass(frozen=True, slots=True)
class InstanceAdded:
    """A group is asked once more; `path` is its last instance."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class InstanceMade:
    """The new instance has its key."""

    path: ItemPath
    key: str


@dataclass(frozen=True, slots=True)
class InstanceRemoved:
    """An instance of a group is taken away."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class FlagPressed:
    """The staff want to read what an answer raised."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class AskingClosed:
    """What stood before the page is closed."""


@dataclass(frozen=True, slots=True)
class NextPressed:
    """On to the next page, or to the end."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    """Back to the page before, or out."""


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """Out, and corrections that were not saved are forgotten."""


@dataclass(frozen=True, slots=True)
class GoToPressed:
    """To a question that is missing."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class StopPressed:
    """It is to end early."""


@dataclass(frozen=True, slots=True)
class StopReasonChosen:
    """Why it ends early."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class PageSaved:
    """The page is in the record."""


@dataclass(frozen=True, slots=True)
class PageFailed:
    """The page is not in the record; its answers are still to be written."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class DraftKept:
    """What was answered and typed is kept."""


@dataclass(frozen=True, slots=True)
class DraftFailed:
    """What is answered can't be kept while it is not saved."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class LossAccepted:
    """Out, although what was answered could not be kept."""


@dataclass(frozen=True, slots=True)
class EndSaved:
    """The end is in the record."""


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """The end was not saved; the draft stays."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class Turned:
    """The staff hold the tablet again."""


Answering = (
    OptionTapped
    | AbsentTapped
    | AnswerCleared
    | SlotTyped
    | FieldAdded
    | FieldRemoved
    | InstanceMade
    | InstanceRemoved
)
Introducing = (
    LanguageChosen
    | MoreLanguagesPressed
    | InterpreterChosen
    | InterpreterTyped
    | CompanyChosen
)
Moving = NextPressed | BackPressed | GoToPressed | LeavePressed | LossAccepted
Keeping = PageSaved | PageFailed | DraftKept | DraftFailed
Ending = StopPressed | StopReasonChosen | EndSaved | SaveFailed | Turned
Reading = FlagPressed | AskingClosed | InstanceAdded
Event = (
    Opened
    | Left
    | RecordsChanged
    | ScreeningLoaded
    | StartPressed
    | Introducing
    | Answering
    | Moving
    | Keeping
    | Ending
    | Reading
)
