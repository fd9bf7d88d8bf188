"""Registering the minimum takes few actions; the figures are computed, not claimed."""

import pytest

from tests.benchmarks.register_minimum import (
    TARGET_SECONDS,
    Hands,
    main,
    with_card,
    without_card,
)


@pytest.mark.parametrize("hands", [with_card(), without_card()])
def test_the_minimum_is_registered_within_the_target(hands: Hands) -> None:
    assert hands.seconds <= TARGET_SECONDS


def test_a_card_is_the_only_thing_that_is_long_to_type() -> None:
    assert (with_card().pointings, with_card().keys) == (5, 13)
    assert (without_card().pointings, without_card().keys) == (6, 2)


def test_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert "| card | 5 | 13 | 18 | 9.6 |" in capsys.readouterr().out
