"""Trouble: what may be tried again, and what may not."""

from app.core.problems import ProblemCode
from app.features.trouble.effects import loop
from app.features.trouble.state import AgainPressed


def test_what_somebody_at_the_tablet_can_end_may_be_tried_again() -> None:
    tried: list[bool] = []
    screen = loop(lambda: tried.append(True), ProblemCode.VAULT_IN_USE.value, "")
    screen.dispatch(AgainPressed())
    assert tried == [True]


def test_a_damaged_file_is_never_passed_over_by_a_press() -> None:
    tried: list[bool] = []
    screen = loop(lambda: tried.append(True), ProblemCode.VAULT_CORRUPT.value, "kept")
    screen.dispatch(AgainPressed())
    assert tried == []
    assert screen.model.kept == "kept"
