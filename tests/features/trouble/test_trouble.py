"""Trouble: what may be tried again, and what may not."""

from collections.abc import Callable

from app.core.problems import ProblemCode
from app.features.trouble.effects import Found, loop
from app.features.trouble.state import (
    AgainPressed,
    Effect,
    Event,
    LanguagesPressed,
    Model,
)
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import Languages, Trouble

IN_USE = ProblemCode.VAULT_IN_USE.value
CORRUPT = ProblemCode.VAULT_CORRUPT.value
Vain = Callable[[], None]


class Tablet:
    """A tablet whose records can't be opened."""

    def __init__(self, problem: str, kept: str = "") -> None:
        self.tries: list[Vain] = []
        self.navigator = Navigator(Trouble(problem, kept))
        place = Place(self.navigator, self.navigator.top)
        self.screen: Loop[Model, Event, Effect] = loop(
            self.tries.append, place, Found(problem, kept)
        )


def test_what_somebody_at_the_tablet_can_end_may_be_tried_again() -> None:
    tablet = Tablet(IN_USE)
    tablet.screen.dispatch(AgainPressed())
    assert len(tablet.tries) == 1


def test_a_try_in_vain_says_so_until_the_next_one() -> None:
    tablet = Tablet(IN_USE)
    tablet.screen.dispatch(AgainPressed())
    (in_vain,) = tablet.tries
    in_vain()
    assert tablet.screen.model.is_same
    tablet.screen.dispatch(AgainPressed())
    assert not tablet.screen.model.is_same


def test_a_damaged_file_is_never_passed_over_by_a_press() -> None:
    tablet = Tablet(CORRUPT, "kept")
    tablet.screen.dispatch(AgainPressed())
    assert tablet.tries == []
    assert tablet.screen.model.kept == "kept"


def test_who_cannot_read_the_trouble_chooses_another_language() -> None:
    tablet = Tablet(CORRUPT)
    tablet.screen.dispatch(LanguagesPressed())
    assert tablet.navigator.top.route == Languages()
