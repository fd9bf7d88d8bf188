"""What a PIN costs to try on this tablet: measured once, when it is set up."""

from collections.abc import Callable
from dataclasses import dataclass

from app.storage.attempts import Monotonic, boot_id, uptime
from app.storage.sealing import FLOOR, PinCost, new_salt, stretch_pin

TARGET_SECONDS = 0.5
_TRIES = 3
_MIB = 1024
CEILING = PinCost(memory_kib=64 * _MIB, iterations=3)
STEPS = (
    FLOOR,
    PinCost(memory_kib=32 * _MIB, iterations=2),
    PinCost(memory_kib=46 * _MIB, iterations=2),
    PinCost(memory_kib=64 * _MIB, iterations=2),
    CEILING,
)
"""Each costs more than the one before, in memory or in time, and never less."""


@dataclass(frozen=True, slots=True)
class UnlockPolicy:
    """What a PIN costs to try, and the clock by which times are measured.

    Without a cost the tablet measures its own once, when it is set up.
    """

    cost: PinCost | None = None
    monotonic: Monotonic = uptime
    boot_id: Callable[[], str] = boot_id


def tuned_cost(monotonic: Monotonic) -> PinCost:
    """Return the dearest step that takes at most the target here; the floor at least.

    Blocks for two or three seconds: the steps are tried one after another, and none
    beyond the first that takes too long each time.
    """
    chosen = FLOOR
    for step in STEPS:
        # A tablet that was busy for a moment must not be cheap to search for ever.
        if all(_seconds(step, monotonic) > TARGET_SECONDS for _try in range(_TRIES)):
            break
        chosen = step
    return chosen


def _seconds(cost: PinCost, monotonic: Monotonic) -> float:
    begun = monotonic()
    stretch_pin("000000", new_salt(), cost)
    return monotonic() - begun
