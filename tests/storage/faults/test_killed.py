"""A tablet that dies at any moment loses nothing of what it said was saved.

`make test` tries a fixed sample, `make test-slow` every write and sync of a session.
"""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.faults.killing import seen
from tests.storage.faults.power import Rest, after_the_power_failed, record
from tests.storage.tablets import Tablet

ROOT = Path(__file__).parents[3]
SAMPLE = 47
EVERY = pytest.param(1, marks=pytest.mark.slow)


@pytest.mark.parametrize("stride", [SAMPLE, EVERY])
def test_killed_at_a_write_nothing_said_to_be_saved_is_missing(
    tmp_path: Path, stride: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.faults.killing", tmp_path, str(stride)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["writes"] > 300
    assert result["tried"] >= 2 * result["writes"] // stride


@pytest.mark.parametrize("stride", [SAMPLE, EVERY])
def test_without_what_was_not_synced_nothing_said_to_be_saved_is_missing(
    tmp_path: Path, stride: int
) -> None:
    recording = record(tmp_path)
    begun, tried = recording.seen[1], 0
    expected = [begun if one == "begun" else one for one in recording.seen]
    for calls in range(stride, len(recording.calls) + 1, stride):
        for rest in Rest:
            where = tmp_path / "after"
            steps = after_the_power_failed(recording, calls, rest, where)
            assert seen(where) in expected[max(steps - 1, 0) : steps + 1], (calls, rest)
            tried += 1
    assert tried >= 3 * (len(recording.calls) // stride)


def test_a_vault_whose_journal_mode_was_being_changed_opens(tmp_path: Path) -> None:
    """A version before left such a file when it died at its first start."""
    tablet = Tablet(tmp_path)
    tablet.open().close()
    with closing(sqlite3.connect(tablet.database)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")
    copies: list[tuple[str, bytes]] = []

    def keep(call: Call) -> Answer:
        if call.kind == "sync" and call.name == "vault/vault.db":
            found = tablet.vault_folder.glob("vault.db*")
            copies[:] = [(path.name, path.read_bytes()) for path in found]
        return DO_IT

    with watch(tmp_path, keep), closing(sqlite3.connect(tablet.database)) as driver:
        driver.execute("PRAGMA journal_mode = WAL")
    assert "vault.db-journal" in dict(copies)
    for name, content in copies:
        (tablet.vault_folder / name).write_bytes(content)
    tablet.open().close()
