"""Sync: what each event leads to."""

from app.core.problems import ProblemCode
from app.features.sync.carried import (
    AnswerFailed,
    AnswerHeard,
    AnswerPressed,
    Heard,
    TakeAnswer,
)
from app.features.sync.progress import Kept, Progress
from app.features.sync.state import (
    Effect,
    Event,
    KeptLoaded,
    Left,
    Listen,
    LoadKept,
    Model,
    OpenRecord,
    PersonPressed,
    ProgressCame,
    Shown,
    StopListening,
    StopPressed,
    StopSync,
    SyncNow,
    SyncPressed,
    TimePassed,
    update,
)

KEPT = Kept("amina", "Amina", "", ProblemCode.UNKNOWN_SITE, 2)


def after(*events: Event) -> tuple[Model, tuple[Effect, ...]]:
    model = Model()
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(model, event)
        model, effects = step.model, step.effects
    return model, effects


def test_it_listens_while_it_is_shown() -> None:
    assert after(Shown())[1] == (Listen(), LoadKept())
    assert after(Left())[1] == (StopListening(),)


def test_what_was_set_aside_is_read_again_when_a_round_ends() -> None:
    running = ProgressCame(Progress(running=True), 1)
    assert after(running)[1] == ()
    assert after(running, ProgressCame(Progress(), 2))[1] == (LoadKept(),)


def test_times_move_on() -> None:
    model, effects = after(TimePassed(7))
    assert (model.now_ms, effects) == (7, (Listen(),))


def test_a_press_sends_at_once() -> None:
    assert after(SyncPressed())[1] == (SyncNow(),)


def test_what_was_set_aside_leads_to_the_person_it_belongs_to() -> None:
    model, _ = after(KeptLoaded((KEPT,), "http://server"))
    assert model.kept == (KEPT,)
    assert after(PersonPressed("amina"))[1] == (OpenRecord("amina"),)
    assert after(PersonPressed(""))[1] == ()


def test_who_waits_is_read_again_as_the_count_changes() -> None:
    one, two = Progress(records_only_here=1), Progress(records_only_here=2)
    assert after(ProgressCame(one, 1), ProgressCame(one, 2))[1] == ()
    assert after(ProgressCame(one, 1), ProgressCame(two, 2))[1] == (LoadKept(),)


def test_a_round_is_stopped_once_and_the_button_comes_back() -> None:
    running = ProgressCame(Progress(running=True), 1)
    model, effects = after(running, StopPressed())
    assert (model.is_stopping, effects) == (True, (StopSync(),))
    model, _ = after(running, StopPressed(), ProgressCame(Progress(paused=True), 2))
    assert not model.is_stopping


def test_a_file_is_taken_in_once_at_a_time_and_what_it_said_stays() -> None:
    heard = Heard(3, 1, 2)
    model, effects = after(AnswerPressed())
    assert (model.answering.is_busy, effects) == (True, (TakeAnswer(),))
    assert after(AnswerPressed(), AnswerPressed())[1] == ()
    model, effects = after(AnswerPressed(), AnswerHeard(heard))
    assert (model.answering.heard, model.answering.is_busy) == (heard, False)
    assert effects == (LoadKept(),)
    model, _ = after(AnswerPressed(), AnswerFailed(ProblemCode.FILE_FOREIGN))
    assert model.answering.problem is ProblemCode.FILE_FOREIGN
    model, _ = after(
        AnswerPressed(), AnswerFailed(ProblemCode.FILE_FOREIGN), AnswerPressed()
    )
    assert model.answering.problem is None
