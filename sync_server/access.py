"""Who may call an endpoint: declared where it is checked, read from there by tests.

A dependency that lets somebody in is marked with `lets_in`. What an endpoint declares
is what its nearest marked dependencies say, so a declaration can't differ from the
check. An application with an endpoint that declares nothing is not made.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIRouter

from app.core.wire import Role

_MARK = "__lets_in__"
_Function = TypeVar("_Function", bound=Callable[..., object])


class Caller(StrEnum):
    """Who calls, apart from practitioners, who call by their roles."""

    ANYBODY = "anybody"
    DEVICE = "device"
    """An enrolled device."""
    REVOKED_DEVICE = "revoked-device"
    """One that was enrolled and revoked: it hands over what only it has."""


ROLES = frozenset(role.value for role in Role)


class UndeclaredAccess(TypeError):
    """An endpoint says of nobody that they may call it."""


def lets_in(*callers: str) -> Callable[[_Function], _Function]:
    """Mark a dependency: it lets these callers in, and nobody else."""

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, frozenset(str(caller) for caller in callers))
        return function

    return mark


def callers_of(route: APIRoute) -> frozenset[str]:
    """Return who may call an endpoint; raise UndeclaredAccess where nothing says so."""
    found = [*_declared(route.dependant)]
    if not found:
        raise UndeclaredAccess(
            f"{sorted(route.methods or ())} {route.path} does not say who may call "
            "it: take a dependency of sync_server.auth that is marked with `lets_in`."
        )
    return frozenset.intersection(*found)


def _declared(dependant: Dependant) -> Iterator[frozenset[str]]:
    """Yield what the nearest marked dependencies say; what they rest on is theirs."""
    for inner in dependant.dependencies:
        said: frozenset[str] | None = getattr(inner.call, _MARK, None)
        if said is None:
            yield from _declared(inner)
        else:
            yield said


def endpoints(router: APIRouter, prefix: str) -> Iterable[tuple[str, str, APIRoute]]:
    """Return a router's endpoints as (method in lower case, path, route)."""
    return [
        (method.lower(), prefix + route.path, route)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
