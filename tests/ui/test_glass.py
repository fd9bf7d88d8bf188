"""A reason is given once, and is a reason."""

from app.core.problems import ProblemCode
from app.ui.glass import (
    INTACT,
    MAX_REASON,
    Asked,
    BreakGlass,
    Broken,
    Closed,
    Confirmed,
    Event,
    Glass,
    Refused,
    WhyChosen,
    WhyTyped,
    decide,
)


def after(*happened: Event) -> tuple[Glass, list[BreakGlass]]:
    glass, written = INTACT, list[BreakGlass]()
    for event in happened:
        glass, effects = decide(glass, event)
        written += effects
    return glass, written


def test_a_tile_is_a_reason_and_another_reason_needs_words() -> None:
    assert after(Asked(), Confirmed())[1] == []
    assert after(Asked(), WhyTyped("because"), Confirmed())[1] == []
    assert after(WhyChosen("danger"), Confirmed())[1] == [BreakGlass("danger")]
    other = WhyChosen("other")
    assert after(other, WhyTyped("  "), Confirmed())[1] == []
    said = after(other, WhyTyped(" a  letter "), Confirmed())[1]
    assert said == [BreakGlass("other: a letter")]
    assert after(WhyChosen("odd"), Confirmed())[1] == []


def test_it_is_written_once_however_often_it_is_pressed() -> None:
    _, written = after(WhyChosen("danger"), Confirmed(), Confirmed(), Closed())
    assert len(written) == 1


def test_what_could_not_be_written_opens_nothing_and_keeps_the_reason() -> None:
    refused = Refused(ProblemCode.DISK_FULL)
    glass, _ = after(WhyChosen("danger"), WhyTyped("x"), Confirmed(), refused)
    assert (glass.is_broken, glass.busy, glass.reason) == (False, False, "danger: x")
    assert glass.problem is ProblemCode.DISK_FULL
    assert after(WhyChosen("danger"), Closed())[0] == INTACT
    assert after(WhyChosen("danger"), Confirmed(), Broken())[0].is_broken


def test_a_reason_has_an_end_and_is_in_no_error_text() -> None:
    glass = Glass(why="danger", text="She bleeds" * 1_000)
    assert len(glass.reason) <= MAX_REASON + len("danger: ")
    assert "bleeds" not in f"{glass}{WhyTyped('She bleeds')}{BreakGlass('bleeds')}"
