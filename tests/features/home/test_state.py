"""Home: what each press leads to."""

from app.core.summary import PatientSummary, Station
from app.features.home.state import (
    SHOWN,
    Effect,
    Event,
    FindPeople,
    KeepStation,
    Left,
    Listen,
    LoadWaiting,
    Model,
    MorePressed,
    OpenRecord,
    OpenVisit,
    PeopleFound,
    PersonPressed,
    RecordsChanged,
    SearchTyped,
    Shown,
    StationPressed,
    StopListening,
    TimePassed,
    Waiting,
    WaitingLoaded,
    update,
)

AMINA = PatientSummary("amina", latin="Amina")
AT_NURSE = Model(Station.NURSE)


def after(*events: Event, model: Model = AT_NURSE) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(model, event)
        model, effects = step.model, step.effects
    return model, effects


def test_the_queue_is_read_each_time_home_is_shown_and_while_time_passes() -> None:
    for event in (Shown(), TimePassed()):
        assert after(event)[1] == (Listen(), LoadWaiting(SHOWN))


def test_a_change_that_another_tablet_sent_is_shown_in_queue_and_search() -> None:
    _, effects = after(SearchTyped("am"), RecordsChanged())
    assert effects == (LoadWaiting(SHOWN), FindPeople("am"))


def test_only_an_answer_to_what_stands_in_the_field_counts() -> None:
    late = PeopleFound("a", (AMINA,))
    model, _ = after(SearchTyped("a"), SearchTyped("am"), late)
    assert model.found == ()
    right = PeopleFound("am", (AMINA,), frozenset({"amina"}))
    model, _ = after(SearchTyped("a"), SearchTyped("am"), right)
    assert (model.found, model.found_only_here) == ((AMINA,), frozenset({"amina"}))


def test_an_empty_search_shows_the_queue_again() -> None:
    assert not after(SearchTyped("  "))[0].is_searching
    assert not after(SearchTyped("a"), SearchTyped(""))[0].is_searching


def test_a_person_who_waits_leads_to_the_visit_and_another_to_the_record() -> None:
    assert after(PersonPressed("amina", "visit"))[1] == (OpenVisit("amina", "visit"),)
    assert after(PersonPressed("amina", ""))[1] == (OpenRecord("amina"),)


def test_the_station_is_kept_for_the_next_time() -> None:
    model, effects = after(StationPressed(Station.TRIAGE))
    assert model.station is Station.TRIAGE
    assert effects == (KeepStation(Station.TRIAGE),)


def test_a_long_queue_is_drawn_in_parts() -> None:
    model, effects = after(MorePressed())
    assert model.shown == 2 * SHOWN
    assert effects == (LoadWaiting(2 * SHOWN),)


def test_each_station_has_its_own_queue() -> None:
    waiting = Waiting(((Station.NURSE, (AMINA,)),))
    model, _ = after(WaitingLoaded(waiting))
    assert model.waiting.at(Station.NURSE) == (AMINA,)
    assert model.waiting.at(Station.TRIAGE) == ()


def test_leaving_ends_what_listens() -> None:
    assert after(Left())[1] == (StopListening(),)
