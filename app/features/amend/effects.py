"""Doing of Amend: read the field and its author, save it anew."""

from collections.abc import Callable
from typing import assert_never

from app.clinic import corrections
from app.clinic.desk import Desk
from app.core.problems import ProblemCode
from app.features.amend.state import (
    Effect,
    Event,
    FieldLoaded,
    GoBack,
    LoadField,
    Model,
    Opened,
    Saved,
    SaveFailed,
    SaveField,
    update,
)
from app.i18n import formats
from app.storage import StorageError
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import names_of
from app.ui.routes import Amend
from app.ui.work import Work


def loop(
    desk: Desk, work: Work, place: Place, route: Amend
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case LoadField(record_id):
                work.run(lambda: _load(desk, record_id), dispatch, _as_event)
            case SaveField(document, field, value):
                change = corrections.amend(document, field, value)
                work.run(lambda: desk.save(change), dispatch, _saved, failed)
            case GoBack():
                place.back()
            case _:
                assert_never(effect)

    def failed(error: Exception) -> Event:
        if isinstance(error, StorageError):
            return SaveFailed(ProblemCode(error.code))
        work.tell(error)
        return SaveFailed(ProblemCode.UNEXPECTED)

    today = formats.local_day(desk.wall(), desk.setup.site.zone)
    model = Model(route.record_id, route.field, today)
    return Loop(model, update, perform, Moments(shown=Opened()))


def _load(desk: Desk, record_id: str) -> FieldLoaded:
    document = desk.vault.document(record_id)
    if document is None:
        raise LookupError("the record is not on this tablet")
    return FieldLoaded(document, names_of(desk.vault.setup))


def _as_event(loaded: FieldLoaded) -> Event:
    return loaded


def _saved(_: None) -> Event:
    return Saved()
