"""Drawing of Set aside: the changes beside what was written in the one selected."""

from collections.abc import Callable

import flet as ft

from app.core.set_aside_wire import LeaveOutReason, SetAsideEntry
from app.features.set_aside.change_part import (
    change_body,
    leave_button,
    try_button,
    whose,
)
from app.features.set_aside.state import (
    AskingClosed,
    BackPressed,
    ChangePressed,
    Event,
    LeftOutToggled,
    Model,
    ReasonChosen,
    RefreshPressed,
    TryAllPressed,
)
from app.i18n import formats, messages
from app.i18n.set_aside_words import leave_out_reason, why
from app.ui import widgets as w
from app.ui.frame import Frame, Span
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]
LEFT_OUT = "left-out"


def view(model: Model, dispatch: Dispatch, look: Look, words: RecordWords) -> Frame:
    """Draw the changes, and the one that is selected."""
    _ = look.t.gettext
    if model.selected and not look.is_wide:
        return Frame(
            title=_("A change that was set aside"),
            body=_selected(model, look, words),
            main=try_button(model, dispatch, look),
            quiet=leave_button(model, dispatch, look),
            dialog=_dialog(model, dispatch, look),
            back=lambda: dispatch(BackPressed()),
            scroll_to_top=model.selected,
        )
    return Frame(
        title=_("Changes that were set aside"),
        body=_list(model, dispatch, look, words),
        beside=_beside(model, dispatch, look, words) if look.is_wide else None,
        span=Span.FULL if look.is_wide else Span.COLUMN,
        dialog=_dialog(model, dispatch, look),
        actions=[
            w.icon_button(
                "aside.refresh",
                _("Look again"),
                ft.Icons.REFRESH,
                lambda: dispatch(RefreshPressed()),
            )
        ],
        scroll_to_top=f"{model.selected} {model.shows_left_out}",
    )


def _beside(
    model: Model, dispatch: Dispatch, look: Look, words: RecordWords
) -> list[ft.Control]:
    """The change, and the two ways to decide it."""
    if not model.selected:
        return [_choose(look)]
    ways = (try_button(model, dispatch, look), leave_button(model, dispatch, look))
    return [*_selected(model, look, words), *(way for way in ways if way is not None)]


def _selected(model: Model, look: Look, words: RecordWords) -> list[ft.Control]:
    said = _said(model, look)
    if model.opened is None:
        waiting = w.waiting("aside.opening", look.t.gettext("Asking the server"))
        return said or [waiting]
    if model.busy:
        said.append(w.waiting("aside.busy", look.t.gettext("Asking the server")))
    return [*said, *change_body(model.opened, look, words)]


def _choose(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "aside.choose",
        _("No change is chosen"),
        _("Choose one from the list to see what was written, and to decide."),
        ft.Icons.RULE,
    )


def _list(
    model: Model, dispatch: Dispatch, look: Look, words: RecordWords
) -> list[ft.Control]:
    _ = look.t.gettext
    told = _(
        "What a tablet sent and the server did not accept. It is in no record, and "
        "nothing of it is lost."
    )
    body: list[ft.Control] = [
        w.subtitle(told),
        w.filter_chips(
            "aside.filter",
            [w.Choice(LEFT_OUT, _("What was left out"))],
            {LEFT_OUT} if model.shows_left_out else set(),
            lambda _code: dispatch(LeftOutToggled()),
        ),
    ]
    if not look.is_wide or not model.selected:
        body += _said(model, look)
    if model.listed is None:
        return [*body, w.waiting("aside.waiting", _("Asking the server"))]
    changes = model.listed.changes
    if not changes:
        return [*body, _none(model, look)]
    if not model.shows_left_out and len(changes) > 1:
        again = w.quiet_button(
            "aside.all",
            _("Try all of them again"),
            lambda: dispatch(TryAllPressed()),
            ft.Icons.REPLAY,
            enabled=not model.busy,
        )
        body.append(again)
    body += [_row(each, model, dispatch, look, words) for each in changes]
    if model.listed.total > len(changes):
        oldest = _("These are the oldest {shown} of {count}.")
        filled = look.t.fill(oldest, shown=len(changes), count=model.listed.total)
        body.append(w.subtitle(filled))
    return body


def _none(model: Model, look: Look) -> ft.Control:
    _ = look.t.gettext
    if model.shows_left_out:
        hint = _("What somebody decides to leave out stays on record here.")
        return w.empty_state("aside.none", _("Nothing was left out"), hint)
    hint = _("Whatever a tablet sends and the server does not accept comes here.")
    return w.empty_state("aside.none", _("There is nothing to decide"), hint)


def _row(
    entry: SetAsideEntry,
    model: Model,
    dispatch: Dispatch,
    look: Look,
    words: RecordWords,
) -> ft.Control:
    t = look.t
    arrived = formats.instant(t, entry.received_at, words.zone)
    row = Row(
        whose(entry, look),
        f"{why(t, entry.reason)}\n{t.isolate(entry.device)} · {arrived}",
        icon=ft.Icons.RULE,
        is_selected=entry.set_aside_id == model.selected,
    )
    key = f"aside.change.{entry.set_aside_id}"
    return w.list_row(key, row, lambda: dispatch(ChangePressed(entry.set_aside_id)))


def _said(model: Model, look: Look) -> list[ft.Control]:
    """What became of the deed before, and what went wrong."""
    t = look.t
    _ = t.gettext
    said: list[ft.Control] = []
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        said.append(w.notice("aside.problem", sentence, w.Tone.WARNING))
    if model.has_left_out:
        left = _("It was left out, and stays on record. Its tablet is told so.")
        said.append(w.notice("aside.left", left))
    if model.tried is not None:
        said += _became(model, look)
    return said


def _became(model: Model, look: Look) -> list[ft.Control]:
    tried, t = model.tried, look.t
    said: list[ft.Control] = []
    if tried is None:
        return said
    if tried.accepted:
        count = len(tried.accepted)
        template = t.ngettext(
            "{count} change was accepted. It is in the record now.",
            "{count} changes were accepted. They are in the records now.",
            count,
        )
        said.append(w.notice("aside.accepted", t.fill(template, count=count)))
    if tried.still:
        count = len(tried.still)
        template = t.ngettext(
            "{count} change is still set aside: its cause is not gone yet.",
            "{count} changes are still set aside: their cause is not gone yet.",
            count,
        )
        text = t.fill(template, count=count)
        said.append(w.notice("aside.still", text, w.Tone.WARNING))
    return said


def _dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    if not model.is_asking:
        return None
    return w.reason_dialog(
        look.t.gettext("Why is this change left out?"),
        [
            w.Choice(each.value, leave_out_reason(look.t, each.value))
            for each in LeaveOutReason
        ],
        look,
        lambda code: dispatch(ReasonChosen(LeaveOutReason(code))),
        lambda: dispatch(AskingClosed()),
    )
