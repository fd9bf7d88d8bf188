"""Search as you type over 10,000 patients: the time of each key."""

import tempfile
from functools import partial
from pathlib import Path

from app.core.summary import Station
from tests.benchmarks._measuring import figure, report, timed
from tests.benchmarks._vault_records import fill
from tests.storage.tablets import Tablet

PATIENTS = 10_000
ROUNDS = 5
TARGET_MS = 30.0
TYPED = ("amina haile", "فاطمه زينب", "Олена Петро", "ሰላም", "+49 170", "no such name")


def main() -> None:
    """Type each text key by key, several times over."""
    with tempfile.TemporaryDirectory() as folder:
        vault_file, vault = Tablet(Path(folder)).unlocked()
        fill(vault, PATIENTS)
        keys = [text[: n + 1] for text in TYPED for n in range(len(text))]
        first = [timed(partial(vault.search, key)) for key in keys]
        again = [
            timed(partial(vault.search, key)) for _ in range(ROUNDS) for key in keys
        ]
        queue = [timed(lambda: vault.queue(Station.TRIAGE)) for _ in range(ROUNDS)]
        found = {text: len(vault.search(text, PATIENTS)) for text in TYPED}
        vault_file.close()
    print(f"{PATIENTS} patients; found: {found}")
    figures = [
        figure("a key, the first time", first, TARGET_MS),
        figure("a key, again", again, TARGET_MS),
        figure("the queue of a station", queue, TARGET_MS),
    ]
    report("search", figures)


if __name__ == "__main__":
    main()
