"""Doing of Confidential: what is typed is in memory alone until it is sealed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from app.clinic import disclosures
from app.clinic.desk import Desk
from app.core.confidential import Note
from app.features.confidential.state import (
    Effect,
    Event,
    Model,
    Saved,
    SaveFailed,
    SaveNote,
    update,
)
from app.ui.leaving import GoBack
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Confidential:
    desk: Desk
    work: Work
    place: Place
    patient_id: str

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case SaveNote(category, text):
                note = Note(category, text)
                save = partial(disclosures.write_note, self.desk, self.patient_id, note)
                self.work.run(save, dispatch, _saved, by_code(SaveFailed))
            case GoBack():
                self.place.back()
            case _:
                assert_never(effect)


def loop(
    desk: Desk, work: Work, place: Place, patient_id: str
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Confidential(desk, work, place, patient_id)
    model = Model(disclosures.readers(desk.vault.setup))
    return Loop(model, update, screen.perform)


def _saved(_none: None) -> Event:
    return Saved()
