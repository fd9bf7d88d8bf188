"""Drawing of Handover: how much, how far, what happened; never a name."""

from collections.abc import Callable

import flet as ft

from app.features.handover.state import (
    Event,
    Model,
    Moved,
    SavePressed,
    SendPressed,
    StopPressed,
    Waiting,
)
from app.i18n import messages
from app.i18n.sizes import data_size
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.unsent_words import OnlyHere, keep_the_tablet, only_here_notice

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what waits for the server, and the two ways by which it leaves."""
    _ = look.t.gettext
    body = [*_waiting(model, look), *_happened(model, look)]
    if model.has_something and not model.is_busy:
        body.append(keep_the_tablet("handover.keep", look))
    is_sent = model.waiting is not None and model.waiting.is_sent
    return Frame(
        title=_("Sent") if is_sent else _("Not sent yet"),
        body=body,
        main=_main(model, dispatch, look) if model.may_send else None,
        quiet=_save(model, dispatch, look),
    )


def _waiting(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    if not model.is_loaded:
        return [w.waiting("handover.loading", _("Looking what waits"))]
    if model.waiting is None:
        if model.problem is not None:
            return []
        text, hint = _("Nothing waits to be sent"), _("You can go back.")
        return [w.empty_state("handover.nothing", text, hint, ft.Icons.CHECK)]
    if model.waiting.is_sent:
        return _sent(model.waiting, look)
    waited = model.now_ms - model.waiting.oldest_at
    here = OnlyHere(model.waiting.records, waited)
    if not here.records:
        said = _("Only notes of who read what wait to be sent.")
        return [w.words(said), *_partly(model, look)]
    return [*only_here_notice("handover.only_here", here, look), *_partly(model, look)]


def _partly(model: Model, look: Look) -> list[ft.Control]:
    """What went before it was stopped or broke off; it need not go again."""
    t, waiting = look.t, model.waiting
    if waiting is None or not waiting.changes_sent or model.is_sending:
        return []
    template = t.gettext("{done} of {total} changes have been sent. Sending goes on.")
    said = t.fill(template, done=waiting.changes_sent, total=waiting.changes)
    return [w.words(said)]


def _sent(waiting: Waiting, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    said = _("All of it was sent. The tablet confirms it at the next unlock.")
    found: list[ft.Control] = [w.notice("handover.sent", said)]
    if waiting.refused:
        template = t.ngettext(
            "The server did not accept {count} change. It is kept on this tablet. "
            "Unlock it to see why.",
            "The server did not accept {count} changes. They are kept on this tablet. "
            "Unlock it to see why.",
            waiting.refused,
        )
        text = t.fill(template, count=waiting.refused)
        found.append(w.notice("handover.refused", text, w.Tone.WARNING))
    return found


def _happened(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    if model.is_sending:
        found.append(_moving(model, look))
    elif model.was_stopped:
        said = _("Sending was stopped. What has arrived need not be sent again.")
        found.append(w.notice("handover.stopped", said))
    if model.is_saving:
        found.append(w.waiting("handover.saving", _("Choose where to save the file")))
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        found.append(w.notice("handover.problem", sentence, w.Tone.WARNING))
    if model.saved_as:
        found.append(_saved(model.saved_as, look))
    elif model.waiting is not None and model.waiting.saved_at is not None:
        said = _(
            "It was saved to a file before. It counts as not sent until the server "
            "has taken that file in, and this tablet has heard of it."
        )
        if not model.waiting.is_sent:
            found.append(w.words(said))
    return found


def _moving(model: Model, look: Look) -> ft.Control:
    _ = look.t.gettext
    if model.is_stopping:
        return w.waiting("handover.sending", _("Stopping after this part"))
    if model.moved is None:
        return w.waiting("handover.sending", _("Asking the server"))
    moved = model.moved
    return w.progress("handover.sending", _far(moved, look), moved.done, moved.total)


def _far(moved: Moved, look: Look) -> str:
    t = look.t
    return t.fill(
        t.gettext("{done} of {total} changes sent, {size}"),
        done=moved.done,
        total=moved.total,
        size=data_size(t, moved.sent_bytes),
    )


def _saved(name: str, look: Look) -> ft.Control:
    t = look.t
    said = t.gettext(
        "Saved as {name}. Carry it to your coordinator. It counts as not sent until "
        "the server has taken it in, and this tablet has heard of it. You can save it "
        "again as often as you like."
    )
    text = t.fill(said, name=t.isolate_ltr(name))
    return w.notice("handover.saved", text)


def _main(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    _ = look.t.gettext
    if model.is_sending:
        return w.main_button(
            "handover.stop",
            _("Stop"),
            lambda: dispatch(StopPressed()),
            ft.Icons.STOP,
            enabled=not model.is_stopping,
        )
    if not model.has_something:
        return None
    return w.main_button(
        "handover.send",
        _("Send"),
        lambda: dispatch(SendPressed()),
        ft.Icons.UPLOAD,
        enabled=not model.is_busy,
    )


def _save(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    if not model.has_something or model.is_sending:
        return None
    return w.quiet_button(
        "handover.save",
        look.t.gettext("Save to stick"),
        lambda: dispatch(SavePressed()),
        ft.Icons.USB,
        enabled=not model.is_busy,
    )
