"""What a PIN costs to try, and what a search of all PINs costs who has the file.

With the tablet's files AND its device secret; without the secret no search begins. A
graphics card is bound by its memory: bandwidth / (m (3 t - 1)) guesses a second
(tobtu.com's formula for Argon2id; 960 GB/s is a Radeon RX 7900 XTX).
"""

import json
from functools import partial

from app.storage.pin_cost import STEPS
from app.storage.sealing import PinCost, new_salt, stretch_pin
from tests.benchmarks._measuring import timed

RUNS = 7
BANDWIDTH = 960e9
SECRETS = {"6 digits": 10**6, "8 digits": 10**8, "8 of a-z0-9, random": 36**8}
HOUR, YEAR = 3600.0, 365.25 * 86_400


def guesses(cost: PinCost) -> float:
    """Return how many a second one such card tries at most."""
    return BANDWIDTH / (cost.memory_kib * 1024 * (3 * cost.iterations - 1))


def told(seconds: float) -> str:
    """Say a time in words that one can compare."""
    if seconds < HOUR:
        return f"{seconds / 60:.1f} min"
    return (
        f"{seconds / HOUR:.0f} h" if seconds < YEAR else f"{seconds / YEAR:.0f} years"
    )


def main() -> None:
    """Measure each step, and print what all guesses take."""
    found = {}
    print(f"{'Argon2id':>10} {'ms here':>8}", *(f"{name:>30}" for name in SECRETS))
    for cost in STEPS:
        hashed = partial(stretch_pin, "428193", new_salt(), cost)
        # The least: what else the machine does only ever adds.
        least = min(timed(hashed) for _ in range(RUNS))
        name = f"{cost.memory_kib // 1024} MiB/{cost.iterations}"
        columns = [
            f"{told(count * least)} | {told(count / guesses(cost))}"
            for count in SECRETS.values()
        ]
        print(f"{name:>10} {least * 1000:8.0f}", *(f"{text:>30}" for text in columns))
        found[name] = round(least, 4)
    print("All guesses on one core like this one | on one graphics card.")
    print(json.dumps({"benchmark": "pin", "seconds": found}))


if __name__ == "__main__":
    main()
