"""The coordinator's side of changes that were set aside: read, tried again, left out.

Each call blocks and raises SyncFailure alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.set_aside_wire import (
    LeaveOut,
    LeaveOutReason,
    SetAsideChange,
    SetAsideList,
    Tried,
    TryAgain,
)
from app.core.wire import API_PREFIX
from app.sync.channel import HttpChannel

_PATH = f"{API_PREFIX}/set-aside"


@dataclass(frozen=True, slots=True)
class SetAsideDoor:
    """Asks the server, as whoever signed in on this channel."""

    channel: HttpChannel

    def listed(self, *, left_out: bool) -> SetAsideList:
        """Return the oldest changes to decide, or those that were left out."""
        params = {"left_out": "true" if left_out else "false"}
        return self.channel.get(_PATH, SetAsideList, params)

    def change(self, set_aside_id: str) -> SetAsideChange:
        """Return one with what was written; Refused(NOT_FOUND) once it is decided."""
        return self.channel.get(f"{_PATH}/{set_aside_id}", SetAsideChange)

    def try_again(self, set_aside_ids: Sequence[str]) -> Tried:
        """Offer them once more; Refused(NOT_FOUND) where none is there any more."""
        wanted = TryAgain(set_aside_ids=tuple(set_aside_ids))
        return self.channel.post(f"{_PATH}/try-again", Tried, wanted)

    def leave_out(self, set_aside_id: str, reason: LeaveOutReason) -> SetAsideChange:
        """Leave one out; Refused(FORBIDDEN) of a person at other sites."""
        wanted = LeaveOut(set_aside_id=set_aside_id, reason=reason)
        return self.channel.post(f"{_PATH}/leave-out", SetAsideChange, wanted)
