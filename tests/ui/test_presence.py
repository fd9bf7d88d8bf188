"""Who is there is not locked out; who left is covered at once and locked in time."""

import pytest

from app.ui.presence import Patience, Presence, Shade, unwatched
from tests.support.timers import Timers

FIVE_MINUTES = Patience(idle=300, covered=60)


class Watched:
    """A presence of a test: what it showed, and whether it locked."""

    def __init__(self, patience: Patience = FIVE_MINUTES) -> None:
        self.timers = Timers()
        self.locks = 0
        self.presence = Presence(self.timers.ticking, self._lock)
        self.presence.begin(patience)

    def shade(self) -> Shade:
        """What stands over the screen now."""
        return self.presence.value

    def _lock(self) -> None:
        self.locks += 1
        self.presence.end()


def test_nobody_touches_it_a_warning_stands_and_then_it_locks() -> None:
    watched = Watched()
    watched.timers.advance(279)
    assert watched.shade() is Shade.NONE
    watched.timers.advance(1)
    assert watched.shade() is Shade.WARNING
    watched.timers.advance(19)
    assert watched.locks == 0
    watched.timers.advance(1)
    assert watched.locks == 1
    assert watched.shade() is Shade.NONE
    assert watched.timers.waiting == []


def test_any_touch_begins_the_time_anew() -> None:
    watched = Watched()
    for _ in range(20):
        watched.timers.advance(270)
        watched.presence.touched()
    assert watched.locks == 0
    watched.timers.advance(299)
    assert watched.locks == 0
    watched.timers.advance(1)
    assert watched.locks == 1


def test_a_touch_takes_the_warning_away() -> None:
    watched = Watched()
    watched.timers.advance(295)
    assert watched.shade() is Shade.WARNING
    watched.presence.touched()
    assert watched.shade() is Shade.NONE
    watched.timers.advance(295)
    assert watched.locks == 0


def test_leaving_the_foreground_covers_at_once_and_locks_after_a_minute() -> None:
    watched = Watched()
    watched.presence.went_away()
    assert watched.shade() is Shade.COVER
    watched.timers.advance(59)
    assert watched.locks == 0
    assert watched.shade() is Shade.COVER
    watched.timers.advance(1)
    assert watched.locks == 1


def test_inactive_then_hidden_then_paused_is_one_leaving() -> None:
    watched = Watched()
    for _ in range(3):
        watched.presence.went_away()
        watched.timers.advance(25)
    assert watched.locks == 1


def test_who_comes_back_in_time_goes_on_and_is_there() -> None:
    watched = Watched()
    watched.timers.advance(250)
    watched.presence.went_away()
    watched.timers.advance(45)
    watched.presence.came_back()
    assert watched.shade() is Shade.NONE
    watched.timers.advance(279)
    assert watched.locks == 0
    assert watched.shade() is Shade.NONE


def test_the_cover_stays_while_the_idle_time_runs_out_under_it() -> None:
    watched = Watched(Patience(idle=40, covered=600))
    watched.presence.went_away()
    watched.timers.advance(39)
    assert watched.shade() is Shade.COVER
    watched.timers.advance(1)
    assert watched.locks == 1


@pytest.mark.parametrize("comes", ["touched", "came_back", "went_away"])
def test_a_device_that_slept_locks_as_it_wakes_whatever_comes_first(
    comes: str,
) -> None:
    watched = Watched()
    watched.timers.sleep(4_000)
    getattr(watched.presence, comes)()
    assert watched.locks == 1
    assert watched.shade() is Shade.NONE


def test_coming_back_too_late_is_no_way_around_the_lock() -> None:
    watched = Watched()
    watched.presence.went_away()
    watched.timers.sleep(61)
    watched.presence.came_back()
    assert watched.locks == 1


def test_a_site_may_be_more_impatient_than_the_warning_is_long() -> None:
    watched = Watched(Patience(idle=10, covered=5))
    watched.timers.advance(4)
    assert watched.shade() is Shade.NONE
    watched.timers.advance(1)
    assert watched.shade() is Shade.WARNING
    watched.timers.advance(5)
    assert watched.locks == 1


def test_a_locked_tablet_shows_and_locks_nothing() -> None:
    watched = Watched()
    watched.presence.end()
    for comes in ("touched", "went_away", "came_back"):
        getattr(watched.presence, comes)()
    watched.timers.advance(10_000)
    assert watched.shade() is Shade.NONE
    assert watched.locks == 0


def test_a_session_that_nobody_watches_has_no_shade() -> None:
    presence = unwatched()
    presence.went_away()
    presence.touched()
    assert presence.value is Shade.NONE
