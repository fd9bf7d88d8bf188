"""The hybrid clock never goes back, whatever the wall clock does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import HybridClock, HybridTimestamp, system_wall_ms
from tests.core.strategies import STAMPS


class SetWall:
    """A wall clock that is set by hand."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@given(st.lists(st.integers(0, 10), min_size=1), STAMPS, st.data())
def test_each_stamp_is_greater_than_all_before(
    walls: list[int], seen: HybridTimestamp, data: st.DataObject
) -> None:
    wall = SetWall(0)
    clock = HybridClock("device-a", wall)
    before = [seen]
    clock.observe(seen)
    for now in walls:
        wall.now = now
        if data.draw(st.booleans()):
            other = data.draw(STAMPS)
            clock.observe(other)
            before.append(other)
        stamp = clock.tick()
        assert all(
            (stamp.wall_ms, stamp.counter) > (old.wall_ms, old.counter)
            for old in before
        )
        before.append(stamp)


@given(STAMPS, st.integers(0, 10))
def test_a_restart_with_the_last_stamp_goes_on_after_it(
    last: HybridTimestamp, now: int
) -> None:
    clock = HybridClock("device-a", SetWall(now), last)
    stamp = clock.tick()
    assert (stamp.wall_ms, stamp.counter) > (last.wall_ms, last.counter)


def test_the_wall_time_is_taken_when_it_is_ahead() -> None:
    clock = HybridClock("device-a", SetWall(1000))
    assert clock.tick() == HybridTimestamp(1000, 0, "device-a")
    assert clock.tick() == HybridTimestamp(1000, 1, "device-a")


def test_a_stamp_from_the_far_future_moves_the_clock_to_its_clamp_only() -> None:
    clock = HybridClock("device-a", SetWall(1000))
    clock.observe(HybridTimestamp(9_000_000, 3, "device-b"), clamp_ms=2000)
    assert clock.tick() == HybridTimestamp(2000, 1, "device-a")


@given(STAMPS, st.integers(0, 8))
def test_a_clamp_never_moves_a_clock_further_than_the_stamp_itself(
    stamp: HybridTimestamp, clamp_ms: int
) -> None:
    clamped, free = (HybridClock("device-a", SetWall(0)) for _ in range(2))
    clamped.observe(stamp, clamp_ms)
    free.observe(stamp)
    assert clamped.last <= free.last


@given(STAMPS)
def test_a_stamp_survives_its_json(stamp: HybridTimestamp) -> None:
    assert HybridTimestamp.from_json(stamp.to_json()) == stamp


@pytest.mark.parametrize(
    "value",
    [None, [], [1, 2], [-1, 0, "d"], [0, -1, "d"], ["1", 0, "d"], [1, 0, 7], "stamp"],
)
def test_what_is_not_a_stamp_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a hybrid timestamp"):
        HybridTimestamp.from_json(value)


@pytest.mark.parametrize("value", [[True, 0, "d"], [0, False, "d"]])
def test_a_truth_value_is_not_a_time(value: object) -> None:
    with pytest.raises(ValueError, match="not a hybrid timestamp"):
        HybridTimestamp.from_json(value)


def test_the_system_clock_tells_milliseconds_of_this_century() -> None:
    year_2020, year_2100 = 1_577_836_800_000, 4_102_444_800_000
    assert year_2020 < system_wall_ms() < year_2100
