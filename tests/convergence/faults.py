"""Everything that breaks in a simulated world, by name; each is counted as it fires."""

from enum import StrEnum
from typing import Literal

Moment = Literal["before", "within", "after"]
"""Of a durable write: not begun, begun and undone, or done and nobody told."""


class Fault(StrEnum):
    """Kinds of fault; the long run prints how often each one fired."""

    REQUEST_LOST = "request lost"
    BODY_CUT = "body cut on its way"
    ANSWER_LOST = "acknowledgement or page lost"
    DUPLICATED = "request delivered twice"
    DELAYED = "request kept back by the network"
    REORDERED = "request delivered late, behind newer ones"
    PAGE_SHORT = "page of a few operations"
    ANSWER_IN_PART = "answer for a part of the batch"
    ANSWER_SHUFFLED = "outcomes in another order"
    PAGE_AGAIN = "page applied again, cursor gone back"
    TABLET_CRASHED = "tablet crashed at a statement"
    SERVER_CRASHED = "server crashed at a statement"
    RESTARTED = "restarted"
    CLOCK_JUMPED = "clock jumped"
    SERVER_RESTORED = "server restored, and said so"
    SERVER_FELL_BACK = "server restored, and nobody said so"
    TABLET_RESTORED = "tablet restored from an older backup"
    TABLET_CLONED = "tablet cloned"
    OTHER_IDENTITY = "copied tablet went on as another"
    CAME_IN = "patient came into a tablet's scope"
    LEFT = "patient left a tablet"
    ERASED = "person erased"
    UPGRADED = "tablet upgraded while others were not"
    SET_ASIDE = "change of a stranger set aside"
    STICK = "parcel carried by stick"
    STICK_AGAIN = "parcel taken in again"


class Crashed(Exception):
    """The power went: whatever was not durable is gone."""
