"""Enrol: make this tablet one of the deployment's devices, with a one-time code."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.core.summary import Station
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """What was typed, and what became of it."""

    address: str = ""
    code: str = ""
    name: str = ""
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
class OpenLanguages:
    pass


@dataclass(frozen=True, slots=True)
class OpenKept:
    name: str


Effect = EnrolDevice | GoUnlock | OpenLanguages | OpenKept


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case AddressTyped(text):
            return Next(replace(model, address=text, problem=None))
        case CodeTyped(text):
            return Next(replace(model, code=text, problem=None))
        case NameTyped(text):
            return Next(replace(model, name=text))
        case StationPressed(station):
            return Next(replace(model, station=station))
        case EnrolPressed():
            return _pressed(model)
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case KeptPressed(name):
            return Next(model, (OpenKept(name),))
        case Enrolled():
            return Next(replace(model, busy=False), (GoUnlock(),))
        case EnrolFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case _:
            assert_never(event)


def _pressed(model: Model) -> Next[Model, Effect]:
    if model.busy:
        return Next(model)
    if not model.is_complete:
        return Next(replace(model, missing=True))
    effect = EnrolDevice(
        model.address.strip(), model.code.strip(), model.name.strip(), model.station
    )
    return Next(replace(model, busy=True, missing=False, problem=None), (effect,))
