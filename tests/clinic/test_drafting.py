"""Drafts: the newest wins, whatever thread comes first, and a save ends them."""

import json
from dataclasses import dataclass, field
from functools import partial

import pytest

from app.clinic.drafting import DraftKeeper, Settling
from app.core.canonical import Json


@dataclass
class Content:
    content: bytes
    sole_author: str | None = "ana"

    def author_of(self, section: str, name: str, value: Json) -> str | None:
        said = json.loads(self.content)[section]
        return self.sole_author if said.get(name) == value else None


@dataclass
class Drawer:
    """A drawer in memory, with a disk that can be full."""

    lying: dict[str, Content] = field(default_factory=dict)
    is_full: bool = False

    def save_draft(self, draft_id: str, patient_id: str, content: bytes) -> None:
        assert patient_id == "patient"
        if self.is_full:
            raise TimeoutError
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
    first.keep(first.number(), {"name": "أمينة"})
    assert keeper(drawer).load() == {"name": "أمينة"}


def test_nothing_kept_is_empty() -> None:
    assert keeper(Drawer()).load() == {}


def test_a_late_thread_does_not_write_over_a_newer_draft() -> None:
    drafts = keeper(Drawer())
    early, late = drafts.number(), drafts.number()
    drafts.keep(late, {"text": "Amina"})
    drafts.keep(early, {"text": "Am"})
    assert drafts.load() == {"text": "Amina"}


def test_a_late_thread_brings_no_draft_back_after_the_save() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    typed, saved = drafts.number(), drafts.number()
    drafts.settle(saved, partial(dropped, drawer))
    drafts.keep(typed, {"text": "Amina"})
    assert drafts.load() == {}


def test_a_save_that_failed_takes_no_keystroke_with_it() -> None:
    drafts = keeper(Drawer())
    typed, saved = drafts.number(), drafts.number()

    def fail(_settling: Settling) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        drafts.settle(saved, fail)
    drafts.keep(typed, {"text": "Amina"})
    assert drafts.load() == {"text": "Amina"}


def test_a_draft_that_could_not_be_written_is_tried_again() -> None:
    drawer = Drawer(is_full=True)
    drafts = keeper(drawer)
    number = drafts.number()
    with pytest.raises(TimeoutError):
        drafts.keep(number, {"text": "Amina"})
    drawer.is_full = False
    drafts.keep(number, {"text": "Amina"})
    assert drafts.load() == {"text": "Amina"}


def test_dropping_ends_what_was_typed_before() -> None:
    drafts = keeper(Drawer())
    typed = drafts.number()
    drafts.keep(typed, {"text": "Am"})
    drafts.drop(drafts.number())
    assert drafts.load() == {}


def test_an_older_save_leaves_what_was_typed_after_it() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    saved, typed = drafts.number(), drafts.number()
    drafts.keep(typed, {"text": "Amina"})
    drafts.settle(saved, partial(dropped, drawer))
    assert keeper(drawer).load() == {"text": "Amina"}


def test_dropping_leaves_what_was_typed_after_it() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    dropping, typed = drafts.number(), drafts.number()
    drafts.keep(typed, {"text": "Amina"})
    drafts.drop(dropping)
    assert keeper(drawer).load() == {"text": "Amina"}


def test_after_an_overtaken_save_the_next_one_drops_the_draft() -> None:
    drawer = Drawer()
    drafts = keeper(drawer)
    saved, typed, later = drafts.number(), drafts.number(), drafts.number()
    drafts.keep(typed, {"text": "Amina"})
    drafts.settle(saved, partial(dropped, drawer))
    drafts.settle(later, partial(dropped, drawer))
    assert drafts.load() == {}


def author_of_a_save(drafts: DraftKeeper) -> str | None:
    return drafts.settle(drafts.number(), lambda settling: settling.author)


def test_what_somebody_left_and_nobody_touched_is_saved_as_theirs() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}')})
    assert author_of_a_save(keeper(drawer)) == "ana"


def test_what_was_typed_in_since_is_saved_by_who_saves() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}')})
    drafts = keeper(drawer)
    drafts.typing()  # Its thread may come after the save.
    assert author_of_a_save(drafts) is None


def test_what_two_typed_in_is_saved_by_who_saves() -> None:
    drawer = Drawer({"register": Content(b'{"name": "Amina"}', sole_author=None)})
    assert author_of_a_save(keeper(drawer)) is None


def test_a_save_without_a_draft_is_by_who_saves() -> None:
    assert author_of_a_save(keeper(Drawer())) is None
