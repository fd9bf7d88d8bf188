"""How long to wait before the next round."""

import random
from dataclasses import dataclass

from app.sync.report import SyncReport

POLL_SECONDS = 2.0
# After an outage tablets must see each other within 5 s. Rounds run only while a vault
# is open, and so a screen is lit: beside that a try every few seconds costs little.
LONGEST_SECONDS = 4.0


@dataclass(slots=True)
class Backoff:
    """Every 2 s while the server answers; then twice as long, up to 4 s.

    Each wait is shortened by up to a half at random, so that the tablets of a site do
    not all knock at once when the server comes back.
    """

    rng: random.Random
    poll_seconds: float = POLL_SECONDS
    failures: int = 0

    def after(self, report: SyncReport) -> float:
        """Count a round and return the seconds to wait after it."""
        if report.failure is None:
            self.failures = 0
            return self.poll_seconds
        self.failures += 1
        longest = min(LONGEST_SECONDS, self.poll_seconds * 2.0**self.failures)
        wait = longest * (1 - self.rng.random() / 2)
        return max(wait, float(report.wait_seconds or 0))
