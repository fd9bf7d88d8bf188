"""Drafts: kept until a save ends them, and under the names of who typed."""

import asyncio
import json
import threading
from dataclasses import dataclass, field
from functools import partial

import pytest

from app.clinic.drafting import DraftKeeper, Settling
from app.core.canonical import Json
from app.ui.failures import Failures
from app.ui.work import Lane, Work


@dataclass
class Content:
    content: bytes
    sole_author: str | None = "ana"

    def author_of(self, section: str, name: str, value: Json) -> str | None:
        said = json.loads(self.content)[section]
        return self.sole_author if said.get(name) == value else None


@dataclass
class Drawer:
    """A drawer in memory."""

    lying: dict[str, Content] = field(default_factory=dict)

    def save_draft(self, draft_id: str, patient_id: str, content: bytes) -> None:
        assert patient_id == "patient"
        self.lying[draft_id] = Content(content)

    def draft(self, draft_id: str) -> Content | None:
        return self.lying.get(draft_id)

    def drop_draft(self, draft_id: str) -> None:
        self.lying.pop(draft_id, None)


def keeper(drawer: Drawer) -> DraftKeeper:
    return DraftKeeper(drawer, "register", "patient")


def dropped(drawer: Drawer, settling: Settling) -> None:
    """What a commit does with the draft."""
    if settling.drop_draft is not None:
        drawer.drop_draft(settling.drop_draft)


def test_what_is_kept_is_there_for_the_next() -> None:
    drawer = Drawer()
    first = keeper(drawer)
    first.keep({"name": "أمينة"})
    assert keeper(drawer).load() == {"name": "أمينة"}


def test_nothing_kept_is_empty() -> None:
    assert keeper(Drawer()).load() == {}


def test_a_save_takes_the_draft_with_it() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    drafts.keep({"text": "Amina"})
    drafts.settle(partial(dropped, drawer))
    assert drafts.load() == {}


def test_a_save_that_failed_takes_no_keystroke_with_it() -> None:
    drafts = keeper(Drawer())
    drafts.keep({"text": "Amina"})

    def fail(_settling: Settling) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        drafts.settle(fail)
    assert drafts.load() == {"text": "Amina"}


def test_dropping_ends_what_was_typed_before() -> None:
    drafts = keeper(Drawer())
    drafts.keep({"text": "Am"})
    drafts.drop()
    assert drafts.load() == {}


def author_of_a_save(drafts: DraftKeeper) -> str | None:
    return drafts.settle(lambda settling: settling.author)


def test_what_somebody_left_and_nobody_touched_is_saved_as_theirs() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}')})
    assert author_of_a_save(keeper(drawer)) == "ana"


def test_what_was_typed_in_since_is_saved_by_who_saves() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}')})
    drafts = keeper(drawer)
    drafts.typing()  # It is not on the disk yet.
    assert author_of_a_save(drafts) is None


def test_what_two_typed_in_is_saved_by_who_saves() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}', sole_author=None)})
    assert author_of_a_save(keeper(drawer)) is None


def test_a_save_without_a_draft_is_by_who_saves() -> None:
    assert author_of_a_save(keeper(Drawer())) is None


def test_a_save_ends_what_was_typed_before_it_and_leaves_what_came_after() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    begun, go_on = threading.Event(), threading.Event()
    lying: list[str] = []

    def commit(settling: Settling) -> None:
        assert settling.kept is not None
        lying.append(settling.kept.content.decode())
        dropped(drawer, settling)
        begun.set()
        assert go_on.wait(5)

    async def story() -> None:
        work = Work(asyncio.get_running_loop(), Failures())
        lane = work.lane()
        told: list[str] = []
        for name in ("A", "Am", "Ami"):
            type_in(name, drafts, lane, told)
        lane.run(lambda: drafts.settle(commit), told.append, lambda _none: "saved")
        await asyncio.to_thread(begun.wait, 5)
        type_in("Amin", drafts, lane, told)
        type_in("Amina", drafts, lane, told)
        go_on.set()
        await work.settled()
        await asyncio.sleep(0)
        assert told[-3:] == ["Ami", "saved", "Amina"]

    asyncio.run(story())
    assert lying == ['{"text": "Ami"}']
    assert keeper(drawer).load() == {"text": "Amina"}


def type_in(text: str, drafts: DraftKeeper, lane: Lane, told: list[str]) -> None:
    """As screens do at each key."""
    drafts.typing()
    lane.newest(lambda: drafts.keep({"text": text}), told.append, lambda _none: text)
