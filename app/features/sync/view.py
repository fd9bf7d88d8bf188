"""Drawing of Sync: plain sentences, never "synced" when it is not."""

from collections.abc import Callable

import flet as ft

from app.core.ids import format_card_code
from app.features.sync.again_part import again_part
from app.features.sync.lost_part import lost_part
from app.features.sync.state import (
    Event,
    Kept,
    Model,
    Outcome,
    PersonPressed,
    Progress,
    SyncPressed,
)
from app.i18n import formats, messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]
CLOCK_OFF_MS = 5 * 60_000
_WARNING = w.Tone.WARNING


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what exists only here, what went, what was set aside."""
    _ = look.t.gettext
    body: list[ft.Control] = []
    if model.progress is not None:
        body += _only_here(model.progress, model.now_ms, look)
        body += lost_part(model.lost, look)
        body += _network(model.progress, model, look)
        body += again_part(model, dispatch, look)
        body += _last(model.progress, look)
    if model.kept:
        body.append(w.section_title(_("Set aside by the server, kept here")))
        body += [_kept_row(kept, dispatch, look) for kept in model.kept]
    if model.server:
        server = (_("Server"), look.t.isolate_ltr(model.server))
        body.append(w.key_values("sync.server", [server]))
    running = model.progress is not None and model.progress.running
    return Frame(
        title=_("Sending and receiving"),
        body=body,
        main=w.main_button(
            "sync.now",
            _("Send and receive now"),
            lambda: dispatch(SyncPressed()),
            ft.Icons.SYNC,
            enabled=not running,
        ),
    )


def _only_here(progress: Progress, now_ms: int, look: Look) -> list[ft.Control]:
    t = look.t
    count = progress.records_only_here
    tone = w.Tone.INFO if count == 0 else w.Tone.WARNING
    said: list[ft.Control] = [
        w.notice("sync.only_here", messages.only_here(t, count), tone)
    ]
    if count and progress.oldest_at is not None:
        template = t.gettext("The oldest has waited for {time}.")
        waited = formats.waiting(t, now_ms - progress.oldest_at)
        said.append(w.subtitle(t.fill(template, time=waited)))
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
    template = (
        t.ngettext("{count} change sent", "{count} changes sent", moved.done)
        if moved.sending
        else t.ngettext(
            "{count} change received", "{count} changes received", moved.done
        )
    )
    text = t.fill(template, count=moved.done)
    if moved.total is None:
        return w.waiting("sync.running", text)
    return w.progress("sync.running", text, moved.done, moved.total)


def _last(progress: Progress, look: Look) -> list[ft.Control]:
    t = look.t
    outcome = progress.outcome
    if outcome is None or progress.running:
        return []
    said = [
        w.section_title(t.gettext("What moved last")),
        w.words(messages.sent(t, outcome.sent)),
        w.words(messages.received(t, outcome.received)),
    ]
    if outcome.already_there:
        template = t.ngettext(
            "{count} change had arrived before.",
            "{count} changes had arrived before.",
            outcome.already_there,
        )
        said.append(w.words(t.fill(template, count=outcome.already_there)))
    said += [
        w.notice(f"sync.refused.{code}", messages.set_aside(t, count, code), _WARNING)
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
