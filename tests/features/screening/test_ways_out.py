"""The ways out of a screening: the tablet is turned first, and none of them jams."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.clinic.screening import StopReason, answers_of
from app.core.problems import ProblemCode
from app.core.questionnaire import NO, YES, Answer, Answers, ItemPath
from app.core.values import ResponseStatus
from app.features.screening.doing import Finish, GoBack, OpenResult, SavePage
from app.features.screening.events import (
    AskingClosed,
    BackPressed,
    DraftFailed,
    EndSaved,
    LeavePressed,
    Left,
    LossAccepted,
    NextPressed,
    OptionTapped,
    PageFailed,
    SaveFailed,
    StopPressed,
    StopReasonChosen,
    Turned,
)
from app.features.screening.model import Asking, Stage
from app.features.screening.state import update
from app.storage import DiskFullError
from app.ui import routes as to
from tests.features.screening.test_state import (
    COUGH,
    FEVER,
    LOADED,
    REQUIRED,
    after,
    all_no,
    begun,
    opened,
)
from tests.features.screening.ward import TB, session, ward

BEGIN = ("screening.company.nobody", "screening.start")


def test_going_on_later_and_back_turn_the_tablet_first() -> None:
    for event in (LeavePressed(), BackPressed()):
        step = update(begun(), event)
        assert (step.model.stage, step.effects) == (Stage.TURN, ())
        assert update(step.model, Turned()).effects == (GoBack(),)


def test_what_was_answered_is_written_when_one_leaves_the_turned_tablet() -> None:
    turned = after(begun(), OptionTapped(COUGH, 1), LeavePressed())
    effects = update(turned, Left()).effects
    assert any(isinstance(effect, SavePage) for effect in effects)


def test_the_reason_for_an_early_end_is_asked_of_the_staff() -> None:
    step = update(begun(), StopPressed())
    assert (step.model.stage, step.model.asking) == (Stage.TURN, Asking.NOTHING)
    asked = after(step.model, Turned())
    assert asked.asking is Asking.STOP_REASON
    ended = update(asked, StopReasonChosen(StopReason.TIRED))
    assert isinstance(ended.effects[0], Finish)
    assert update(ended.model, EndSaved()).effects == (OpenResult("r1"),)


def test_who_goes_on_after_all_turns_the_tablet_at_the_end() -> None:
    after_all = after(begun(), StopPressed(), Turned(), AskingClosed(), *all_no())
    ended = after(after_all, NextPressed(), EndSaved())
    assert ended.stage is Stage.TURN


def test_while_an_end_is_saved_no_other_begins() -> None:
    ending = after(begun(), *all_no(), NextPressed())
    assert update(ending, StopPressed()).model is ending


def test_the_staff_who_correct_hold_the_tablet_already() -> None:
    saved = Answers({ItemPath(name): Answer.of(NO) for name in REQUIRED})
    done = replace(LOADED, status=ResponseStatus.COMPLETED, saved=saved)
    corrected = after(opened(done), OptionTapped(FEVER, 1))
    assert GoBack() in update(corrected, LeavePressed()).effects


def test_after_any_failure_the_page_can_be_used_again() -> None:
    ending = after(begun(), *all_no(), NextPressed())
    failed = after(ending, SaveFailed(ProblemCode.UNEXPECTED))
    assert (failed.busy, failed.problem) == (False, ProblemCode.UNEXPECTED)
    assert isinstance(update(failed, NextPressed()).effects[0], Finish)


class Wall:
    """A clock that a test can break."""

    def __init__(self) -> None:
        self.is_broken = False

    def __call__(self) -> int:
        if self.is_broken:
            raise LookupError("no clock")
        return 1_790_000_000_000


def test_a_draft_that_was_not_kept_changes_no_way_out() -> None:
    turned = after(begun(), LeavePressed(), DraftFailed(ProblemCode.DISK_FULL))
    assert update(turned, Turned()).effects == (GoBack(),)
    ending = after(begun(), *all_no(), NextPressed())
    failed = after(ending, DraftFailed(ProblemCode.DISK_FULL))
    assert failed.busy, "the end is still being saved"


def full(*_arguments: object, **_options: object) -> None:
    raise DiskFullError


def test_on_a_full_disk_one_leaves_only_once_the_loss_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here, monkeypatch.context() as patched:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN)
                start = screen.route
                patched.setattr(type(here.desk.vault), "save_draft", full)
                patched.setattr(type(here.desk.vault), "commit_all", full)
                await screen.tap("q:cough.yes", "back", "screening.turned")
                assert screen.route == start
                assert screen.says("What was typed here is not kept.")
                screen.loops[-1].dispatch(AskingClosed())
                await screen.settled()
                assert screen.model.asking is Asking.NOTHING
                patched.undo()
                await screen.tap("back", "screening.turned")
                assert screen.route == to.Home()
            stored = answers_of(here.response)[COUGH]
            assert stored.values == (YES,), "the disk had space again"

    asyncio.run(run())


def test_who_accepts_the_loss_leaves() -> None:
    asked = after(
        begun(),
        OptionTapped(COUGH, 1),
        DraftFailed(ProblemCode.DISK_FULL),
        BackPressed(),
        Turned(),
        PageFailed(ProblemCode.DISK_FULL),
    )
    assert (asked.stage, asked.asking) == (Stage.QUESTIONS, Asking.LOSS)
    assert update(asked, LossAccepted()).effects == (GoBack(),)


def test_what_a_draft_keeps_is_left_without_a_question() -> None:
    leaving = after(begun(), OptionTapped(COUGH, 1), BackPressed(), Turned())
    failed = update(leaving, PageFailed(ProblemCode.DISK_FULL))
    assert failed.effects == (GoBack(),), "the draft comes back"


def test_the_first_page_that_could_not_be_kept_is_not_left_unasked() -> None:
    failed = after(opened(), DraftFailed(ProblemCode.DISK_FULL))
    step = update(failed, BackPressed())
    assert (step.model.asking, step.effects) == (Asking.LOSS, ())


def test_an_error_that_nobody_expected_is_told_and_leaves_no_dead_button(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            wall = Wall()
            desk = replace(here.desk, wall=wall)
            async with session(desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, *(f"q:{name}.no" for name in REQUIRED))
                wall.is_broken = True
                await screen.tap("screening.finish")
                told = screen.kit.failures.value
                assert told is not None
                assert told.kind == "LookupError"
                assert screen.client.shows("screening.problem")
                screen.kit.failures.dismiss()
                wall.is_broken = False
                await screen.tap("screening.finish", "screening.turned")
                assert isinstance(screen.route, to.Result)

    asyncio.run(run())
