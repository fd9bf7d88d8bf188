"""Whatever breaks on the way: one state everywhere, and no acknowledged value lost."""

from collections import Counter

import pytest

from tests.convergence.faults import Fault
from tests.convergence.promises import check
from tests.convergence.shrink import shrink
from tests.convergence.story import Kind, Story, story

QUICK_SEEDS = range(20)
MANY_SEEDS = range(20, 320)
_WITH_SCOPES = 107
_CLAMPED = 83
"""Here a clock is ahead, and others read what it wrote from the real feed."""


@pytest.mark.parametrize("seed", QUICK_SEEDS)
def test_everybody_comes_to_the_same_records_and_no_value_is_lost(seed: int) -> None:
    check(story(seed))


def test_the_quick_worlds_have_every_part_and_every_kind_of_event() -> None:
    stories = [story(seed) for seed in QUICK_SEEDS]
    settings = [each.setting for each in stories]
    assert {each.name for each in settings} == {
        "model",
        "real log",
        "real vaults and log",
    }
    assert {each.fallible for each in settings} == {"server", "tablet", ""}
    assert {event.kind for each in stories for event in each.events} == {*Kind}


def test_the_worlds_are_as_bad_as_they_are_meant_to_be() -> None:
    fired: Counter[Fault] = Counter()
    for seed in range(100, 160):
        found = story(seed)
        if not found.setting.has_real_log:
            fired += check(found)
    fired += check(story(_WITH_SCOPES))  # Nobody leaves or is erased in a model.
    assert {*fired} == {*Fault}


def test_a_clamp_reaches_who_reads_the_feed() -> None:
    found = story(_CLAMPED)
    assert found.setting.name == "real log"
    check(found)


def test_a_seed_tells_one_story_and_has_one_outcome() -> None:
    assert story(5) == story(5)
    assert check(story(5)) == check(story(5))


def test_a_story_is_made_as_short_as_it_can_be() -> None:
    told = story(1)
    needed = (told.events[7], told.events[40])

    def fails(found: Story) -> bool:
        return all(event in found.events for event in needed)

    assert shrink(told, fails).events == needed
    assert "write" in told.told()


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_many_more_worlds_converge(seed: int) -> None:
    check(story(seed))
