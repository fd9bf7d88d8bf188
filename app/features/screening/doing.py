"""What a screening wants done, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.clinic.answering import Page as SavedPage
from app.clinic.screening import StopReason
from app.core.canonical import Json
from app.core.change import Heads
from app.core.questionnaire import Answer, FormState, ItemPath
from app.features.screening.model import Intro


@dataclass(frozen=True, slots=True)
class LoadScreening:
    """Read the record and the draft."""


@dataclass(frozen=True, slots=True, eq=False)
class KeepDraft:
    """Keep what was answered and typed, off the loop; the newest wins."""

    intro: Intro
    page_key: str
    answers: Mapping[ItemPath, Answer | None]
    typed: Mapping[ItemPath, tuple[tuple[str, str], ...]]
    seen: Mapping[str, Heads]
    is_intro: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SavePage:
    """Write what changed to the record, and begin it where it is not begun.

    `first` is the whole first page, `first_changed` what is new of it.
    """

    response_id: str
    page: SavedPage
    first: Mapping[str, Json]
    first_changed: Mapping[str, Json]
    is_new: bool


@dataclass(frozen=True, slots=True, eq=False)
class Finish:
    """Write what changed, then the end: completed, amended, or stopped (a reason)."""

    saving: SavePage
    state: FormState
    reason: StopReason | None = None
    is_amended: bool = False


@dataclass(frozen=True, slots=True)
class MakeInstance:
    """Make a key for a new instance of a group."""

    path: ItemPath


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget what was typed."""


@dataclass(frozen=True, slots=True)
class StopListening:
    """The screen is gone."""


@dataclass(frozen=True, slots=True)
class OpenResult:
    """Show what it says."""

    response_id: str


@dataclass(frozen=True, slots=True)
class GoBack:
    """Leave."""


Effect = (
    LoadScreening
    | KeepDraft
    | SavePage
    | Finish
    | MakeInstance
    | DropDraft
    | StopListening
    | OpenResult
    | GoBack
)
