"""Drawing of Home: the people who wait, not a dashboard."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.core.ids import format_card_code
from app.core.summary import PatientSummary, Station
from app.core.values import EncounterStatus
from app.features.home.state import (
    ColleaguesPressed,
    Event,
    LanguagesPressed,
    LookUpPressed,
    Model,
    MorePressed,
    PersonPressed,
    RegisterPressed,
    SearchTyped,
    StationPressed,
)
from app.i18n import Translator, formats
from app.i18n.terms import station_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.screen import part

Dispatch = Callable[[Event], None]
MINUTE_MS = 60_000


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the queue of the station, or what a search found."""
    _ = look.t.gettext
    body: list[ft.Control] = [
        w.search_field(
            "home.search",
            _("Find a person: name, card or phone"),
            model.text,
            lambda text: dispatch(SearchTyped(text)),
        )
    ]
    listed = _found(model, dispatch, look) if model.is_searching else None
    body += listed if listed is not None else _queue(model, dispatch, look)
    return Frame(
        title=_("Waiting"),
        body=body,
        main=w.main_button(
            "home.register",
            _("Register a person"),
            lambda: dispatch(RegisterPressed()),
            ft.Icons.PERSON_ADD,
        ),
        actions=[
            w.icon_button(
                "home.colleagues",
                _("Colleagues"),
                ft.Icons.GROUP_OUTLINED,
                lambda: dispatch(ColleaguesPressed()),
            ),
            w.language_button(
                "home.languages", look, lambda: dispatch(LanguagesPressed())
            ),
        ],
    )


def _queue(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    stations = [
        w.Choice(each.value, _station_label(t, each, len(model.waiting.at(each))))
        for each in Station
    ]
    chips = w.filter_chips(
        "home.station",
        stations,
        {model.station.value},
        lambda value: dispatch(StationPressed(Station(value))),
    )
    people = model.waiting.at(model.station)
    if not people and model.is_loaded:
        empty = w.empty_state(
            "home.empty",
            _("Nobody is waiting here"),
            _("Register a person, or choose another station above."),
            ft.Icons.EVENT_AVAILABLE,
        )
        return [chips, empty]
    seen = _Seen(model.waiting.now_ms, model.waiting.only_here)
    rows = [
        _row(f"home.{p.patient_id}", p, seen.of(p), dispatch, look)
        for p in people[: model.shown]
    ]
    if len(people) > model.shown:
        more = w.quiet_button(
            "home.more", _("Show more"), lambda: dispatch(MorePressed())
        )
        rows.append(more)
    return [chips, *rows]


def _found(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    if not model.found and model.found_for == model.text:
        empty = w.empty_state(
            "home.none",
            _("Nobody was found on this tablet"),
            _("Try fewer letters, or the code on the card."),
            ft.Icons.SEARCH_OFF,
            w.quiet_button(
                "home.lookup",
                _("Ask the server for somebody of another site"),
                lambda: dispatch(LookUpPressed()),
                ft.Icons.TRAVEL_EXPLORE,
            ),
        )
        return [empty]
    seen = _Seen(model.waiting.now_ms, model.found_only_here)
    return [
        _row(f"home.found.{p.patient_id}", p, seen.of(p), dispatch, look)
        for p in model.found
    ]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a row shows beside the person: minutes waited, and whether only here."""

    minutes: int
    is_only_here: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    now_ms: int
    only_here: frozenset[str]

    def of(self, person: PatientSummary) -> _Mark:
        minutes = (self.now_ms - person.waiting_since) // MINUTE_MS
        return _Mark(minutes, person.patient_id in self.only_here)


def _draw_row(
    person: PatientSummary, mark: _Mark, dispatch: Dispatch, look: Look
) -> ft.Control:
    t = look.t
    _ = t.gettext
    waits = bool(person.encounter_id)
    entry = w.QueueEntry(
        code=formats.code(t, format_card_code(person.card)) if person.card else "",
        first_name=_first_name(t, person),
        waiting=formats.waiting(t, mark.minutes * MINUTE_MS) if waits else "",
        state=_state(t, person),
        urgency=w.Urgency.NOW if person.urgent else w.Urgency.ROUTINE,
        urgency_words=_("Urgent") if person.urgent else "",
        only_here=_("Only on this tablet") if mark.is_only_here else "",
    )
    return w.queue_row(
        f"home.person.{person.patient_id}",
        entry,
        lambda: dispatch(PersonPressed(person.patient_id, person.encounter_id)),
    )


_row = part(_draw_row)


def _station_label(t: Translator, station: Station, count: int) -> str:
    label = station_name(t, station)
    if not count:
        return label
    return t.fill(
        t.pgettext("station and number of people", "{station}: {count}"),
        station=label,
        count=count,
    )


def _first_name(t: Translator, person: PatientSummary) -> str:
    words = person.display_name.split()
    return t.isolate(words[0]) if words else t.gettext("No name yet")


def _state(t: Translator, person: PatientSummary) -> str:
    _ = t.gettext
    states = {
        EncounterStatus.ONLEAVE.value: _("Away for a while"),
        EncounterStatus.IN_PROGRESS.value: _("Being seen"),
    }
    return states.get(person.status, "")
