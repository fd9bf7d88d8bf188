"""A session on a disk that refuses from some call on, until a step failed of it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.storage import DiskError, StorageError
from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.faults.power import shown
from tests.storage.faults.session import STEPS, Session, view
from tests.storage.tablets import Tablet
from tests.support.operations import SequentialIds

CODES = {
    "read": sqlite3.SQLITE_IOERR_READ,
    "write": sqlite3.SQLITE_FULL,
    "sync": sqlite3.SQLITE_IOERR_FSYNC,
    "truncate": sqlite3.SQLITE_IOERR_TRUNCATE,
    "open": sqlite3.SQLITE_CANTOPEN,
    "delete": sqlite3.SQLITE_IOERR_DELETE,
}
"""What the system's refusals become in SQLite's own VFS."""
ALSO = {"write": sqlite3.SQLITE_IOERR_WRITE}


@dataclass
class Refusing:
    """Refuses every call of one kind from the n-th on, while it is broken."""

    kind: str
    code: int
    at: int | None = None
    count: int = 0
    broken: bool = True
    refused: int = 0
    resting: bool = False

    def __call__(self, call: Call) -> Answer:
        """Do a call, or refuse it."""
        if call.kind != self.kind or self.resting:
            return DO_IT
        self.count += 1
        if self.at is None or self.count < self.at or not self.broken:
            return DO_IT
        self.refused += 1
        return Answer(code=self.code)

    def shown(self, session: Session) -> object:
        """Look at a session; what that reads is no part of it."""
        self.resting = True
        try:
            return shown(session)
        finally:
            self.resting = False


def whole(folder: Path, kind: str) -> tuple[list[object], int]:
    """Return what a session shows after each step, and its calls of a kind."""
    folder.mkdir()
    session, counter = Session(Tablet(folder)), Refusing(kind, 0)
    seen: list[object] = ["begun"]
    with watch(folder, counter):
        for number, step in enumerate(STEPS):
            begin(session, number)
            step(session)
            seen.append(counter.shown(session) or seen[-1])
    return seen, counter.count


def begin(session: Session, number: int) -> None:
    """Give a step ids of its own, whatever those before it used up."""
    ids = session.tablet.ids
    assert isinstance(ids, SequentialIds)
    ids.count = 1000 * number


def last_of(folder: Path, refusing: Refusing, seen: list[object]) -> object:
    """Do a session on such a disk, each step again once; return what is left.

    After a step that failed nothing is changed, and after the fault all goes on.
    """
    folder.mkdir()
    session = Session(Tablet(folder))
    with watch(folder, refusing):
        for number, step in enumerate(STEPS):
            begin(session, number)
            repeat(session, step, refusing, seen[number])
            after = refusing.shown(session) or seen[number + 1]
            assert after == seen[number + 1], f"{step.__name__} did something else"
    vault_file = Tablet(folder, ids=SequentialIds("afterwards")).open()
    try:
        return view(vault_file)
    finally:
        vault_file.close()


def repeat(
    session: Session,
    step: Callable[[Session], None],
    refusing: Refusing,
    before: object,
) -> None:
    """Do a step; if the disk refused, hold that nothing changed, and do it again."""
    ids = session.tablet.ids
    assert isinstance(ids, SequentialIds)
    count = ids.count
    failure: StorageError | None = None
    try:
        step(session)
    except StorageError as error:
        failure = error
    refusing.broken = refusing.broken and not refusing.refused
    if failure is None:
        return
    assert refusing.refused, "an error without a fault"
    assert isinstance(failure, DiskError), failure
    if step is Session.choose_pin and session.vault_file.has_slots:
        step = Session.unlock  # The PIN stands; only the opening failed.
    elif hasattr(session, "vault") and session.vault.is_open:
        assert refusing.shown(session) == before, f"{step.__name__} changed something"
    if step is not Session.unlock:
        ids.count = count
    step(session)
