"""How much goes at once: more on a good line, less on a bad one."""

import pytest

from app.sync.pace import LEAST_BYTES, Pace


class Line:
    """A clock, and a question whose answer takes as long as it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pace = Pace(lambda: self.now)

    def ask(self, seconds: float) -> None:
        def question() -> None:
            self.now += seconds

        self.pace.timed(question)

    def cut(self) -> None:
        def question() -> None:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            self.pace.timed(question)


@pytest.fixture
def line() -> Line:
    return Line()


def test_it_doubles_after_a_quick_answer_up_to_a_megabyte(line: Line) -> None:
    sizes = []
    for _answer in range(5):
        sizes.append(line.pace.bytes // LEAST_BYTES)
        line.ask(0.1)
    assert sizes == [4, 8, 16, 32, 32]
    assert (line.pace.operations, line.pace.patients) == (500, 1_000)


def test_it_halves_after_a_slow_answer_or_a_cut_down_to_the_least(line: Line) -> None:
    line.ask(9)
    assert (line.pace.bytes, line.pace.operations) == (2 * LEAST_BYTES, 32)
    line.cut()
    line.cut()
    assert (line.pace.bytes, line.pace.operations) == (LEAST_BYTES, 16)
    assert line.pace.patients == 32


def test_it_stays_where_an_answer_is_neither_quick_nor_slow(line: Line) -> None:
    line.ask(5)
    assert line.pace.bytes == 4 * LEAST_BYTES


def test_the_answer_is_handed_on() -> None:
    assert Pace().timed(lambda: "answer") == "answer"
