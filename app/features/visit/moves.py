"""Where the person is in the visit, and where they can go from there, or back to."""

from collections.abc import Callable, Mapping

import flet as ft

from app.core.document_json import as_mapping
from app.core.encounters import EncounterView
from app.core.summary import Station
from app.core.values import EncounterStatus
from app.features.visit.events import (
    BackAgainPressed,
    CancelPressed,
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
_SAID_AT: Mapping[EncounterStatus, tuple[Station, ...]] = {
    EncounterStatus.TRIAGED: (Station.TRIAGE,),
    EncounterStatus.IN_PROGRESS: (Station.TRIAGE, Station.NURSE),
}
"""Who may say what: a registration desk has neither checked nor seen anybody."""

_WAITS_AT: Mapping[EncounterStatus, Station] = {
    EncounterStatus.TRIAGED: Station.NURSE,
    EncounterStatus.ARRIVED: Station.TRIAGE,
}
"""The states that one steps back to, the nearest first, and who then waits where."""

_NOT_BEGUN = (EncounterStatus.ARRIVED, EncounterStatus.TRIAGED)


def label(status: EncounterStatus, look: Look) -> str:
    """What pressing a state is called."""
    return look.t.gettext(_LABELS[status])


def following(model: Model) -> EncounterStatus | None:
    """Return the state that usually comes next; None where the desk says none."""
    if model.station is Station.REGISTRATION:
        return None
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
    found += _steps_back(encounter, dispatch, look)
    return [w.section_title(_("The visit")), w.card("visit.state", found)]


def _buttons(
    model: Model, dispatch: Dispatch, look: Look, *, urgent: bool
) -> list[ft.Control]:
    _ = look.t.gettext

    def button(name: str, said: str, event: Event, icon: ft.IconData) -> ft.Control:
        return w.quiet_button(f"visit.{name}", said, lambda: dispatch(event), icon)

    is_main = None if model.next_offer is not None else following(model)
    steps = [status for status in _steps(model) if status is not is_main]
    urgency = _("Not urgent any more") if urgent else _("Mark as urgent")
    change = UrgencyPressed(urgent=not urgent)
    left, cancel = _("Left before the end"), _("Cancel the visit")
    found = [
        *(
            button(f"to.{s.value}", label(s, look), StatusPressed(s), _ICONS[s])
            for s in steps
        ),
        button("urgent", urgency, change, ft.Icons.PRIORITY_HIGH),
        button("left", left, LeftPressed(), ft.Icons.LOGOUT),
    ]
    if model.status is EncounterStatus.ONLEAVE:
        back = _("The person is back")
        found.insert(0, button("back_again", back, BackAgainPressed(), ft.Icons.LOGIN))
    if model.status in _NOT_BEGUN:
        found.append(button("cancel", cancel, CancelPressed(), ft.Icons.EVENT_BUSY))
    return found


def _steps(model: Model) -> list[EncounterStatus]:
    """Return the states that this station can say next, the end last."""
    after = _AFTER.get(model.status or EncounterStatus.ARRIVED, ())
    here = [s for s in after if model.station in _SAID_AT.get(s, tuple(Station))]
    return [*here, EncounterStatus.FINISHED]


def _steps_back(
    encounter: EncounterView, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Where the person waited before: a state that was said too early."""
    if encounter.status is EncounterStatus.ONLEAVE:
        return []
    been = {as_mapping(write.value).get("status") for write in encounter.statuses}
    steps = list(_WAITS_AT)
    if encounter.status in steps:
        steps = steps[steps.index(encounter.status) + 1 :]
    return [_back_to(s, dispatch, look) for s in steps if s in been]


def _back_to(status: EncounterStatus, dispatch: Dispatch, look: Look) -> ft.Control:
    t = look.t
    where = terms.station_name(t, _WAITS_AT[status])
    return w.quiet_button(
        f"visit.waits.{status.value}",
        t.fill(t.gettext("Waits again: {station}"), station=where),
        lambda: dispatch(StatusPressed(status)),
        ft.Icons.UNDO,
    )
