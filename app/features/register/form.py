"""All that was typed at the registration desk, as it was typed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum

from app.core.birth import Birth
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.ids import CARD_LENGTH, CardCodeError, parse_card_code
from app.core.values import NameStatus, PersonName
from app.features.register.arrival_entry import ArrivalEntry
from app.features.register.birth_entry import BirthEntry, Mode
from app.i18n.digits import ascii_digits

LANGUAGE_UNKNOWN = "und"
"""BCP-47 for a language that nobody could tell; it is not written to a record."""


class Field(StrEnum):
    """The fields that hold one text; names as in Form."""

    CARD = "card"
    SEX = "sex"
    MODE = "mode"
    YEARS = "years"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BAND = "band"
    SOURCE = "source"
    LANGUAGE = "language"
    RELATION = "relation"
    WHO = "who"
    WHO_NAME = "who_name"
    NAME_STATUS = "name_status"
    ORIGINAL = "original"
    LATIN = "latin"
    ORIGIN = "origin"
    INTERPRETER = "interpreter"
    PLACE = "place"
    VESSEL = "vessel"
    ARRIVED_DAY = "arrived_day"
    ARRIVED_MONTH = "arrived_month"
    ARRIVED_YEAR = "arrived_year"
    ARRIVED_TIME = "arrived_time"
    ARRIVAL_SET = "arrival_set"
    VISIT = "visit"


YES, NO = "yes", "no"
VISIT_NEW, VISIT_OPEN = "new", "open"


@dataclass(frozen=True, slots=True)
class Form:
    """One person's registration; an empty text is not answered."""

    card: str = ""
    minted: str = ""
    sex: str = ""
    mode: str = Mode.AGE.value
    years: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    band: str = ""
    source: str = ""
    language: str = ""
    relation: str = ""
    who: str = ""
    who_name: str = ""
    name_status: str = ""
    original: str = ""
    latin: str = ""
    origin: str = ""
    interpreter: str = ""
    place: str = ""
    vessel: str = ""
    arrived_day: str = ""
    arrived_month: str = ""
    arrived_year: str = ""
    arrived_time: str = ""
    arrival_set: str = ""
    visit: str = ""
    languages: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    def entered(self, field: Field, text: str) -> "Form":
        """Return the form with one field as it is now."""
        return replace(self, **{field.value: text})  # type: ignore[arg-type]

    @property
    def code(self) -> str | None:
        """The code, typed or minted; None while there is none, or a wrong one."""
        if self.minted:
            return self.minted
        try:
            return parse_card_code(ascii_digits(self.card))
        except CardCodeError:
            return None

    @property
    def looks_complete(self) -> bool:
        """Whether as many characters were typed as a card's code has."""
        return len("".join(self.card.split()).replace("-", "")) >= CARD_LENGTH

    @property
    def birth_entry(self) -> BirthEntry:
        """What was said of the age."""
        mode = Mode(self.mode) if self.mode in set(Mode) else Mode.AGE
        return BirthEntry(
            mode, self.years, self.day, self.month, self.year, self.band, self.source
        )

    def birth(self, today: date) -> Birth | None:
        """Return the birth interval; None while it is empty or impossible."""
        return self.birth_entry.birth(today)

    @property
    def name(self) -> PersonName:
        """The name, or why there is none."""
        if self.name_status in (NameStatus.REFUSED, NameStatus.UNABLE):
            return PersonName(NameStatus(self.name_status))
        original, latin = self.original.strip(), self.latin.strip()
        if original or latin:
            return PersonName(NameStatus.SAID, original, latin)
        return PersonName()

    @property
    def arrival_entry(self) -> ArrivalEntry:
        """What was said of the arrival."""
        return ArrivalEntry(
            is_set=self.arrival_set == YES,
            place=self.place,
            vessel=self.vessel,
            day=self.arrived_day,
            month=self.arrived_month,
            year=self.arrived_year,
            time=self.arrived_time,
        )

    def with_arrival(self, entry: ArrivalEntry) -> "Form":
        """Return the form with another arrival."""
        return replace(
            self,
            place=entry.place,
            vessel=entry.vessel,
            arrived_day=entry.day,
            arrived_month=entry.month,
            arrived_year=entry.year,
            arrived_time=entry.time,
            arrival_set=YES if entry.is_set else "",
        )

    @property
    def interpreter_needed(self) -> bool | None:
        """Whether an interpreter is needed; None while nobody asked."""
        return {YES: True, NO: False}.get(self.interpreter)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The phone numbers that have digits, each once."""
        typed = (text.strip() for text in self.phones)
        return tuple(dict.fromkeys(t for t in typed if any(c.isdigit() for c in t)))

    def to_json(self) -> dict[str, Json]:
        """Return the form as a draft keeps it."""
        return asdict(self)

    def over(self, other: "Form") -> "Form":
        """Return another form with what this one answers laid over it."""
        given = {
            f.name: getattr(self, f.name)
            for f in fields(Form)
            if getattr(self, f.name) != getattr(BLANK, f.name)
        }
        return replace(other, **given)

    def since(self, began: "Form") -> "Form":
        """Return what this one says otherwise than another that it began as."""
        same = [f for f in fields(Form) if _same(f.name, self, began)]
        return replace(self, **{f.name: getattr(BLANK, f.name) for f in same})

    def laid_over(self, older: "Form") -> "Form":
        """Return an older form with this one over it; a date's parts go together."""
        touched = [
            name
            for group in _TOGETHER
            if any(getattr(self, name) != getattr(BLANK, name) for name in group)
            for name in group
        ]
        cleared = {name: getattr(BLANK, name) for name in touched}
        return self.over(replace(older, **cleared))


def _same(name: str, form: Form, other: Form) -> bool:
    """Tell whether a field says the same, with all that it is one answer with."""
    group = next((each for each in _TOGETHER if name in each), (name,))
    return all(getattr(form, each) == getattr(other, each) for each in group)


_TOGETHER = (
    ("mode", "years", "day", "month", "year", "band", "source"),
    ("who", "who_name"),
    ("name_status", "original", "latin"),
    (
        "place",
        "vessel",
        "arrived_day",
        "arrived_month",
        "arrived_year",
        "arrived_time",
        "arrival_set",
    ),
)
"""Fields that are one answer."""


BLANK = Form()
"""Nothing is answered; immutable."""


def form_from_json(value: Json) -> Form:
    """Read a draft; members of other versions are left out."""
    members = as_mapping(value)
    return Form(**_texts(members), **_lists(members))  # type: ignore[arg-type]


_LISTS = ("languages", "phones")


def _texts(members: Mapping[str, Json]) -> dict[str, str]:
    names = {f.name for f in fields(Form)} - set(_LISTS)
    return {
        name: value
        for name, value in members.items()
        if name in names and isinstance(value, str)
    }


def _lists(members: Mapping[str, Json]) -> dict[str, tuple[str, ...]]:
    found = {name: members.get(name) for name in _LISTS}
    return {
        name: tuple(each for each in value if isinstance(each, str))
        for name, value in found.items()
        if isinstance(value, list | tuple)
    }
