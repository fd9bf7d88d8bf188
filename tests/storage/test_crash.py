"""A tablet that dies at any moment loses nothing of what it said was saved."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.ids import RandomIds
from tests.storage.tablets import Tablet

ROUNDS = 20
ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 0.25
START_SECONDS = 60.0


def run_and_kill(folder: Path, name: str, seconds: float) -> list[str]:
    """Run the writer, kill it some time after it opened, return its whole lines."""
    log = folder / f"{name}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.writer", str(folder), name],
            stdout=sink,
            cwd=ROOT,
        )
        try:
            wait_for_text(process, log)
            time.sleep(seconds)
        finally:
            process.kill()
            process.wait()
    return log.read_text().rpartition("\n")[0].splitlines()


def wait_for_text(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while log.stat().st_size == 0:
        assert process.poll() is None, "the writer ended by itself"
        assert time.monotonic() < deadline, "the writer did not start"
        time.sleep(0.005)


@pytest.mark.parametrize("rounds", [3, pytest.param(ROUNDS, marks=pytest.mark.slow)])
def test_nothing_reported_as_saved_is_missing(tmp_path: Path, rounds: int) -> None:
    moments = random.Random(754)
    reported: dict[str, set[str]] = {"draft": set(), "kept": set(), "replaced": set()}
    for number in range(rounds):
        seconds = moments.uniform(0.0, LONGEST_SECONDS)
        for line in run_and_kill(tmp_path, f"round{number}", seconds):
            word, name = line.split()
            reported[word].add(name)
        check(tmp_path, reported)
    assert reported["kept"]
    assert reported["replaced"]


def check(folder: Path, reported: dict[str, set[str]]) -> None:
    """Hold what the writer said against what is there after its end."""
    vault_file, vault = Tablet(folder, ids=RandomIds()).unlocked()
    try:
        saved = reported["kept"] | reported["replaced"]
        assert [r for r in saved if vault.document(r) is None] == []
        assert [r for r in saved if vault.summary(r) is None] == []
        drafts = {draft.draft_id.removeprefix("draft-") for draft in vault.drafts()}
        assert reported["kept"] <= drafts
        assert not reported["replaced"] & drafts
        # Of what was only typed, the draft is there, or already what it turned into.
        lost = reported["draft"] - drafts
        assert [r for r in lost if vault.document(r) is None] == []
        assert vault.damaged == frozenset()
        assert vault_file.kept_files == ()
        count = vault.counts().operations
        assert [n for n in range(count + 1) if vault.chain_digest(n) is None] == []
        assert vault.chain_digest(count + 1) is None
    finally:
        vault_file.close()
