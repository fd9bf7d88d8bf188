"""Shapes of the values in records: small frozen types, and their JSON."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.canonical import Json
from app.core.document_json import as_mapping


class NameStatus(StrEnum):
    """A name is not presumed."""

    SAID = "said"
    NOT_ASKED = "not-asked"
    REFUSED = "refused"
    UNABLE = "unable"


class Sex(StrEnum):
    """FHIR administrative-gender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Who(StrEnum):
    """With whom a child came; nobody, or no parent, flags the child."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    NOT_PARENT = "not-parent"
    NOBODY = "nobody"
    NOT_ASKED = "not-asked"


class InterpreterMode(StrEnum):
    """How somebody interpreted."""

    NONE = "none"
    PRESENT = "present"
    PHONE = "phone"
    RELATIVE = "relative"


class EncounterStatus(StrEnum):
    """FHIR Encounter.status, those that a site's queue uses."""

    ARRIVED = "arrived"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    ONLEAVE = "onleave"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class ResponseStatus(StrEnum):
    """FHIR QuestionnaireResponse.status."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    AMENDED = "amended"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"


class Decision(StrEnum):
    """What somebody answered to one optional purpose."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not-asked"


class GivenBy(StrEnum):
    """Who gave or refused a consent."""

    SELF = "self"
    PARENT = "parent"
    GUARDIAN = "guardian"
    NOBODY_ABLE = "nobody-able"


_NAME_STATUSES = frozenset(each.value for each in NameStatus)
_SAID = NameStatus.SAID.value
_WHO = frozenset(Who)


def _text(value: Json, key: str) -> str:
    if value is None:
        return ""
    member = as_mapping(value).get(key)
    return member if isinstance(member, str) else ""


# The last year of a date, less a day: it is still one in every zone.
_LAST_MS = 253_402_214_400_000


def instant_of(value: Json) -> int | None:
    """Return UTC milliseconds that a calendar can show; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LAST_MS else None


def flags_of_answer(value: Json) -> tuple[str, ...]:
    """Return the codes of the red flags that an answer raised when it was given."""
    found = as_mapping(value).get("flags")
    if not isinstance(found, list | tuple):
        return ()
    return tuple(code for code in found if isinstance(code, str))


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as said, in its own script and in Latin; one name is a whole name."""

    status: NameStatus = NameStatus.NOT_ASKED
    original: str = ""
    latin: str = ""

    @property
    def display(self) -> str:
        """The name as the person writes it, else its Latin form, else nothing."""
        return self.original or self.latin

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Patient's field `name`."""
        return {
            "status": self.status.value,
            "original": self.original,
            "latin": self.latin,
        }

    @classmethod
    def from_json(cls, value: Json) -> "PersonName":
        """Read the field `name`; a status from a newer version reads as said."""
        status, original, latin = name_parts(value)
        return cls(NameStatus(status), original, latin)


def name_parts(value: Json) -> tuple[str, str, str]:
    """Return a name's status, original and Latin form; see PersonName.from_json."""
    members = as_mapping(value)
    if not members:
        return NameStatus.NOT_ASKED.value, "", ""
    raw, original, latin = map(members.get, ("status", "original", "latin"))
    return (
        raw if isinstance(raw, str) and raw in _NAME_STATUSES else _SAID,
        original if isinstance(original, str) else "",
        latin if isinstance(latin, str) else "",
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """How and when somebody arrived; the legal clock starts at `arrived_at`."""

    place: str = ""
    vessel: str = ""
    arrived_at: int | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Patient's field `arrival`."""
        return {
            "place": self.place,
            "vessel": self.vessel,
            "arrived_at": self.arrived_at,
        }

    @classmethod
    def from_json(cls, value: Json) -> "Arrival":
        """Read the field `arrival`."""
        arrived_at = instant_of(as_mapping(value).get("arrived_at"))
        return cls(_text(value, "place"), _text(value, "vessel"), arrived_at)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Who interpreted, how, and into which language."""

    mode: InterpreterMode = InterpreterMode.NONE
    name: str = ""
    language: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the value of a field `interpreter`."""
        return {"mode": self.mode.value, "name": self.name, "language": self.language}

    @classmethod
    def from_json(cls, value: Json) -> "Interpretation":
        """Read a field `interpreter`."""
        raw = _text(value, "mode")
        known = raw in set(InterpreterMode)
        mode = InterpreterMode(raw) if known else InterpreterMode.NONE
        return cls(mode, _text(value, "name"), _text(value, "language"))


@dataclass(frozen=True, slots=True)
class Accompaniment:
    """With whom a child is, and that person's name as said."""

    who: Who = Who.NOT_ASKED
    name: str = ""

    @property
    def flags_child(self) -> bool:
        """Whether a child so accompanied needs protection looked at."""
        return self.who in (Who.NOBODY, Who.NOT_PARENT)

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Patient's field `accompaniment`."""
        return {"who": self.who.value, "name": self.name}

    @classmethod
    def from_json(cls, value: Json) -> "Accompaniment":
        """Read the field `accompaniment`."""
        if value is None:  # Mostly nobody was asked.
            return NO_COMPANY
        raw = _text(value, "who")
        who = Who(raw) if raw in _WHO else Who.NOT_ASKED
        return cls(who, _text(value, "name"))


NAME_NOT_ASKED = PersonName()
NO_ARRIVAL = Arrival()
NO_COMPANY = Accompaniment()
NO_INTERPRETER = Interpretation()
