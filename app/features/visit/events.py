"""Visit: what happens on the screen."""

from dataclasses import dataclass

from app.clinic.screening import StopReason
from app.clinic.visits import CancelReason, LeftReason
from app.core.problems import ProblemCode
from app.core.values import EncounterStatus
from app.features.visit.offering import Loaded
from app.ui.glass import OnGlass


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen came to the top."""


@dataclass(frozen=True, slots=True)
class Left:
    """The screen went for good."""


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """The person's record changed, here or by sync."""


@dataclass(frozen=True, slots=True)
class VisitLoaded:
    """What the record says."""

    loaded: Loaded


@dataclass(frozen=True, slots=True)
class FormPressed:
    """A form is to be asked now, or its result read."""

    name: str


@dataclass(frozen=True, slots=True)
class AgainPressed:
    """A form that ended early is asked after all."""

    name: str


@dataclass(frozen=True, slots=True)
class LaterPressed:
    """A form waits, or waits no more."""

    name: str


@dataclass(frozen=True, slots=True)
class DeclinePressed:
    """A form is not to be asked."""

    name: str


@dataclass(frozen=True, slots=True)
class DeclineReasonChosen:
    """Why it is not."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class StatusPressed:
    """The visit goes on to a state."""

    status: EncounterStatus


@dataclass(frozen=True, slots=True)
class FinishConfirmed:
    """The visit is to end, as was asked back."""


@dataclass(frozen=True, slots=True)
class CancelPressed:
    """The visit should not have been begun."""


@dataclass(frozen=True, slots=True)
class CancelReasonChosen:
    """Why it should not."""

    reason: CancelReason


@dataclass(frozen=True, slots=True)
class BackAgainPressed:
    """The person is back."""


@dataclass(frozen=True, slots=True)
class LeftPressed:
    """The person left before the end."""


@dataclass(frozen=True, slots=True)
class LeftReasonChosen:
    """Why they left."""

    reason: LeftReason


@dataclass(frozen=True, slots=True)
class UrgencyPressed:
    """The person is to be seen first, or no longer."""

    urgent: bool


@dataclass(frozen=True, slots=True)
class AskingClosed:
    """What stood before the screen is closed."""


@dataclass(frozen=True, slots=True)
class RecordPressed:
    """To the whole record."""


@dataclass(frozen=True, slots=True)
class NoticePressed:
    """To the information notice."""


@dataclass(frozen=True, slots=True)
class CompanyPressed:
    """To say who is with a child."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    """Away from here."""


@dataclass(frozen=True, slots=True)
class HomePressed:
    """To the people who wait."""


@dataclass(frozen=True, slots=True)
class Saved:
    """It is saved; `leaves` where the person is no longer here."""

    leaves: bool


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """Nothing was saved."""

    problem: ProblemCode


Event = (
    Shown
    | Left
    | RecordsChanged
    | VisitLoaded
    | FormPressed
    | AgainPressed
    | LaterPressed
    | DeclinePressed
    | DeclineReasonChosen
    | StatusPressed
    | FinishConfirmed
    | CancelPressed
    | CancelReasonChosen
    | BackAgainPressed
    | LeftPressed
    | LeftReasonChosen
    | UrgencyPressed
    | AskingClosed
    | RecordPressed
    | NoticePressed
    | CompanyPressed
    | BackPressed
    | HomePressed
    | Saved
    | SaveFailed
    | OnGlass
)
