"""Drawing of what is closed to a role: the way to open it, and the question why."""

from collections.abc import Callable

import flet as ft

from app.core.access import may_break_glass
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.glass import (
    Asked,
    Closed,
    Confirmed,
    Event,
    Glass,
    OnGlass,
    Why,
    WhyChosen,
    WhyTyped,
)
from app.ui.look import Look

Dispatch = Callable[[OnGlass], None]


def show_it(key: str, role: str, dispatch: Dispatch, look: Look) -> ft.Control | None:
    """The way to what is closed, for a role that may open it."""
    if not may_break_glass(role):
        return None
    said = look.t.gettext("Show it for a reason")
    return w.quiet_button(key, said, lambda: dispatch(OnGlass(Asked())))


def is_open(key: str, look: Look) -> ft.Control:
    """Say that it is shown, how long, and that it is written down."""
    said = look.t.gettext(
        "Shown for the reason that you gave, until you leave this screen. "
        "It is written down."
    )
    return w.notice(key, said, w.Tone.WARNING)


def why_page(glass: Glass, dispatch: Dispatch, look: Look) -> Frame:
    """Ask why: a tile, and words beside it."""
    _ = look.t.gettext

    def tell(event: Event) -> None:
        dispatch(OnGlass(event))

    told = _("Your name, the time and the reason are written down and can be checked.")
    return Frame(
        title=_("Why do you need to see it?"),
        body=[
            w.notice("glass.told", told),
            *_problem(glass, look),
            w.choice_list(
                "glass.why",
                _reasons(look),
                {glass.why},
                look,
                w.one(lambda why: tell(WhyChosen(why))),
            ),
            w.text_field(
                "glass.text",
                _("What happened"),
                glass.text,
                lambda text: tell(WhyTyped(text)),
                w.FieldOptions(lines=3),
            ),
        ],
        main=w.main_button(
            "glass.show",
            _("Show it"),
            lambda: tell(Confirmed()),
            enabled=bool(glass.reason) and not glass.busy,
        ),
        back=lambda: tell(Closed()),
    )


def _reasons(look: Look) -> list[w.Choice]:
    _ = look.t.gettext
    return [
        w.Choice(Why.DANGER.value, _("Somebody is in danger now")),
        w.Choice(Why.NO_NURSE.value, _("No nurse can come")),
        w.Choice(Why.OTHER.value, _("Another reason")),
    ]


def _problem(glass: Glass, look: Look) -> list[ft.Control]:
    if glass.problem is None:
        return []
    sentence = messages.problem(look.t, glass.problem)
    return [w.notice("glass.problem", sentence, w.Tone.WARNING)]
