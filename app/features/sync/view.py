"""Drawing of Sync: plain sentences, never "synced" when it is not."""

from collections.abc import Callable

import flet as ft

from app.core.ids import format_card_code
from app.features.sync.again_part import again_part
from app.features.sync.carried_part import came_of_it, carried_part
from app.features.sync.lost_part import lost_part
from app.features.sync.progress import Kept, Outcome, Progress
from app.features.sync.state import (
    Event,
    Model,
    PersonPressed,
    StopPressed,
    SyncPressed,
    TabletPressed,
)
from app.features.sync.waiting_part import waiting_part
from app.i18n import formats, messages, sync_words
from app.i18n.sizes import data_size
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.unsent_words import OnlyHere, only_here_notice
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]
CLOCK_OFF_MS = 5 * 60_000
_WARNING = w.Tone.WARNING


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what exists only here, what went, what was set aside."""
    _ = look.t.gettext
    body = came_of_it(model.answering, look)
    if model.progress is not None:
        body += _only_here(model.progress, model, look)
        body += lost_part(model.lost, look)
        body += _network(model.progress, model, look)
        body += again_part(model, dispatch, look)
        body += _last(model.progress, look)
    # The way by a stick stands before the lists, which are long where it is needed.
    body += carried_part(model.answering, dispatch, look)
    body += waiting_part(
        model.waiting, model.now_ms, lambda who: dispatch(PersonPressed(who)), look
    )
    if model.kept:
        body.append(w.section_title(_("Set aside by the server, kept here")))
        body += [_kept_row(kept, dispatch, look) for kept in model.kept]
    if model.server:
        server = (_("Server"), look.t.isolate_ltr(model.server))
        body.append(w.key_values("sync.server", [server]))
    if model.may_back_up:
        body.append(
            w.quiet_button(
                "sync.tablet",
                _("This tablet: backup"),
                lambda: dispatch(TabletPressed()),
                ft.Icons.SAVE_ALT,
            )
        )
    running = model.progress is not None and model.progress.running
    return Frame(
        title=_("Sending and receiving"),
        body=body,
        main=_stop(model, dispatch, look) if running else _start(dispatch, look),
    )


def _start(dispatch: Dispatch, look: Look) -> ft.Control:
    return w.main_button(
        "sync.now",
        look.t.gettext("Send and receive now"),
        lambda: dispatch(SyncPressed()),
        ft.Icons.SYNC,
    )


def _stop(model: Model, dispatch: Dispatch, look: Look) -> ft.Control:
    return w.main_button(
        "sync.stop",
        look.t.gettext("Stop"),
        lambda: dispatch(StopPressed()),
        ft.Icons.STOP,
        enabled=not model.is_stopping,
    )


def _only_here(progress: Progress, model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    oldest_at = progress.oldest_at
    waited = None if oldest_at is None else model.now_ms - oldest_at
    here = OnlyHere(progress.records_only_here, waited)
    said: list[ft.Control] = []
    # A server that does not know this tablet may have lost what it once accepted.
    if here.records or not model.is_unknown:
        said += only_here_notice("sync.only_here", here, look)
    if refused := progress.records_refused:
        template = t.ngettext(
            "{count} record was not accepted by the server. It is kept here.",
            "{count} records were not accepted by the server. They are kept here.",
            refused,
        )
        text = t.fill(template, count=refused)
        said.append(w.notice("sync.not_accepted", text, _WARNING))
    return said


def _network(progress: Progress, model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    said: list[ft.Control] = []
    if progress.running:
        said.append(_moving(progress, look))
    elif progress.paused:
        stopped = _(
            "Stopped. What has arrived stays. It goes on in a few minutes by itself, "
            "or at once when you press the button."
        )
        said.append(w.notice("sync.paused", stopped))
    elif progress.failure is not None:
        sentence = messages.problem(t, progress.failure)
        said.append(w.notice("sync.failure", sentence, w.Tone.WARNING))
    elif progress.online:
        said.append(w.words(_("The server answers.")))
    if model.lost.is_stuck:
        return said  # Not everything went, whatever the server answered.
    if progress.last_success_at is not None:
        waited = formats.waiting(t, model.now_ms - progress.last_success_at)
        template = _("Last sent and received everything: {time} ago.")
        said.append(w.subtitle(t.fill(template, time=waited)))
    else:
        said.append(w.subtitle(_("No complete round since the app was started.")))
    return said


def _moving(progress: Progress, look: Look) -> ft.Control:
    t = look.t
    _ = t.gettext
    moved = progress.moved
    if moved is None:
        return w.waiting("sync.running", _("Asking the server"))
    size = data_size(t, moved.size_bytes)
    if moved.sending and moved.total is not None:
        template = _("{done} of {total} changes sent, {size}")
        text = t.fill(template, done=moved.done, total=moved.total, size=size)
        return w.progress("sync.running", text, moved.done, moved.total)
    template = t.ngettext(
        "{count} change received", "{count} changes received", moved.done
    )
    text = t.fill(
        _("{moved}, {size}"), moved=t.fill(template, count=moved.done), size=size
    )
    return w.waiting("sync.running", text)


def _last(progress: Progress, look: Look) -> list[ft.Control]:
    t = look.t
    outcome = progress.outcome
    if outcome is None or progress.running:
        return []
    said: list[ft.Control] = []
    # After a round that failed it would say that nothing waits, beside what does.
    if progress.failure is None:
        said += [
            w.section_title(t.gettext("What moved last")),
            w.words(sync_words.sent(t, outcome.sent)),
            w.words(sync_words.received(t, outcome.received)),
        ]
    if outcome.already_there:
        template = t.ngettext(
            "{count} change had arrived before.",
            "{count} changes had arrived before.",
            outcome.already_there,
        )
        said.append(w.words(t.fill(template, count=outcome.already_there)))
    said += [
        w.notice(f"sync.refused.{code}", sync_words.set_aside(t, count, code), _WARNING)
        for code, count in outcome.set_aside
    ]
    return [*said, *_clock(outcome, look)]


def _clock(outcome: Outcome, look: Look) -> list[ft.Control]:
    """A clock that is wrong harms nothing that is kept, but what is read here."""
    t = look.t
    _ = t.gettext
    ahead = outcome.clock_ahead_ms or 0
    if abs(ahead) < CLOCK_OFF_MS:
        return []
    template = (
        _("This tablet’s clock is {time} fast. Set it right; nothing is lost.")
        if ahead > 0
        else _("This tablet’s clock is {time} slow. Set it right; nothing is lost.")
    )
    text = t.fill(template, time=formats.waiting(t, abs(ahead)))
    return [w.notice("sync.clock", text, _WARNING)]


def _kept_row(kept: Kept, dispatch: Dispatch, look: Look) -> ft.Control:
    """Whose it is, and why it was refused; the record opens."""
    t = look.t
    _ = t.gettext
    key = f"sync.kept.{kept.patient_id}.{kept.reason}"
    template = t.ngettext("{count} record", "{count} records", kept.count)
    count = t.fill(template, count=kept.count)
    reason = messages.problem(t, kept.reason)
    if not kept.patient_id:
        return w.list_row(key, Row(_("From other tablets"), f"{count}\n{reason}"))
    code = formats.code(t, format_card_code(kept.card)) if kept.card else ""
    row = Row(
        t.isolate(kept.name) if kept.name else _("No name yet"),
        "\n".join(line for line in (code, count, reason) if line),
        icon=ft.Icons.INVENTORY_2,
    )
    return w.list_row(key, row, lambda: dispatch(PersonPressed(kept.patient_id)))
