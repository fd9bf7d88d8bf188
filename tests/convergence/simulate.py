"""Runs many worlds and counts what broke in them.

python -m tests.convergence.simulate --seeds 5000 [--from 0] [--workers 2]

It ends with 1 if any world broke a promise; the shortest story that still does so is
printed for the first of them.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.convergence.faults import Fault
from tests.convergence.promises import check
from tests.convergence.shrink import shrink
from tests.convergence.story import Story, story

LEAST = 1_000
"""How often each kind of fault fires in a long run."""
LONG_RUN = 5_000
_SHRINK = 3
_SAID = 600

Outcome = tuple[int, Counter[Fault], str]


def run(seed: int) -> Outcome:
    """Run one seed; return what fired in it, and how it failed."""
    try:
        return seed, check(story(seed)), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed failed
        return seed, Counter(), _said(error)


def is_failing(found: Story) -> bool:
    """Tell whether a story breaks a promise."""
    try:
        check(found)
    except Exception:  # noqa: BLE001 - as above
        return True
    return False


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_SAID]


def main() -> int:
    """Run the seeds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    started = time.monotonic()
    seeds = range(asked.first, asked.first + asked.seeds)
    fired: Counter[Fault] = Counter()
    failed: dict[int, str] = {}
    for done, (seed, faults, why) in enumerate(_outcomes(seeds, asked.workers), 1):
        fired += faults
        if why:
            failed[seed] = why
            print(f"seed {seed}: {why}", flush=True)
        if done % 500 == 0:
            print(f"{done} worlds, {len(failed)} failed", flush=True)
    _print_faults(fired)
    seconds = time.monotonic() - started
    print(f"{len(seeds)} worlds in {seconds:.0f} s, {len(failed)} broke a promise")
    for seed in [*failed][:_SHRINK]:
        print(
            f"\nseed {seed}: {failed[seed]}\n{shrink(story(seed), is_failing).told()}"
        )
    is_rare = len(seeds) >= LONG_RUN and any(fired[f] < LEAST for f in Fault)
    if is_rare:
        print(f"Some kind of fault fired fewer than {LEAST} times.")
    return 1 if failed or is_rare else 0


def _outcomes(seeds: range, workers: int) -> Iterator[Outcome]:
    if workers < 2:
        yield from map(run, seeds)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(run, seeds, chunksize=10)


def _print_faults(fired: Counter[Fault]) -> None:
    for fault in sorted(Fault, key=lambda each: -fired[each]):
        print(f"{fired[fault]:>8}  {fault.value}")


if __name__ == "__main__":
    sys.exit(main())
