"""Doing of reading a confidential note: the audit first, then what was said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.clinic import disclosures
from app.clinic.desk import Desk
from app.core.confidential import NOTE
from app.core.projections import View
from app.features.confidential.reading_state import (
    Effect,
    Event,
    Left,
    Model,
    NoteClosed,
    NoteOpened,
    Opened,
    OpenNote,
    Shown,
    update,
)
from app.ui.loop import Loop, Moments
from app.ui.provenance import names_of
from app.ui.routes import Disclosure
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Reading:
    desk: Desk
    work: Work
    route: Disclosure

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case OpenNote():
                self.work.run(self._open, dispatch, _opened, by_code(NoteClosed))
            case _:
                assert_never(effect)

    def _open(self) -> Opened:
        desk, route = self.desk, self.route
        note, document = disclosures.open_note(desk, route.patient_id, route.record_id)
        shown = View(document).shown(NOTE)
        if shown is None:
            raise LookupError("a note that was opened has a write")
        return Opened(note, shown.write, names_of(desk.vault.setup))


def _opened(opened: Opened) -> Event:
    return NoteOpened(opened)


def loop(desk: Desk, work: Work, route: Disclosure) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Reading(desk, work, route)
    model = Model(disclosures.readers(desk.vault.setup))
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(model, update, screen.perform, moments)
