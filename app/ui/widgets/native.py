"""Flet's class decorator, with the type that it lacks."""

from collections.abc import Callable
from typing import TypeVar, cast

import flet as ft

C = TypeVar("C", bound=ft.Control)


def native(name: str) -> Callable[[type[C]], type[C]]:
    """Make a class a control that the client draws under this name."""
    return cast("Callable[[type[C]], type[C]]", ft.control(name))
