"""What happens at the registration desk."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.problems import ProblemCode
from app.features.register.checking import Context
from app.features.register.form import Field, Form
from app.features.register.people import Person
from app.ui.leaving import Away


class Page(StrEnum):
    """Where one is: the minimum, then steps that may all be skipped.

    COMPANY stands alone only where a record is corrected; else it is in the minimum.
    """

    MINIMUM = "minimum"
    LANGUAGE = "language"
    NAME = "name"
    ORIGIN = "origin"
    COUNTRY = "country"
    LANGUAGES = "languages"
    PHONES = "phones"
    ARRIVAL = "arrival"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the screen begins with."""

    form: Form
    context: Context
    page: Page = Page.MINIMUM
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """Who was registered, durable by now."""

    patient_id: str
    encounter_id: str
    card: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen came to the top."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A field holds another text."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A tile of a field was tapped; tapped again, it is taken back."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class LanguageToggled:
    """A further language was chosen, or no longer."""

    tag: str


@dataclass(frozen=True, slots=True)
class PhoneTyped:
    """One of the phone numbers holds another text."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class PhoneAdded:
    """There is one more number."""


@dataclass(frozen=True, slots=True)
class NameWordPressed:
    """A part of the first person's name is part of this one's."""

    word: str


@dataclass(frozen=True, slots=True)
class NoCardPressed:
    """There is no card: a code is to be minted."""


@dataclass(frozen=True, slots=True)
class HasCardPressed:
    """There is a card after all."""


@dataclass(frozen=True, slots=True)
class CardMinted:
    """A fresh code."""

    code: str


@dataclass(frozen=True, slots=True)
class CardLookedUp:
    """Whose card it is on this tablet; nobody's where `known` is None."""

    code: str
    known: Person | None


@dataclass(frozen=True, slots=True)
class CameBackPressed:
    """The person whose card it is has come back."""


@dataclass(frozen=True, slots=True)
class PageOpened:
    """Another page was asked for."""

    page: Page


@dataclass(frozen=True, slots=True)
class BackPressed:
    """One step back."""


@dataclass(frozen=True, slots=True)
class SearchTyped:
    """A list is narrowed."""

    text: str


@dataclass(frozen=True, slots=True)
class StartAfreshPressed:
    """What was typed before is not wanted."""


@dataclass(frozen=True, slots=True)
class SavePressed:
    """All that was given is to be kept."""


@dataclass(frozen=True, slots=True)
class PatientSaved:
    """It is kept."""

    saved: Saved


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """Nothing was saved; what was typed is still there."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class CardTaken:
    """Nothing was saved: by now this tablet knows whose card it is."""

    known: Person


@dataclass(frozen=True, slots=True)
class DraftMoved:
    """What was typed lies with somebody's record."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class NoticePressed:
    """On to the information notice."""


@dataclass(frozen=True, slots=True)
class FamilyPressed:
    """On to another of this family."""


@dataclass(frozen=True, slots=True)
class NextPressed:
    """On to the next person."""


@dataclass(frozen=True, slots=True)
class HomePressed:
    """Back to those who wait."""


Typing = Entered | Pressed | LanguageToggled | PhoneTyped | PhoneAdded | NameWordPressed
Carding = NoCardPressed | HasCardPressed | CardMinted | CardLookedUp | CameBackPressed
Moving = Shown | Loaded | PageOpened | BackPressed | SearchTyped | StartAfreshPressed
Saving = SavePressed | PatientSaved | SaveFailed | CardTaken
Leaving = NoticePressed | FamilyPressed | NextPressed | HomePressed
Event = Typing | Carding | Moving | Saving | DraftMoved | Away | Leaving
