"""Every screen that names a person is a reading of their record, whoever made it."""

from collections.abc import Callable
from functools import partial

from app.clinic.desk import Desk
from app.ui.navigator import Navigator
from app.ui.routes import Register, Route
from app.ui.work import Work


def whose(route: Route) -> str:
    """Return the patient id whose record a screen shows, or nothing."""
    if isinstance(route, Register):
        return route.returning or route.family_of or ""
    found: str = getattr(route, "patient_id", "")
    return found


def watch(
    navigator: Navigator,
    work: Work,
    desk: Callable[[], Desk | None],
    told: Callable[[], None] = lambda: None,
) -> Callable[[], None]:
    """Write down each person whose record comes to the top, until it is ended.

    `told` is called after each: one may wait, since the disk refused it.
    """

    def moved() -> None:
        patient_id, at = whose(navigator.top.route), desk()
        if patient_id and at is not None:
            work.run(partial(at.trail.read, patient_id), _nothing, lambda _none: told())

    return navigator.subscribe(moved)


def _nothing(_none: None) -> None:
    """The trail answers nothing."""
