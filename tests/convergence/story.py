"""A seed's story: how the world is made, and what happens in it, event by event.

Each event has a seed of its own, so that one which is taken out changes no other: a
failing story can be made shorter.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STEPS = 60
_STEPS_OF_SCOPES = 30


class Kind(StrEnum):
    """What may happen."""

    WRITE = "write"
    SYNC = "sync"
    LATE = "late"
    READ_AGAIN = "read again"
    SET_CLOCK = "set clock"
    RESTART_TABLET = "restart tablet"
    RESTART_SERVER = "restart server"
    BACK_UP_SERVER = "back up server"
    RESTORE_SERVER = "restore server"
    BACK_UP_TABLET = "back up tablet"
    RESTORE_TABLET = "restore tablet"
    CLONE_TABLET = "clone tablet"
    UPGRADE = "upgrade"
    HIRE = "hire"
    SAVE_TO_STICK = "save to stick"
    TAKE_IN = "take in"
    VISIT = "visit"
    LEAVE = "let patients leave"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens: to which tablet, and the seed of its details."""

    kind: Kind
    who: int
    seed: int


@dataclass(frozen=True, slots=True)
class Setting:
    """How a world is made.

    `fallible` is what may come back from a backup. Never both: what a server and a
    tablet have lost together is lost, and nobody can promise more.
    """

    seed: int
    tablets: int
    vaults: int
    has_real_log: bool
    fallible: str

    @property
    def name(self) -> str:
        """What is real in it."""
        if self.vaults:
            return "real vaults and log"
        return "real log" if self.has_real_log else "model"


@dataclass(frozen=True, slots=True)
class Story:
    """A setting and what happens in it."""

    setting: Setting
    events: tuple[Event, ...]

    def told(self) -> str:
        """The story, one event a line."""
        lines = [f"{self.setting}"]
        lines += [f"  {e.kind.value}, tablet {e.who}, {e.seed}" for e in self.events]
        return "\n".join(lines)

    def of(self, events: Sequence[Event]) -> "Story":
        """The same setting with other events."""
        return Story(self.setting, tuple(events))


_WEIGHTS = {
    Kind.WRITE: 34,
    Kind.SYNC: 30,
    Kind.LATE: 6,
    Kind.READ_AGAIN: 4,
    Kind.SET_CLOCK: 4,
    Kind.RESTART_TABLET: 3,
    Kind.RESTART_SERVER: 2,
    Kind.UPGRADE: 2,
    Kind.HIRE: 2,
    Kind.SAVE_TO_STICK: 4,
    Kind.TAKE_IN: 4,
}
_OF_SERVER = {Kind.BACK_UP_SERVER: 4, Kind.RESTORE_SERVER: 4}
_OF_SCOPES = {Kind.VISIT: 22, Kind.ERASE: 7}
_OF_LEAVING = {Kind.LEAVE: 22}
_OF_TABLET = {Kind.BACK_UP_TABLET: 6, Kind.RESTORE_TABLET: 6, Kind.CLONE_TABLET: 3}


def story(seed: int, steps: int = STEPS) -> Story:
    """Return the story of a seed.

    Of twenty worlds two have real vaults and a real log, and two more the real log.
    """
    rng = random.Random(seed)
    kind = seed % 20
    tablets = rng.randrange(2, 6)
    fallible = ("server", "tablet", "")[seed % 3]
    setting = Setting(
        seed=seed,
        tablets=tablets,
        vaults=tablets if kind in (7, 13) else 0,
        has_real_log=kind in (3, 7, 13, 18),
        fallible=fallible,
    )
    weights = dict(_WEIGHTS)
    weights |= _OF_SCOPES if setting.vaults else {}
    weights |= _OF_LEAVING if setting.vaults and fallible != "server" else {}
    weights |= _OF_SERVER if fallible == "server" else {}
    weights |= _OF_TABLET if fallible == "tablet" else {}
    steps += _STEPS_OF_SCOPES if setting.vaults else 0
    kinds = rng.choices([*weights], [*weights.values()], k=steps)
    events = (Event(k, rng.randrange(tablets), rng.getrandbits(32)) for k in kinds)
    return Story(setting, tuple(events))
