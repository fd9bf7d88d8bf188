"""Drawing of Look up: a card's code and a reason; then who was found."""

from collections.abc import Callable

import flet as ft

from app.core.ids import format_card_code
from app.core.problems import ProblemCode
from app.features.look_up.state import (
    AnotherPressed,
    AskPressed,
    CodeTyped,
    Event,
    Found,
    Model,
    OpenPressed,
    Why,
    WhyChosen,
    WhyTyped,
)
from app.i18n import formats, messages
from app.i18n.translator import Translator
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what is asked, or who was found."""
    _ = look.t.gettext
    if model.found is not None:
        return _found(model.found, dispatch, look)
    return Frame(
        title=_("Somebody of another site"),
        body=[*_told(look), *_asked(model, dispatch, look), *_said(model, look)],
        main=w.main_button(
            "lookup.ask",
            _("Ask the server"),
            lambda: dispatch(AskPressed()),
            ft.Icons.TRAVEL_EXPLORE,
            enabled=model.can_ask,
        ),
    )


def _told(look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.words(
            _(
                "Whoever was registered at another site can be brought onto this "
                "tablet, by the code on their card. This needs a network."
            )
        ),
        w.notice(
            "lookup.told",
            _(
                "Your name, the time and the reason are written down and can be "
                "checked."
            ),
        ),
    ]


def _asked(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    reasons = [
        w.Choice(Why.IS_HERE.value, _("The person is here now")),
        w.Choice(Why.SENT_HERE.value, _("Another site sends the person to us")),
        w.Choice(Why.DANGER.value, _("Somebody is in danger now")),
        w.Choice(Why.OTHER.value, _("Another reason")),
    ]
    asked: list[ft.Control] = [
        w.text_field(
            "lookup.code",
            _("Code on the card"),
            model.code,
            lambda text: dispatch(CodeTyped(text)),
            w.FieldOptions(is_ltr=True, is_enabled=not model.busy),
        ),
        w.section_title(_("Why?")),
        w.choice_list(
            "lookup.why",
            reasons,
            {model.why},
            look,
            w.one(lambda why: dispatch(WhyChosen(why))),
        ),
    ]
    if model.why == Why.OTHER:
        asked.append(
            w.text_field(
                "lookup.text",
                _("Say why"),
                model.text,
                lambda text: dispatch(WhyTyped(text)),
                w.FieldOptions(lines=2, is_enabled=not model.busy),
            )
        )
    return asked


def _said(model: Model, look: Look) -> list[ft.Control]:
    if model.busy:
        return [w.waiting("lookup.busy", look.t.gettext("Asking the server"))]
    if model.problem is None:
        return []
    sentence = _sentence(model.problem, look.t)
    return [w.notice("lookup.problem", sentence, w.Tone.WARNING)]


def _sentence(problem: ProblemCode, t: Translator) -> str:
    """What went wrong, and what one can do standing before the person."""
    if problem is ProblemCode.NOT_FOUND:
        return t.gettext(
            "Nobody with this card is on the server. Compare the code. If it is "
            "right, the tablet on which they were registered has not sent them yet."
        )
    if problem is ProblemCode.UNREACHABLE:
        return t.gettext(
            "There is no connection to the server, so nobody can be looked up now. "
            "Register the person here with this card: it becomes one record later."
        )
    return messages.problem(t, problem)


def _found(found: Found, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    told = (
        _("This person was on this tablet already. The server was not asked.")
        if found.was_here
        else _(
            "All of their record is on this tablet now. It leaves by itself after 30 "
            "days, unless the person is seen here."
        )
    )
    row = Row(
        t.isolate(found.name) if found.name else _("No name yet"),
        formats.code(t, format_card_code(found.card)),
        icon=ft.Icons.PERSON,
    )
    return Frame(
        title=_("Somebody of another site"),
        body=[w.list_row("lookup.person", row), w.notice("lookup.found", told)],
        main=w.main_button(
            "lookup.open", _("Open the record"), lambda: dispatch(OpenPressed())
        ),
        quiet=w.quiet_button(
            "lookup.another",
            _("Look up somebody else"),
            lambda: dispatch(AnotherPressed()),
        ),
    )
