"""From the right PIN to a searchable home, with 10,000 patients in the vault.

Key derivation is left out: Argon2id is as slow as it was chosen to be.
"""

import tempfile
from pathlib import Path

from tests.benchmarks._measuring import figure, report, timed
from tests.benchmarks._vault_records import fill
from tests.storage.tablets import ANA, PIN, Tablet

PATIENTS = 10_000
RUNS = 7
TAIL = 900
TARGET_MS = 1_000.0


def main() -> None:
    """Fill a vault, then unlock it again and again."""
    with tempfile.TemporaryDirectory() as folder:
        tablet = Tablet(Path(folder))
        vault_file, vault = tablet.unlocked()
        filling = timed(lambda: fill(vault, PATIENTS))
        locking = timed(vault.close)
        unlocks = [timed(lambda: vault_file.unlock(ANA, PIN)) for _ in range(RUNS)]
        vault_file.close()
        size = tablet.database.stat().st_size
        opening = [timed(lambda: tablet.open().close()) for _ in range(RUNS)]
        print(f"{PATIENTS} patients, {size / 1e6:.1f} MB")
        figures = [
            figure("unlock to home, from the snapshot", unlocks, TARGET_MS),
            figure("open and check the file, locked", opening),
            figure("lock, with the snapshot made", [locking]),
            figure("take in one page of the feed", [filling / (PATIENTS / 100)]),
        ]
        report("vault_open", figures)


if __name__ == "__main__":
    main()
