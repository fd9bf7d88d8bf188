"""Kills a session at each of its writes and opens what is left; prints JSON.

    python -m tests.storage.faults.killing FOLDER STRIDE

Each session runs in a child of its own that ends itself by SIGKILL. It tells through
a pipe how many steps were said to be saved; what is found afterwards must be all of
them, or all and the next one whole.
"""

import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.faults.session import STEPS, Session, view
from tests.storage.tablets import Tablet, save_patient
from tests.support.operations import SequentialIds

CHANGES = ("write", "truncate", "sync", "delete")


@dataclass
class Killer:
    """Counts what changes the disk; at the chosen one it ends the process."""

    at: int | None = None
    half: bool = False
    count: int = 0

    def __call__(self, call: Call) -> Answer:
        """Let a call pass, or be the last."""
        if call.kind not in CHANGES:
            return DO_IT
        self.count += 1
        if self.count == self.at and not (self.half and call.kind == "write"):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.count == self.at:
            return Answer(first=len(call.data) // 2)
        if self.at is not None and self.count > self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return DO_IT


def said(folder: Path, killer: Killer) -> int:
    """Run a session in a child that is killed; return the steps that it reported."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with watch(folder, killer):
                run(Session(Tablet(folder)), writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        reported = pipe.read()
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was to be killed"
    assert os.WTERMSIG(status) == signal.SIGKILL
    return len(reported)


def run(session: Session, writing: int) -> None:
    """Do every step; one byte down the pipe for each that returned."""
    for step in STEPS:
        step(session)
        os.write(writing, b".")


def views(folder: Path) -> tuple[list[object], int]:
    """Return what is there after each number of steps, and the writes of them all."""
    found: list[object] = [None]
    killer = Killer()
    for steps in range(1, len(STEPS) + 1):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        session, killer = Session(Tablet(folder)), Killer()
        with watch(folder, killer):
            for step in STEPS[:steps]:
                step(session)
        session.vault_file.close()
        found.append(seen(folder))
    return found, killer.count


def seen(folder: Path) -> object:
    """Open what is left, and prove that it works; return what it shows."""
    vault_file = Tablet(folder, ids=SequentialIds("afterwards")).open()
    try:
        shown = view(vault_file)
        if vault_file._vault is not None:
            save_patient(vault_file._vault, "later", "Later")
            assert vault_file._vault.document("later") is not None
        return shown
    finally:
        vault_file.close()


def problem(folder: Path, killer: Killer, expected: list[object]) -> str | None:
    """Kill a session once; say what is wrong with what it left, if anything is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    steps = said(folder, killer)
    shown = seen(folder)
    allowed = expected[max(steps, 1) : steps + 2]
    if shown in allowed:
        return None
    return f"at {killer.at}{' half' if killer.half else ''}: {steps} steps were said"


def main(folder: Path, stride: int) -> None:
    """Try every point, or each so manyth, before the call and in the middle of it."""
    expected, writes = views(folder / "whole")
    points = [
        (at, half)
        for at in range(1, writes + 1)
        for half in (False, True)
        if (2 * at + half) % stride == 0
    ]
    lost = [problem(folder / "killed", Killer(*point), expected) for point in points]
    result = {
        "writes": writes,
        "tried": len(points),
        "wrong": [one for one in lost if one is not None],
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
