"""What a disk holds when the power fails: what was synced, and any part of the rest."""

import random
import shutil
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.faults.session import STEPS, Session, view_before, view_of
from tests.storage.tablets import Tablet
from tests.support.operations import SequentialIds

BEGINNING = 5
"""Steps that are done and closed before the recording: the tablet is set up."""
_CHANGES = ("open", "write", "truncate", "sync", "delete")


class Rest(StrEnum):
    """What reached the disk of what was not synced."""

    NOTHING = "nothing"
    ALL = "all"
    SOME = "some"
    """A seeded part, in no order, some writes only by half."""


@dataclass
class Recording:
    """The calls of a session, how many steps each came after, and what was there."""

    folder: Path
    calls: list[tuple[int, Call]] = field(default_factory=list)
    seen: list[object] = field(default_factory=list)
    """What was shown after so many steps."""
    begun: bool = False

    def __call__(self, call: Call) -> Answer:
        """Write a call down."""
        if call.kind in _CHANGES:
            self.calls.append((len(self.seen), call))
        return DO_IT


def record(folder: Path) -> Recording:
    """Run a session of a tablet that is set up, and write down its calls."""
    recording = Recording(folder / "begun")
    recording.folder.mkdir()
    session = Session(Tablet(recording.folder))
    for step in STEPS[:BEGINNING]:
        step(session)
    session.close()
    work = folder / "work"
    shutil.copytree(recording.folder, work)
    session = Session(Tablet(work, ids=SequentialIds("second")))
    with watch(work, recording):
        for step in (Session.open, Session.unlock, *STEPS[BEGINNING:]):
            step(session)
            recording.seen.append(shown(session) or recording.seen[-1])
    return recording


def shown(session: Session) -> object:
    """What a session shows; None before it is unlocked, and once it is locked."""
    if not hasattr(session, "vault"):
        return "begun"
    if not session.vault.is_open:
        return None
    return *view_before(session.vault_file), *view_of(session.vault)


@dataclass
class _Disk:
    """Files by name, as they are for certain, and what is under way."""

    files: dict[str, bytearray]
    waiting: list[Call] = field(default_factory=list)

    def take(self, call: Call) -> None:
        if call.kind != "sync":
            self.waiting.append(call)
            return
        mine = [one for one in self.waiting if one.name == call.name]
        self.waiting = [one for one in self.waiting if one.name != call.name]
        for one in mine:
            self.do(one)

    def do(self, call: Call) -> None:
        if call.kind == "delete":
            self.files.pop(call.name, None)
            return
        file = self.files.setdefault(call.name, bytearray())
        if call.kind == "truncate":
            del file[call.at :]
        if call.kind == "write":
            file.extend(bytes(max(0, call.at - len(file))))
            file[call.at : call.at + len(call.data)] = call.data


def after_the_power_failed(
    recording: Recording, calls: int, rest: Rest, target: Path
) -> int:
    """Lay a disk out as it is after so many calls; return the steps that were said."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(recording.folder, target)
    names = [p for p in target.rglob("*") if p.is_file()]
    disk = _Disk({str(p.relative_to(target)): bytearray(p.read_bytes()) for p in names})
    for _step, call in recording.calls[:calls]:
        disk.take(call)
    for call in _chosen(disk.waiting, rest, random.Random(calls)):
        disk.do(call)
    for path in names:
        path.unlink()
    for name, content in disk.files.items():
        (target / name).write_bytes(content)
    return recording.calls[calls - 1][0]


def _chosen(waiting: list[Call], rest: Rest, chance: random.Random) -> list[Call]:
    if rest is Rest.NOTHING:
        return []
    if rest is Rest.ALL:
        return waiting
    some = [call for call in waiting if chance.random() < 0.5]
    chance.shuffle(some)
    return [
        Call(call.kind, call.name, call.at, call.data[: len(call.data) // 2])
        if chance.random() < 0.3
        else call
        for call in some
    ]
