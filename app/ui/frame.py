"""A screen as its view describes it; the shell puts it in its frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import flet as ft


class Span(Enum):
    """How wide the content may grow."""

    COLUMN = "column"
    FULL = "full"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One task: a title, what is read and filled, and one main action.

    `beside` stands next to the body on a wide page, and instead of it elsewhere.
    `back` replaces the way back, by the bar's sign, the device or the browser: a
    screen that has pages, or asks first whether to leave.
    Another `scroll_to_top` than before shows the content from its top again.
    `bare` leaves the strip and the bar away, and every way back that is not `back`:
    what a person may see in your hand.
    `person_language` is the catalogue whose words stand beside the staff's: the page
    says of each whether a clinician has reviewed them.
    """

    title: str
    body: Sequence[ft.Control]
    main: ft.Control | None = None
    quiet: ft.Control | None = None
    actions: Sequence[ft.Control] = ()
    beside: Sequence[ft.Control] | None = None
    dialog: ft.AlertDialog | None = None
    back: Callable[[], None] | None = None
    span: Span = Span.COLUMN
    bare: bool = False
    scroll_to_top: str = ""
    person_language: str = ""
