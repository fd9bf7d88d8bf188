"""What is to be done at the registration desk."""

from dataclasses import dataclass

from app.clinic.registration import Registration
from app.core.values import Arrival
from app.features.register.events import Page
from app.features.register.form import Form
from app.ui.leaving import GoBack, KeepDraft
from app.ui.routes import Route


@dataclass(frozen=True, slots=True)
class LoadForm:
    """Read the draft, the record, the family, the arrival carried on."""


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget what was typed, then begin anew."""


@dataclass(frozen=True, slots=True)
class MintCard:
    """Make a fresh code."""


@dataclass(frozen=True, slots=True)
class LookUpCard:
    """Look whether this tablet knows a card."""

    code: str


@dataclass(frozen=True, slots=True)
class SaveNew:
    """Register a new person, unless the card is known by now."""

    registration: Registration
    carry: Arrival | None


@dataclass(frozen=True, slots=True)
class SaveReturning:
    """Write what is new of somebody, and the visit."""

    patient_id: str
    registration: Registration
    carry: Arrival | None
    open_encounter_id: str
    """The visit that goes on, or nothing for a new one."""


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """Take what was typed along to somebody's record."""

    patient_id: str
    typed: Form
    page: Page


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on to another place; this one is done with."""

    route: Route


Effect = (
    LoadForm
    | KeepDraft
    | DropDraft
    | MintCard
    | LookUpCard
    | SaveNew
    | SaveReturning
    | MoveDraft
    | GoTo
    | GoBack
)
