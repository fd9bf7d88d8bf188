"""How much is sent or asked for at once: little on a bad line, much on a good one.

A batch that takes longer than a line holds would be sent again and again for ever, and
one that is too small spends its time waiting for answers.
"""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from app.core.wire import MAX_BATCH_OPERATIONS

Answer = TypeVar("Answer")

LEAST_BYTES = 32 * 1024
"""Of operations as they were written: some 7 KB on the line, a second at 64 kbit/s."""
_LEAST_OPERATIONS = 16
_MOST_PATIENTS = 1_000
_LEVELS = 6
_QUICK_SECONDS = 2.0
_SLOW_SECONDS = 8.0


class Pace:
    """Doubles after a quick answer, halves after a slow one or a cut; see TCP's.

    It begins low: the first of many batches tells how the line is.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._level = 2
        self.is_quick = False
        """Whether the last answer came soon; a line that was not asked is none."""

    @property
    def bytes(self) -> int:
        """Of the operations in a batch; a single change may be larger."""
        return LEAST_BYTES << self._level

    @property
    def operations(self) -> int:
        """In a page of the feed."""
        return min(_LEAST_OPERATIONS << self._level, MAX_BATCH_OPERATIONS)

    @property
    def patients(self) -> int:
        """In a page of a first sync."""
        return min(2 * _LEAST_OPERATIONS << self._level, _MOST_PATIENTS)

    def timed(self, question: Callable[[], Answer]) -> Answer:
        """Ask, and learn from how long the answer took."""
        begun = self._clock()
        try:
            answer = question()
        except BaseException:
            self.is_quick = False
            self._slower()
            raise
        seconds = self._clock() - begun
        self.is_quick = seconds < _QUICK_SECONDS
        if self.is_quick:
            self._level = min(self._level + 1, _LEVELS - 1)
        elif seconds > _SLOW_SECONDS:
            self._slower()
        return answer

    def _slower(self) -> None:
        self._level = max(self._level - 1, 0)
