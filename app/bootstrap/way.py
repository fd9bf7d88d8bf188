"""Where somebody was when the tablet locked: routes, which are ids, in memory alone."""

from dataclasses import dataclass, field

from app.core.access import Sensitivity, may_see
from app.ui.routes import (
    Disclosure,
    Home,
    Languages,
    LookUp,
    Register,
    Result,
    Route,
    Sync,
    ThisTablet,
)
from app.ui.scrolls import Offsets

HOME: tuple[Route, ...] = (Home(),)
_OF_NOBODY = (Home, LookUp, Register, Sync, Languages)


@dataclass(frozen=True, slots=True)
class Way:
    """The stack of places of a session that was locked, from the first to the top."""

    routes: tuple[Route, ...] = HOME
    offsets: Offsets = field(default_factory=dict)
    """How far the top place was scrolled."""

    def left_at(self, routes: tuple[Route, ...], offsets: Offsets) -> "Way":
        """Return the way to these places; to those before, if nobody was in yet."""
        return Way(routes, offsets) if routes[:1] == HOME else self

    def for_role(self, role: str) -> tuple[Route, ...]:
        """Return the places to show: up to the first that is not for this role.

        Drafts belong to the patient: who is entitled to a form goes on with it,
        whoever began it, and is the author of what is written from then on.
        """
        shown: list[Route] = []
        for route in self.routes:
            if not leads_on(role, route):
                break
            shown.append(route)
        return tuple(shown) or HOME


def leads_on(role: str, route: Route) -> bool:
    """Whether an unlock leads somebody straight to a place that a colleague left.

    To people, who may see answers; to a result, who may see what they mean; to a
    disclosure or a backup, nobody: it is opened anew by whom it is for. It is no lock:
    from Home one goes wherever a screen lets one.
    """
    if isinstance(route, _OF_NOBODY):
        return True
    if isinstance(route, Disclosure | ThisTablet):
        return False
    is_result = isinstance(route, Result)
    return may_see(role, Sensitivity.RESULT if is_result else Sensitivity.CLINICAL)
