"""Doing of Look up: one question to the server, and all of a person comes back."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from app.clinic.desk import Desk
from app.core.ids import CardCodeError, parse_card_code
from app.core.problems import ProblemCode
from app.core.projections import patient_view
from app.features.look_up.state import (
    Ask,
    Effect,
    Event,
    Failed,
    Found,
    Model,
    OpenRecord,
    PersonFound,
    update,
)
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Record
from app.ui.work import Work, by_code

LookUp = Callable[[str, str], None]
"""Holds a patient from now on, by their id, for a reason. Blocks; raises."""


def loop(
    desk: Desk, work: Work, place: Place, look_up: LookUp
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case Ask():
                ask = partial(_ask, desk, look_up, effect)
                work.run(ask, dispatch, _as_is, by_code(Failed))
            case OpenRecord(patient_id):
                place.replace(Record(patient_id))
            case _:
                assert_never(effect)

    return Loop(Model(), update, perform)


def _ask(desk: Desk, look_up: LookUp, asked: Ask) -> Event:
    """Ask, unless they are here already: then nothing leaves this tablet."""
    try:
        code = parse_card_code(asked.code)
    except CardCodeError:
        return Failed(ProblemCode.CARD_CODE_WRONG)
    patient_id = desk.vault.patient_id_of_card(code)
    was_here = bool(desk.vault.documents(patient_id))
    if not was_here:
        look_up(patient_id, asked.reason)
    patient = patient_view(desk.vault.documents(patient_id))
    name = patient.name.display if patient is not None else ""
    return PersonFound(Found(patient_id, name, code, was_here))


def _as_is(event: Event) -> Event:
    return event
