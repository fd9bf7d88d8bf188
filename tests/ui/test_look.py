import pytest

from app.ui.look import Width, first_look


@pytest.mark.parametrize(
    ("pixels", "width"),
    [
        (None, Width.COMPACT),
        (360, Width.COMPACT),
        (800, Width.MEDIUM),
        (1100, Width.WIDE),
        (1280, Width.WIDE),
    ],
)
def test_a_pages_width_is_one_of_three_steps(pixels: float, width: Width) -> None:
    assert Width.of(pixels) is width


def test_a_look_in_another_language_runs_its_way_and_leaves_the_first_as_it_was() -> (
    None
):
    english = first_look("en", 360)
    arabic = english.with_language("ar")
    assert arabic.is_rtl
    assert not english.is_rtl
    assert arabic.width is english.width


def test_a_session_makes_one_translator_a_language() -> None:
    look = first_look("en", 360)
    assert look.in_language("ar") is look.with_language("ar").t


def test_two_sessions_share_no_translator() -> None:
    assert first_look("en", 360).t is not first_look("en", 360).t
