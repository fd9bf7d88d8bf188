"""Drawing of Devices: a row a tablet; what is unsent and a wrong clock stand out."""

from collections.abc import Callable

import flet as ft

from app.core.devices_wire import DeviceState
from app.features.devices.state import (
    BackPressed,
    Event,
    Model,
    RefreshPressed,
    is_clock_wrong,
)
from app.i18n import formats, messages
from app.i18n.translator import Translator
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.widgets.lists import Row


def view(model: Model, dispatch: Callable[[Event], None], look: Look) -> Frame:
    """Draw the tablets of all sites, by site and name."""
    _ = look.t.gettext
    return Frame(
        title=_("State of the tablets"),
        body=_body(model, look),
        back=lambda: dispatch(BackPressed()),
        actions=[
            w.icon_button(
                "devices.refresh",
                _("Look again"),
                ft.Icons.REFRESH,
                lambda: dispatch(RefreshPressed()),
            )
        ],
    )


def _body(model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        return [w.notice("devices.problem", sentence, w.Tone.WARNING)]
    if model.devices is None:
        return [w.waiting("devices.waiting", _("Asking the server"))]
    if not model.devices:
        hint = _("An administrator makes a code for each new tablet on the server.")
        return [w.empty_state("devices.none", _("There is no tablet yet"), hint)]
    return [_row(device, model.now_ms, t) for device in model.devices]


def _row(device: DeviceState, now_ms: int, t: Translator) -> ft.Control:
    _ = t.gettext
    version = _("Version {version}").format(version=t.isolate_ltr(device.version))
    subtitle = formats.joined(t, [t.isolate(device.site), _heard(device, now_ms, t)])
    row = Row(
        t.isolate(device.name) if device.name else _("Tablet without a name"),
        subtitle,
        version,
        badges=tuple(_badges(device, now_ms, t)),
        icon=ft.Icons.TABLET,
        is_struck=device.revoked_at is not None,
    )
    return w.list_row(f"devices.device.{device.device_id}", row)


def _heard(device: DeviceState, now_ms: int, t: Translator) -> str:
    if device.heard_at is None:
        return t.gettext("Never heard of since it was set up")
    ago = formats.waiting(t, max(0, now_ms - device.heard_at))
    return t.gettext("Last heard of {time} ago").format(time=ago)


def _badges(device: DeviceState, now_ms: int, t: Translator) -> list[w.Badge]:
    _ = t.gettext
    badges = []
    if device.revoked_at is not None:
        handed = device.handed_over_at is not None
        said = (
            _("Blocked; handed over") if handed else _("Blocked; not yet handed over")
        )
        badges.append(w.Badge(said, w.Tone.PLAIN if handed else w.Tone.WARNING))
    if device.unsent:
        badges.append(w.Badge(_unsent(device, now_ms, t), w.Tone.WARNING))
    if is_clock_wrong(device):
        wrong = formats.waiting(t, abs(device.clock_ahead_ms or 0))
        ahead = (device.clock_ahead_ms or 0) > 0
        said = _("Clock {time} ahead") if ahead else _("Clock {time} behind")
        badges.append(w.Badge(said.format(time=wrong), w.Tone.WARNING))
    return badges


def _unsent(device: DeviceState, now_ms: int, t: Translator) -> str:
    said = t.ngettext(
        "{count} record only there", "{count} records only there", device.unsent
    ).format(count=formats.number(t, device.unsent))
    if device.oldest_unsent_at is None:
        return said
    age = formats.waiting(t, max(0, now_ms - device.oldest_unsent_at))
    return formats.joined(
        t, [said, t.gettext("the oldest {time} old").format(time=age)]
    )
