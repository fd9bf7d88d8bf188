"""A few rounds with real processes, on both databases; `make rounds` runs many."""

from pathlib import Path

import pytest

from tests.convergence.rounds import Figures, travel

# A server that is killed begins again while others wait: beside tests it is late.
pytestmark = pytest.mark.slow
ROUNDS = 3


def test_processes_that_are_cut_and_killed_come_to_one_state(tmp_path: Path) -> None:
    figures = Figures()
    travel(tmp_path, 1, ROUNDS, figures)
    _check(figures)


def test_they_do_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    figures = Figures()
    travel(tmp_path, 2, ROUNDS, figures, postgres_url)
    _check(figures)


def _check(figures: Figures) -> None:
    assert figures.rounds == ROUNDS
    assert figures.saved > 0
    assert sum(figures.fired.values()) > 0
