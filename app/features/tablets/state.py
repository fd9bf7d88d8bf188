"""Tablets: who works on which, and what a coordinator allows them there."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.console_wire import Access, PersonAccess, TabletAccess
from app.core.people_wire import Grant, GrantKind
from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked before it is allowed: one thing, for one person."""

    kind: GrantKind
    person: PersonAccess


@dataclass(frozen=True, slots=True)
class Model:
    """The tablets by site, and the people on the one that is selected."""

    access: Access | None = None
    selected: str = ""
    wish: Wish | None = None
    allowed: Wish | None = None
    """What was just allowed, so that the screen can say so."""
    busy: bool = False
    problem: ProblemCode | None = None

    @property
    def tablet(self) -> TabletAccess | None:
        """The tablet that is selected."""
        tablets = self.access.tablets if self.access else ()
        return next((t for t in tablets if t.device_id == self.selected), None)

    def standing(self, practitioner_id: str) -> dict[str, Grant]:
        """What stands allowed to somebody on the tablet, by kind."""
        grants = self.tablet.grants if self.tablet else ()
        return {g.kind: g for g in grants if g.practitioner_id == practitioner_id}


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen came to the top."""


@dataclass(frozen=True, slots=True)
class RefreshPressed:
    """The server is asked again."""


@dataclass(frozen=True, slots=True)
class AccessLoaded:
    """What the server says."""

    access: Access


@dataclass(frozen=True, slots=True)
class TabletPressed:
    """A tablet is selected."""

    device_id: str


@dataclass(frozen=True, slots=True)
class AllowPressed:
    """Something may be allowed: it is asked whether."""

    kind: GrantKind
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class AllowConfirmed:
    """It is."""


@dataclass(frozen=True, slots=True)
class AskingClosed:
    """It is not."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The server keeps it for the tablet."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The server did not answer, or refused."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class BackPressed:
    """To the tablets, or out."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over: nothing of it stays here."""


Event = (
    Shown
    | RefreshPressed
    | AccessLoaded
    | TabletPressed
    | AllowPressed
    | AllowConfirmed
    | AskingClosed
    | Allowed
    | Failed
    | BackPressed
    | Closed
)


@dataclass(frozen=True, slots=True)
class LoadAccess:
    """Ask the server."""


@dataclass(frozen=True, slots=True)
class Allow:
    """Tell the server."""

    kind: GrantKind
    device_id: str
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """The session ended at the server."""


@dataclass(frozen=True, slots=True)
class GoBack:
    """Leave."""


Effect = LoadAccess | Allow | SignOut | GoBack


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | RefreshPressed():
            return Next(replace(model, problem=None), (LoadAccess(),))
        case AccessLoaded(access):
            return Next(replace(model, access=access))
        case TabletPressed(device_id):
            chosen = replace(model, selected=device_id, allowed=None, problem=None)
            return Next(chosen)
        case AllowPressed() | AllowConfirmed() | AskingClosed():
            return _wish(model, event)
        case Allowed():
            done = replace(model, busy=False, wish=None, allowed=model.wish)
            return Next(done, (LoadAccess(),))
        case Failed(problem):
            failed = replace(model, busy=False, wish=None, problem=problem)
            is_over = problem is ProblemCode.UNAUTHENTICATED
            return Next(failed, (SignOut(),) if is_over else ())
        case BackPressed() if model.selected:
            return Next(replace(model, selected="", allowed=None, problem=None))
        case BackPressed():
            return Next(model, (GoBack(),))
        case Closed():
            return Next(Model())
        case _:
            assert_never(event)


def _wish(
    model: Model, event: AllowPressed | AllowConfirmed | AskingClosed
) -> Next[Model, Effect]:
    """Nothing is allowed before somebody said twice that it is."""
    if model.busy or model.access is None:
        return Next(model)
    match event:
        case AllowPressed(kind, practitioner_id):
            people = model.access.people
            found = [p for p in people if p.practitioner_id == practitioner_id]
            if not found or not found[0].may_allow or model.tablet is None:
                return Next(model)
            wish = Wish(kind, found[0])
            return Next(replace(model, wish=wish, allowed=None, problem=None))
        case AllowConfirmed():
            if model.wish is None or model.tablet is None:
                return Next(model)
            whose = model.wish.person.practitioner_id
            effect = Allow(model.wish.kind, model.tablet.device_id, whose)
            return Next(replace(model, busy=True), (effect,))
        case AskingClosed():
            return Next(replace(model, wish=None))
        case _:
            assert_never(event)
