"""Timing, a table and one line of JSON: what each benchmark prints."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured time beside its target, both in milliseconds."""

    name: str
    median_ms: float
    p95_ms: float
    runs: int
    target_ms: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the median is within the target."""
        return None if self.target_ms is None else self.median_ms <= self.target_ms


def figure(
    name: str, seconds: Sequence[float], target_ms: float | None = None
) -> Figure:
    """Return the figure of some runs."""
    ordered = sorted(value * 1000 for value in seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    median = statistics.median(ordered)
    return Figure(name, round(median, 3), round(p95, 3), len(ordered), target_ms)


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action took."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def report(benchmark: str, figures: Sequence[Figure]) -> None:
    """Print the table, and end with one line of JSON."""
    print(f"{'':44} {'median ms':>10} {'p95 ms':>10} {'runs':>6} {'target':>8}")
    for row in figures:
        target = "" if row.target_ms is None else f"{row.target_ms:.0f}"
        print(
            f"{row.name:44} {row.median_ms:10.2f} {row.p95_ms:10.2f} "
            f"{row.runs:6} {target:>8}"
        )
    rows = [{**asdict(row), "met": row.met} for row in figures]
    print(json.dumps({"benchmark": benchmark, "figures": rows}))
