"""Typing faster than the disk writes: the newest is kept, and tells that it was."""

import pytest

from app.clinic.drafting import DraftKeeper
from app.clinic.newest_draft import NewestDraft
from tests.clinic.test_drafting import Drawer, keeper


def drafts(drawer: Drawer) -> tuple[NewestDraft, DraftKeeper]:
    kept = keeper(drawer)
    return NewestDraft(kept), kept


def test_one_thread_comes_for_all_that_is_typed_before_it_runs() -> None:
    newest, kept = drafts(Drawer())
    came = [newest.take({"name": name}) for name in ("A", "Am", "Ami")]
    assert came == [True, False, False]
    assert newest.keep() == {"name": "Ami"}
    assert kept.load() == {"name": "Ami"}
    assert newest.take({"name": "Amin"})


def test_what_could_not_be_kept_does_not_stand_in_the_way_of_the_next() -> None:
    drawer = Drawer(is_full=True)
    newest, kept = drafts(drawer)
    newest.take({"name": "A"})
    with pytest.raises(TimeoutError):
        newest.keep()
    drawer.is_full = False
    assert newest.take({"name": "Am"})
    newest.keep()
    assert kept.load() == {"name": "Am"}


def test_a_draft_taken_before_a_save_is_not_kept_after_it() -> None:
    drawer = Drawer()
    newest, kept = drafts(drawer)
    newest.take({"name": "Ami"})
    kept.settle(kept.number(), lambda _settling: None)
    newest.keep()
    assert kept.load() == {}
