"""Where the person is in the visit, and where they can go from there."""

from collections.abc import Callable, Mapping

import flet as ft

from app.core.summary import Station
from app.core.values import EncounterStatus
from app.features.visit.events import (
    BackAgainPressed,
    Event,
    LeftPressed,
    StatusPressed,
    UrgencyPressed,
)
from app.features.visit.offering import Loaded
from app.features.visit.state import Model
from app.i18n import N_, formats, terms
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]

_LABELS: Mapping[EncounterStatus, str] = {
    EncounterStatus.TRIAGED: N_("First check done"),
    EncounterStatus.IN_PROGRESS: N_("Being seen now"),
    EncounterStatus.ONLEAVE: N_("Away for a while"),
    EncounterStatus.FINISHED: N_("Finish the visit"),
}
_ICONS: Mapping[EncounterStatus, ft.IconData] = {
    EncounterStatus.TRIAGED: ft.Icons.DONE,
    EncounterStatus.IN_PROGRESS: ft.Icons.MEDICAL_SERVICES_OUTLINED,
    EncounterStatus.ONLEAVE: ft.Icons.HOURGLASS_EMPTY,
    EncounterStatus.FINISHED: ft.Icons.FLAG_CIRCLE_OUTLINED,
}
_AFTER: Mapping[EncounterStatus, tuple[EncounterStatus, ...]] = {
    EncounterStatus.ARRIVED: (
        EncounterStatus.TRIAGED,
        EncounterStatus.IN_PROGRESS,
        EncounterStatus.ONLEAVE,
    ),
    EncounterStatus.TRIAGED: (EncounterStatus.IN_PROGRESS, EncounterStatus.ONLEAVE),
    EncounterStatus.IN_PROGRESS: (EncounterStatus.ONLEAVE,),
    EncounterStatus.ONLEAVE: (),
}


def label(status: EncounterStatus, look: Look) -> str:
    """What pressing a state is called."""
    return look.t.gettext(_LABELS[status])


def following(model: Model) -> EncounterStatus:
    """Return the state that usually comes next at this station."""
    if model.status is EncounterStatus.ARRIVED:
        is_nurse = model.station is Station.NURSE
        return EncounterStatus.IN_PROGRESS if is_nurse else EncounterStatus.TRIAGED
    if model.status in (EncounterStatus.TRIAGED, EncounterStatus.ONLEAVE):
        return EncounterStatus.IN_PROGRESS
    return EncounterStatus.FINISHED


def card(
    model: Model, loaded: Loaded, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Draw the state of the visit and the ways on."""
    t, encounter = look.t, loaded.encounter
    _ = t.gettext
    status = model.status
    if encounter is None or status is None:
        return []
    now = terms.encounter_status_name(t, status)
    if not model.is_over:
        since = formats.waiting(t, loaded.now_ms - encounter.status_at)
        template = t.pgettext(
            "state of a visit and for how long", "{state}, for {time}"
        )
        now = t.fill(template, state=now, time=since)
    found: list[ft.Control] = [w.words(now)]
    if encounter.urgent:
        found.append(w.badge(_("Urgent"), w.Tone.DANGER))
    if not model.is_over:
        found += _buttons(model, dispatch, look, urgent=encounter.urgent)
    return [w.section_title(_("The visit")), w.card("visit.state", found)]


def _buttons(
    model: Model, dispatch: Dispatch, look: Look, *, urgent: bool
) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    if model.status is EncounterStatus.ONLEAVE:
        found.append(
            w.quiet_button(
                "visit.back_again",
                _("The person is back"),
                lambda: dispatch(BackAgainPressed()),
                ft.Icons.LOGIN,
            )
        )
    is_main = None if model.next_offer is not None else following(model)
    steps = (*_AFTER.get(model.status or EncounterStatus.ARRIVED, ()),)
    found += [
        _step(status, dispatch, look)
        for status in (*steps, EncounterStatus.FINISHED)
        if status is not is_main
    ]
    urgency = _("Not urgent any more") if urgent else _("Mark as urgent")
    found.append(
        w.quiet_button(
            "visit.urgent",
            urgency,
            lambda: dispatch(UrgencyPressed(urgent=not urgent)),
            ft.Icons.PRIORITY_HIGH,
        )
    )
    found.append(
        w.quiet_button(
            "visit.left",
            _("Left before the end"),
            lambda: dispatch(LeftPressed()),
            ft.Icons.LOGOUT,
        )
    )
    return found


def _step(status: EncounterStatus, dispatch: Dispatch, look: Look) -> ft.Control:
    return w.quiet_button(
        f"visit.to.{status.value}",
        label(status, look),
        lambda: dispatch(StatusPressed(status)),
        _ICONS[status],
    )
