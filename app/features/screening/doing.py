"""What a screening wants done, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.clinic.library import Form
from app.clinic.screening import Page as SavedPage
from app.clinic.screening import StopReason
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


@dataclass(frozen=True, slots=True, eq=False)
class SavePage:
    """Write what changed to the record, and begin it where it is not begun."""

    response_id: str
    form: Form
    intro: Intro
    page: SavedPage
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
