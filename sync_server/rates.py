"""How often one device, session or address may ask; in this process's memory alone.

Token buckets: a burst is free, then so many a second. Meant against loops and floods,
not to share the server out: no tablet at work comes near it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from app.core.problems import ProblemCode
from sync_server.problems import ProblemError

_MOST_BUCKETS = 20_000
"""Whoever asked longest ago is forgotten first; a full bucket is no loss."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests are free at once, and how many a second after them."""

    burst: float
    per_second: float


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RateLimiter:
    """Counts requests by whom they are of; threads share it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, kind: str, who: str, rate: Rate) -> None:
        """Count a request; raise too-many-requests, with the wait, above the rate."""
        with self._lock:
            left = self._left(kind, who, rate)
            if left < 1:
                wait = ceil((1 - left) / rate.per_second)
                raise ProblemError(ProblemCode.TOO_MANY_REQUESTS, wait_seconds=wait)
            self._buckets[kind, who].left = left - 1

    def _left(self, kind: str, who: str, rate: Rate) -> float:
        now, key = self._clock(), (kind, who)
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        gained = max(0.0, now - bucket.at) * rate.per_second
        bucket.left, bucket.at = min(rate.burst, bucket.left + gained), now
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket.left
