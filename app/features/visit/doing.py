"""Visit: what is to be done."""

from dataclasses import dataclass

from app.clinic.screening import StopReason
from app.clinic.visits import CancelReason, LeftReason
from app.core.values import EncounterStatus
from app.features.visit.offering import Offer
from app.ui.glass import BreakGlass


@dataclass(frozen=True, slots=True)
class LoadVisit:
    """Read the record; what is closed to the role too, if the glass is broken."""

    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class StopListening:
    """The screen is gone."""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Append a state."""

    status: EncounterStatus


@dataclass(frozen=True, slots=True)
class SetUrgency:
    """Say how urgent it is."""

    urgent: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """End the visit before its end."""

    reason: LeftReason


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the visit as one that should not have been begun."""

    reason: CancelReason


@dataclass(frozen=True, slots=True)
class PutOff:
    """Append that a form waits, or waits no more."""

    canonical: str
    later: bool


@dataclass(frozen=True, slots=True)
class Decline:
    """Keep that a form was declined."""

    offer: Offer
    reason: StopReason


@dataclass(frozen=True, slots=True)
class OpenScreening:
    """Ask a form."""

    questionnaire: str
    response_id: str


@dataclass(frozen=True, slots=True)
class OpenResult:
    """Show what a form said."""

    response_id: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """Show the record."""


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """Show the notice."""


@dataclass(frozen=True, slots=True)
class OpenCompany:
    """Ask who is with a child."""


@dataclass(frozen=True, slots=True)
class GoHome:
    """Show the people who wait."""


@dataclass(frozen=True, slots=True)
class GoBack:
    """Leave."""


Effect = (
    LoadVisit
    | StopListening
    | SetStatus
    | SetUrgency
    | Leave
    | Cancel
    | PutOff
    | Decline
    | OpenScreening
    | OpenResult
    | OpenRecord
    | OpenNotice
    | OpenCompany
    | GoHome
    | GoBack
    | BreakGlass
)
