"""Kills a backup and a restore at each STRIDEth step; prints JSON of what is wrong.

    python -m tests.storage.faults.killing_backup FOLDER STRIDE

Steps are SQLite's changes, and each opening, sync and renaming of a file.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from app.storage import Passphrase, Reopening, restore_backup
from tests.storage.faults.disk import Call, watch
from tests.storage.faults.killing import Killer
from tests.storage.faults.session import STEPS, Session
from tests.storage.tablets import ANA, QUICK, Tablet
from tests.support.operations import SequentialIds

WORDS = Passphrase("a long sentence of the house", QUICK)
PIN = "582046"
_CALLS = ("open", "fsync", "rename")


def backed_up(folder: Path) -> None:
    """Back a session up to folder/backup."""
    session = Session(Tablet(folder / "old"))
    session.open()
    session.unlock()
    session.vault.back_up(folder / "backup", WORDS)


def restored(folder: Path) -> None:
    """Restore folder/backup into folder/new."""
    tablet = Tablet(folder / "new", ids=SequentialIds("new"))
    new = Reopening(tablet.secret, tablet.wall, tablet.ids, ANA, PIN, QUICK)
    restore_backup(folder / "backup", tablet.vault_folder, WORDS, new)


def ends(folder: Path, action: Callable[[Path], None], at: int) -> bool:
    """Do an action in a child that dies at a step; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        killer = Killer(at)
        for name in _CALLS:
            setattr(os, name, _counted(getattr(os, name), killer))
        try:
            with watch(folder, killer):
                action(folder)
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL)


def _counted(do: Callable[..., object], killer: Killer) -> Callable[..., object]:
    def call(*given: object, **named: object) -> object:
        killer(Call("sync", "by Python"))
        return do(*given, **named)

    return call


def is_whole_backup(folder: Path) -> bool:
    """Tell whether there is no backup under its name, or a whole one."""
    if (folder / "backup").exists():
        restored(folder)
        return True
    backed_up(folder)  # What is left over is in nobody's way.
    return (folder / "backup").exists()


def is_whole_vault(folder: Path) -> bool:
    """Tell whether there is no vault under its name, or a whole one."""
    tablet = Tablet(folder / "new", ids=SequentialIds("later"))
    if not tablet.database.exists():
        restored(folder)
    vault_file, vault = tablet.open_enrolled(), None
    vault = vault_file.unlock(ANA, PIN)
    whole = vault.document("p1") is not None and vault.damaged == frozenset()
    vault_file.close()
    return whole


def main(folder: Path, stride: int) -> None:
    """Try every step of both, or one of some."""
    session = Session(Tablet(folder / "begun" / "old"))
    session.tablet.folder.mkdir(parents=True)
    for step in STEPS[:10]:
        step(session)
    session.close()
    wrong, steps, tried = [], {}, {}
    for action, check in ((backed_up, is_whole_backup), (restored, is_whole_vault)):
        at, done, count = 1 - stride, False, 0
        while not done:
            at, count = at + stride, count + 1
            work = folder / "work"
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(folder / "begun", work)
            (work / "new").mkdir()
            done = ends(work, action, at)
            if not check(work):
                wrong.append(f"{action.__name__} at {at}")
        steps[action.__name__], tried[action.__name__] = at, count - 1
        if action is backed_up:
            backed_up(folder / "begun")
    sys.stdout.write(json.dumps({"steps": steps, "tried": tried, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
