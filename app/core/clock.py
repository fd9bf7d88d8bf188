"""Wall time and the hybrid logical clock (Kulkarni et al. 2014)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

WallClock = Callable[[], int]
"""Returns the wall time in UTC milliseconds; handed in everywhere."""


def system_wall_ms() -> int:
    """Return the machine's wall time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class HybridTimestamp:
    """When an operation was written: wall time, counter, then device as tie-break."""

    wall_ms: int
    counter: int
    device_id: str

    def to_json(self) -> list[int | str]:
        """Return [wall_ms, counter, device_id], as it stands in a header."""
        return [self.wall_ms, self.counter, self.device_id]

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read [wall_ms, counter, device_id]; raise ValueError if it is not one."""
        match value:
            case [int(wall_ms), int(counter), str(device_id)] if (
                type(wall_ms) is type(counter) is int  # a bool is an int as well
                and wall_ms >= 0
                and counter >= 0
            ):
                return cls(wall_ms, counter, device_id)
            case _:
                raise ValueError("not a hybrid timestamp")

    def effective_ms(self, clamp_ms: int | None) -> int:
        """Return the wall time by which it is ordered: its own, or a server's clamp."""
        return self.wall_ms if clamp_ms is None else min(self.wall_ms, clamp_ms)


class HybridClock:
    """Gives out stamps that never go back, whatever the wall clock does.

    The clock only orders what is shown; causality comes from what an author saw.
    """

    def __init__(
        self, device_id: str, wall: WallClock, last: HybridTimestamp | None = None
    ) -> None:
        self._device_id = device_id
        self._wall = wall
        self._wall_ms = last.wall_ms if last else 0
        self._counter = last.counter if last else 0

    @property
    def last(self) -> HybridTimestamp:
        """The newest stamp given out or seen; storage keeps it across restarts."""
        return HybridTimestamp(self._wall_ms, self._counter, self._device_id)

    def tick(self) -> HybridTimestamp:
        """Return a stamp greater than each one given out or observed before."""
        now = self._wall()
        if now > self._wall_ms:
            self._wall_ms, self._counter = now, 0
        else:
            self._counter += 1
        return self.last

    def observe(self, stamp: HybridTimestamp, clamp_ms: int | None = None) -> None:
        """Move past a stamp of another device, as clamped by the server.

        A clock years ahead would pull every other clock with it, so a clamped
        stamp moves this clock to the clamped time at most.
        """
        if clamp_ms is not None and clamp_ms < stamp.wall_ms:
            stamp = HybridTimestamp(clamp_ms, 0, stamp.device_id)
        seen = (stamp.wall_ms, stamp.counter)
        self._wall_ms, self._counter = max((self._wall_ms, self._counter), seen)
