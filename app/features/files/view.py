"""Drawing of Files: one file in, one file back, each in a sentence."""

from collections.abc import Callable

import flet as ft

from app.core.answer import TakenIn
from app.core.problems import ProblemCode
from app.features.files.state import (
    Busy,
    Event,
    Given,
    GivePressed,
    Model,
    StopPressed,
    TakePressed,
)
from app.i18n import N_, Translator, messages
from app.i18n.sizes import data_size
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]
# On a tablet these speak of the tablet in one's hand; here it lies elsewhere.
_HERE = {
    ProblemCode.CHAIN_GAP: N_(
        "The server lacks what this tablet sent before, so nothing more of it can be "
        "taken in yet. Nothing is lost. Save a file for the tablet, let it take that "
        "in, then bring a new file."
    ),
    ProblemCode.UNKNOWN_DEVICE: N_(
        "The server does not know the tablet that made this file. Nothing is lost: "
        "the tablet still has everything. Tell your administrator."
    ),
    ProblemCode.DEVICE_REVOKED: N_(
        "The tablet that made this file was blocked. Nothing was taken in. "
        "Tell your administrator."
    ),
    ProblemCode.DEVICE_FORKED: N_(
        "Two tablets are copies of each other, and this file is from one of them. "
        "What it adds was not taken in. Keep the tablet, and tell your administrator."
    ),
    ProblemCode.NOT_FOUND: N_(
        "No file of this tablet was taken in yet. Take one in first."
    ),
}


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what to do, what is under way, and what came of it."""
    _ = look.t.gettext
    body: list[ft.Control] = [
        w.words(
            _(
                "A tablet without a network is saved to a stick from its lock screen. "
                "Take that file in here; then save a file for the tablet, so that it "
                "knows what arrived and gets what others wrote."
            )
        ),
        *_under_way(model, look),
        *_came_of_it(model, look),
    ]
    return Frame(
        title=_("Files from tablets"),
        body=body,
        main=_main(model, dispatch, look),
        quiet=_give(model, dispatch, look),
    )


def _main(model: Model, dispatch: Dispatch, look: Look) -> ft.Control:
    _ = look.t.gettext
    if model.busy is Busy.TAKING:
        return w.main_button(
            "files.stop",
            _("Stop"),
            lambda: dispatch(StopPressed()),
            ft.Icons.STOP,
            enabled=not model.is_stopping,
        )
    return w.main_button(
        "files.take",
        _("Take a file in"),
        lambda: dispatch(TakePressed()),
        ft.Icons.UPLOAD_FILE,
        enabled=model.busy is None,
    )


def _give(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    if model.taken is None or model.busy is Busy.TAKING:
        return None
    t = look.t
    name = model.taken.device_name
    template = t.gettext("Save a file for {tablet}")
    label = t.fill(template, tablet=t.isolate(name) or t.gettext("the tablet"))
    return w.quiet_button(
        "files.give",
        label,
        lambda: dispatch(GivePressed()),
        ft.Icons.USB,
        enabled=model.busy is None,
    )


def _under_way(model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    match model.busy:
        case Busy.CHOOSING:
            return [w.waiting("files.busy", _("Choose the file"))]
        case Busy.GIVING:
            return [w.waiting("files.busy", _("Making the file"))]
        case Busy.TAKING if model.is_stopping:
            return [w.waiting("files.busy", _("Stopping after this part"))]
        case Busy.TAKING if model.moved is not None:
            moved = model.moved
            said = t.fill(
                _("{done} of {total} changes sent, {size}"),
                done=moved.done,
                total=moved.total,
                size=data_size(t, moved.sent_bytes),
            )
            return [w.progress("files.busy", said, moved.done, moved.total)]
        case Busy.TAKING:
            return [w.waiting("files.busy", _("Taking in the file"))]
        case _:
            return []


def _came_of_it(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    if model.was_stopped:
        said = _("Stopped. What was taken in stays. Take the same file in again.")
        found.append(w.notice("files.stopped", said))
    if model.problem is not None:
        sentence = problem_here(look.t, model.problem)
        found.append(w.notice("files.problem", sentence, w.Tone.WARNING))
    if model.taken is not None:
        found += _taken(model.taken, look)
    if model.given is not None:
        found += _given(model.given, look)
    return found


def problem_here(t: Translator, code: ProblemCode) -> str:
    """What went wrong with a file, for whoever is not at the tablet."""
    return t.gettext(_HERE[code]) if code in _HERE else messages.problem(t, code)


def _taken(taken: TakenIn, look: Look) -> list[ft.Control]:
    t = look.t
    name = t.isolate(taken.device_name) or t.gettext("A tablet without a name")
    fresh = t.ngettext(
        "{tablet}: {count} change was taken in.",
        "{tablet}: {count} changes were taken in.",
        taken.accepted,
    )
    said = [t.fill(fresh, tablet=name, count=taken.accepted)]
    if taken.duplicates:
        known = t.ngettext(
            "{count} change had arrived before.",
            "{count} changes had arrived before.",
            taken.duplicates,
        )
        said.append(t.fill(known, count=taken.duplicates))
    found: list[ft.Control] = [w.notice("files.taken", " ".join(said))]
    if taken.set_aside:
        refused = t.ngettext(
            "{count} change was set aside. It is kept, and waits for somebody to look.",
            "{count} changes were set aside. They are kept, and wait for somebody to "
            "look.",
            taken.set_aside,
        )
        text = t.fill(refused, count=taken.set_aside)
        found.append(w.notice("files.set_aside", text, w.Tone.WARNING))
    return found


def _given(given: Given, look: Look) -> list[ft.Control]:
    t = look.t
    said = t.fill(
        t.gettext(
            "Saved as {name}. On the tablet, unlock it, open “Sending and receiving” "
            "and take this file in."
        ),
        name=t.isolate_ltr(given.name),
    )
    found: list[ft.Control] = [w.notice("files.given", said)]
    if given.more:
        more = t.gettext(
            "There is more for this tablet than fits in one file. When it has taken "
            "this one in, bring its next file, then save another one for it."
        )
        found.append(w.notice("files.more", more))
    return found
