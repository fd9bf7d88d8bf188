"""Console: erasing a person, once a reason and the code of their card are given."""

from dataclasses import dataclass, replace

from app.core.erasure_wire import ErasureReason
from app.core.problems import ProblemCode


@dataclass(frozen=True, slots=True)
class Erasing:
    """What was given so far; `code` must be typed as the record shows it."""

    patient_id: str
    shown_code: str
    reason: ErasureReason | None = None
    code: str = ""
    busy: bool = False
    problem: ProblemCode | None = None

    @property
    def can_erase(self) -> bool:
        """Whether there is all that the server asks for."""
        return self.reason is not None and bool(self.code.strip()) and not self.busy


@dataclass(frozen=True, slots=True)
class EraseAsked:
    """Somebody wants to erase the person whose record is open."""

    shown_code: str


@dataclass(frozen=True, slots=True)
class EraseReasonChosen:
    """Why was chosen."""

    reason: ErasureReason


@dataclass(frozen=True, slots=True)
class EraseCodeTyped:
    """The code was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class EraseConfirmed:
    """Erase it for good."""


@dataclass(frozen=True, slots=True)
class EraseLeft:
    """Keep the record."""


@dataclass(frozen=True, slots=True)
class PersonErased:
    """The server erased them."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class EraseFailed:
    """The server did not."""

    problem: ProblemCode


ErasingEvent = (
    EraseReasonChosen | EraseCodeTyped | EraseConfirmed | EraseLeft | EraseFailed
)


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Ask the server to erase a person."""

    patient_id: str
    reason: ErasureReason
    code: str


def decide(
    erasing: Erasing | None, event: ErasingEvent
) -> tuple[Erasing | None, ErasePerson | None]:
    """Return what stands after an event, and what is to be done."""
    if erasing is None:
        return None, None
    match event:
        case EraseReasonChosen(reason):
            return replace(erasing, reason=reason), None
        case EraseCodeTyped(text):
            return replace(erasing, code=text, problem=None), None
        case EraseFailed(problem):
            return replace(erasing, busy=False, problem=problem), None
        case EraseLeft():
            return (erasing if erasing.busy else None), None
        case EraseConfirmed():
            return _confirmed(erasing)


def _confirmed(erasing: Erasing) -> tuple[Erasing, ErasePerson | None]:
    if not erasing.can_erase or erasing.reason is None:
        return erasing, None
    deed = ErasePerson(erasing.patient_id, erasing.reason, erasing.code.strip())
    return replace(erasing, busy=True, problem=None), deed
