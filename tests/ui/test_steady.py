from app.ui.widgets.steady import TapGuard


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_second_tap_of_a_double_tap_is_ignored() -> None:
    clock = Clock()
    guard = TapGuard(0.4, clock)
    assert guard.admit(1, 0.0)
    clock.seconds += 0.2
    assert not guard.admit(1, 0.0)


def test_a_tap_that_comes_later_counts() -> None:
    clock = Clock()
    guard = TapGuard(0.4, clock)
    assert guard.admit(1, 0.0)
    clock.seconds += 0.5
    assert guard.admit(1, 0.0)


def test_an_echo_that_falls_on_the_next_screen_is_ignored() -> None:
    clock = Clock()
    guard = TapGuard(0.4, clock)
    assert guard.admit(1, 0.0)
    clock.seconds += 0.1
    came_at = clock.seconds
    clock.seconds += 0.1
    assert not guard.admit(2, came_at)


def test_quick_taps_on_two_controls_that_were_there_are_two_taps() -> None:
    clock = Clock()
    guard = TapGuard(0.4, clock)
    assert guard.admit(1, 0.0)
    clock.seconds += 0.1
    assert guard.admit(2, 0.0)


def test_a_first_tap_on_a_new_screen_counts_however_soon() -> None:
    clock = Clock()
    guard = TapGuard(0.4, clock)
    assert guard.admit(1, clock.seconds)
