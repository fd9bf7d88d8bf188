"""The frame of every screen: bar, strip, content, main action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from app.i18n import N_, Translator, formats
from app.ui.failures import Failure
from app.ui.frame import Frame, Span
from app.ui.look import Look
from app.ui.scrolls import SCROLL_MS, PaneColumn, Scrolled
from app.ui.status import Network, Status
from app.ui.theme import CONTENT_WIDTH, SIDE_WIDTH, Space, Type
from app.ui.widgets import (
    Said,
    Tone,
    bilingual_text,
    icon_button,
    main_button,
    notice,
    quiet_button,
    review_line,
    words,
)
from app.ui.widgets.steady import SteadyContainer
from app.ui.widgets.words import unsaid

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Chrome:
    """What the session puts around a frame."""

    strip: ft.Control
    failure: ft.Control
    back: Callable[[], None] | None
    scrolled: Scrolled


def lay_out(frame: Frame, chrome: Chrome, look: Look) -> ft.Control:
    """Put a frame on the page: the whole height, the safe part of it."""
    parts: list[ft.Control] = []
    if not frame.bare:
        parts += [_bar(frame, chrome, look), chrome.strip]
    tags = [look.t.tag, *([frame.person_language] if frame.person_language else [])]
    if review := review_line(tags, look):
        parts.append(review)
    parts += [chrome.failure, _content(frame, chrome, look)]
    if frame.main is not None or frame.quiet is not None:
        parts.append(_bottom(frame))
    column = ft.Column(
        parts,
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.SafeArea(column, expand=True)


def turn_the_tablet(
    key: str,
    look: Look,
    on_turned: Callable[[], None],
    person: Translator | None = None,
) -> Frame:
    """Stands between what the person may see and what is for the staff.

    Tells nothing of what comes; asks the person, too, to hand the tablet back.
    """
    _ = look.t.gettext
    staff = Said.by(look.t, N_("Turn the tablet to you"))
    said = Said.by(person, N_("Please give the tablet back")) if person else None
    sign = ft.Container(
        ft.Icon(ft.Icons.SCREEN_ROTATION, size=96, color=ft.Colors.PRIMARY),
        alignment=ft.Alignment.CENTER,
        padding=Space.HUGE,
    )
    return Frame(
        title=_("Turn the tablet to you"),
        body=[sign, bilingual_text(staff, said, look, is_centred=True)],
        main=main_button(key, _("The tablet is turned to me"), on_turned),
        bare=True,
        person_language=person.tag if person else "",
    )


def strip(
    status: Status,
    look: Look,
    on_tap: Callable[[], None] | None,
    lock: Callable[[], None] | None,
) -> ft.Control:
    """Who is unlocked, the network, what exists on this tablet alone, and the lock.

    A button only where a tap leads on.
    """
    parts = _strip_parts(status, look)
    told = ft.MergeSemantics(
        ft.Semantics(
            label=", ".join(text for _icon, text in parts),
            button=True if on_tap else None,
            content=SteadyContainer(
                unsaid(_pieces(parts)),
                key="strip",
                padding=ft.Padding.symmetric(horizontal=Space.MEDIUM, vertical=12),
                ink=on_tap is not None,
                on_click=(lambda _event: on_tap()) if on_tap else None,
            ),
        ),
        key="strip.box",
        expand=True,
    )
    row: list[ft.Control] = [told]
    if lock is not None:
        _ = look.t.gettext
        # Both lock, and both lead back here: who takes over looks for another word.
        hands, sign = _("Change hands"), ft.Icons.SWITCH_ACCOUNT_OUTLINED
        row.append(icon_button("strip.hands", hands, sign, lock))
        row.append(icon_button("strip.lock", _("Lock"), ft.Icons.LOCK_OUTLINE, lock))
    return ft.Container(
        ft.Row(row, spacing=0), bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH
    )


def _pieces(parts: Sequence[tuple[ft.IconData, str]]) -> ft.Control:
    pieces: list[ft.Control] = [
        ft.Row(
            [ft.Icon(icon, size=20, color=ft.Colors.ON_SURFACE_VARIANT), words(text)],
            spacing=Space.SMALL // 2,
            tight=True,
        )
        for icon, text in parts
    ]
    return ft.Row(
        pieces,
        wrap=True,
        spacing=Space.MEDIUM,
        run_spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def failure_banner(
    failure: Failure, look: Look, dismiss: Callable[[], None]
) -> ft.Control:
    """An unexpected error, in a sentence and with what helps to report it."""
    t = look.t
    _ = t.gettext
    text = t.fill(
        _(
            "Something unexpected happened. What was saved is kept. "
            "If it happens again, report: {kind}."
        ),
        kind=f"{failure.kind} {failure.place}",
    )
    button = quiet_button("failure.dismiss", _("I have read this"), dismiss)
    return ft.Container(
        notice("failure", text, Tone.WARNING, button), padding=Space.MEDIUM
    )


def _strip_parts(status: Status, look: Look) -> list[tuple[ft.IconData, str]]:
    t = look.t
    _ = t.gettext
    who = status.practitioner
    parts = [
        (ft.Icons.PERSON, t.isolate(who))
        if who
        else (ft.Icons.LOCK_OUTLINE, _("Locked"))
    ]
    if status.is_unconfirmed:
        parts.append((ft.Icons.PERSON_SEARCH, _("Not confirmed yet")))
    network = {
        Network.OFFLINE: (ft.Icons.CLOUD_OFF, _("No network")),
        Network.ONLINE: (ft.Icons.CLOUD_DONE_OUTLINED, _("Server reached")),
        Network.SENDING: (ft.Icons.CLOUD_SYNC_OUTLINED, _("Sending")),
    }
    if status.network in network:
        parts.append(network[status.network])
    if status.zone:
        zone = look.t.fill(_("All times: {zone}"), zone=status.zone)
        parts.append((ft.Icons.SCHEDULE, zone))
    if status.only_here is not None:
        parts.append((ft.Icons.TABLET_ANDROID, _only_here(status.only_here, look)))
    if status.is_damaged:
        parts.append((ft.Icons.REPORT_OUTLINED, _("Some records are damaged")))
    if status.unwritten:
        parts.append((ft.Icons.REPORT_OUTLINED, _unwritten(status.unwritten, look)))
    if status.only_here and status.oldest_minutes:
        age = formats.waiting(look.t, status.oldest_minutes * MINUTE_MS)
        parts.append((ft.Icons.SCHEDULE, look.t.fill(_("Oldest: {age}"), age=age)))
    return parts


def _only_here(count: int, look: Look) -> str:
    t = look.t
    if count == 0:
        return t.gettext("Nothing waits to be sent")
    return t.fill(
        t.ngettext(
            "{count} record only on this tablet",
            "{count} records only on this tablet",
            count,
        ),
        count=count,
    )


def _unwritten(count: int, look: Look) -> str:
    """The disk refuses: who read what is owed, and what helps."""
    t = look.t
    told = t.ngettext(
        "Free some space: {count} reading is not written down yet",
        "Free some space: {count} readings are not written down yet",
        count,
    )
    return t.fill(told, count=count)


def _bar(frame: Frame, chrome: Chrome, look: Look) -> ft.Control:
    _ = look.t.gettext
    parts: list[ft.Control] = []
    if chrome.back is not None:
        # The sign mirrors itself where the screen runs the other way.
        parts.append(icon_button("back", _("Back"), ft.Icons.ARROW_BACK, chrome.back))
    heading = ft.Semantics(
        content=words(frame.title, Type.TITLE, bold=True),
        header=True,
        heading_level=1,
        container=True,
    )
    parts += [ft.Container(heading, expand=True), *frame.actions]
    return ft.Container(
        ft.Row(parts, spacing=Space.SMALL),
        padding=ft.Padding.symmetric(horizontal=Space.MEDIUM, vertical=Space.SMALL),
        bgcolor=ft.Colors.SURFACE,
    )


def _content(frame: Frame, chrome: Chrome, look: Look) -> ft.Control:
    if frame.beside is None:
        width = None if frame.span is Span.FULL else CONTENT_WIDTH
        return _pane(frame.body, width, frame.scroll_to_top, chrome)
    if not look.is_wide:
        body = frame.beside or frame.body
        return _pane(body, CONTENT_WIDTH, frame.scroll_to_top, chrome)
    side = ft.Container(_pane(frame.body, None, "list", chrome), width=SIDE_WIDTH)
    beside = _pane(frame.beside, None, frame.scroll_to_top, chrome)
    return ft.Row(
        [side, ft.VerticalDivider(width=1), beside],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _pane(
    controls: Sequence[ft.Control], width: int | None, page: str, chrome: Chrome
) -> ft.Control:
    # Another key is another pane, and a new pane begins at its top.
    column = ft.Column(
        list(controls),
        spacing=Space.MEDIUM,
        width=width,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    scrolled = chrome.scrolled
    pane = PaneColumn(
        [ft.Container(column, padding=Space.MEDIUM)],
        key=f"pane.{page}",
        scroll=ft.ScrollMode.AUTO,
        on_scroll=lambda event: scrolled.moved(page, event.pixels),
        scroll_interval=SCROLL_MS,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    pane.begin = lambda: scrolled.begin(page)
    return pane


def _bottom(frame: Frame) -> ft.Control:
    controls = [each for each in (frame.quiet, frame.main) if each is not None]
    column = ft.Column(
        controls,
        spacing=Space.SMALL,
        width=CONTENT_WIDTH,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        column,
        padding=Space.MEDIUM,
        alignment=ft.Alignment.CENTER,
        bgcolor=ft.Colors.SURFACE,
        border=ft.Border.only(top=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
    )
