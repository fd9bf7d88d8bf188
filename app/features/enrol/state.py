"""Enrol: make this tablet one of the deployment's devices, with a one-time code."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.invitation import pinned, read_invitation
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """What was typed, and what became of it."""

    address: str = ""
    code: str = ""
    name: str = ""
    pin: str = ""
    """Which key the server has, where the text of a QR code said so."""
    station: Station = Station.REGISTRATION
    busy: bool = False
    problem: ProblemCode | None = None
    missing: bool = False
    kept: tuple[str, ...] = ()
    """Files with records of before that were not sent."""

    @property
    def is_complete(self) -> bool:
        """Whether there is all that the server asks for."""
        return bool(self.address.strip() and self.code.strip() and self.name.strip())


@dataclass(frozen=True, slots=True)
class AddressTyped:
    text: str


@dataclass(frozen=True, slots=True)
class CodeTyped:
    text: str


@dataclass(frozen=True, slots=True)
class NameTyped:
    text: str


@dataclass(frozen=True, slots=True)
class StationPressed:
    station: Station


@dataclass(frozen=True, slots=True)
class EnrolPressed:
    pass


@dataclass(frozen=True, slots=True)
class LanguagesPressed:
    pass


@dataclass(frozen=True, slots=True)
class RestorePressed:
    pass


@dataclass(frozen=True, slots=True)
class KeptPressed:
    """Records of before are to be saved to a stick."""

    name: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    pass


@dataclass(frozen=True, slots=True)
class EnrolFailed:
    problem: ProblemCode


Event = (
    AddressTyped
    | CodeTyped
    | NameTyped
    | StationPressed
    | EnrolPressed
    | LanguagesPressed
    | RestorePressed
    | KeptPressed
    | Enrolled
    | EnrolFailed
)


@dataclass(frozen=True, slots=True)
class EnrolDevice:
    address: str
    code: str
    name: str
    station: Station


@dataclass(frozen=True, slots=True)
class GoUnlock:
    pass


@dataclass(frozen=True, slots=True)
class OpenRestore:
    pass


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    pass


@dataclass(frozen=True, slots=True)
class OpenKept:
    name: str


Effect = EnrolDevice | GoUnlock | OpenRestore | OpenLanguages | OpenKept


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case AddressTyped(text):
            return Next(_taken(model, text) or _addressed(model, text))
        case CodeTyped(text):
            return Next(_taken(model, text) or replace(model, code=text, problem=None))
        case NameTyped(text):
            return Next(replace(model, name=text))
        case StationPressed(station):
            return Next(replace(model, station=station))
        case EnrolPressed():
            return _pressed(model)
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case RestorePressed():
            return Next(model, () if model.busy else (OpenRestore(),))
        case KeptPressed(name):
            return Next(model, (OpenKept(name),))
        case Enrolled():
            return Next(replace(model, busy=False), (GoUnlock(),))
        case EnrolFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case _:
            assert_never(event)


def _taken(model: Model, text: str) -> Model | None:
    """Take a whole invitation apart, typed, pasted or scanned into either field."""
    found = read_invitation(text)
    if found is None:
        return None
    return replace(
        model, address=found.address, code=found.code, pin=found.pin, problem=None
    )


def _addressed(model: Model, text: str) -> Model:
    """Take an address; only who empties the field forgets the pin."""
    pin = model.pin if text.strip() else ""
    return replace(model, address=text, pin=pin, problem=None)


def _pressed(model: Model) -> Next[Model, Effect]:
    if model.busy:
        return Next(model)
    if not model.is_complete:
        return Next(replace(model, missing=True))
    address = pinned(model.address.strip(), model.pin)
    effect = EnrolDevice(address, model.code.strip(), model.name.strip(), model.station)
    return Next(replace(model, busy=True, missing=False, problem=None), (effect,))
