"""A visit, decided: nobody leaves before a save has said what became of it."""

from datetime import date

from app.clinic.library import read_library
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.features.visit.doing import Effect, GoBack, SetUrgency
from app.features.visit.events import (
    BackPressed,
    Event,
    Saved,
    SaveFailed,
    UrgencyPressed,
    VisitLoaded,
)
from app.features.visit.offering import Loaded
from app.features.visit.state import Model, update

LIBRARY = read_library()
VISIT = "5b1f7d52-0000-4000-8000-000000000002"
URGENT = UrgencyPressed(urgent=True)


def after(*events: Event) -> tuple[Model, tuple[Effect, ...]]:
    now = Model("amina", VISIT, Station.TRIAGE)
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(now, event)
        now, effects = step.model, step.effects
    return now, effects


def reading(number: int) -> VisitLoaded:
    today = date(2026, 9, 21)
    return VisitLoaded(Loaded({}, VISIT, LIBRARY, today, 0, number=number))


def test_one_leaves_at_once_where_nothing_is_being_saved() -> None:
    assert after(BackPressed())[1] == (GoBack(),)


def test_one_who_goes_back_during_a_save_goes_once_it_is_saved() -> None:
    assert after(URGENT)[1] == (SetUrgency(urgent=True),)
    assert after(URGENT, BackPressed())[1] == ()
    assert after(URGENT, BackPressed(), Saved(leaves=False))[1] == (GoBack(),)


def test_a_save_that_failed_keeps_one_there_and_says_so() -> None:
    failed = SaveFailed(ProblemCode.DISK_FULL)
    model, effects = after(URGENT, BackPressed(), failed)
    assert effects == ()
    assert model.problem is ProblemCode.DISK_FULL
    assert after(URGENT, BackPressed(), failed, URGENT, Saved(leaves=False))[1] == ()


def test_a_reading_that_comes_after_a_newer_one_is_left_out() -> None:
    model, _ = after(reading(2), reading(1))
    assert model.loaded is not None
    assert model.loaded.number == 2
