"""Devices: which tablets there are, and what each said of itself last."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.devices_wire import DeviceState
from app.core.problems import ProblemCode
from app.ui.loop import Next

CLOCK_WRONG_MS = 5 * 60 * 1000
"""From here on a clock's error is shown as a warning."""


@dataclass(frozen=True, slots=True)
class Model:
    """The tablets; None until the server has answered."""

    devices: tuple[DeviceState, ...] | None = None
    now_ms: int = 0
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class RefreshPressed:
    pass


@dataclass(frozen=True, slots=True)
class DevicesFound:
    devices: tuple[DeviceState, ...]
    now_ms: int


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


Event = Shown | RefreshPressed | DevicesFound | Failed | BackPressed


@dataclass(frozen=True, slots=True)
class FindDevices:
    pass


@dataclass(frozen=True, slots=True)
class GoBack:
    pass


@dataclass(frozen=True, slots=True)
class SignInAgain:
    pass


Effect = FindDevices | GoBack | SignInAgain


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | RefreshPressed():
            return Next(replace(model, problem=None), (FindDevices(),))
        case DevicesFound(devices, now_ms):
            return Next(Model(devices, now_ms))
        case Failed(problem):
            ended = problem is ProblemCode.UNAUTHENTICATED
            effects = (SignInAgain(),) if ended else ()
            return Next(replace(model, problem=problem), effects)
        case BackPressed():
            return Next(model, (GoBack(),))
        case _:
            assert_never(event)


def is_clock_wrong(device: DeviceState) -> bool:
    """Tell whether a tablet's clock is so wrong that somebody should set it."""
    ahead = device.clock_ahead_ms
    return ahead is not None and abs(ahead) >= CLOCK_WRONG_MS
