"""Sync as it is seen: what is damaged is said, and never that everything went."""

import asyncio

from app.core.problems import ProblemCode
from app.features.sync.carried import Answering, Heard, WaitingHere
from app.features.sync.progress import Lost, Moved, Outcome, Progress
from app.features.sync.state import Effect, Event, Model, update
from app.features.sync.view import view
from app.features.sync.waiting_part import SHOWN
from app.i18n import Translator, messages
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Sync
from app.ui.screen import Screen
from app.ui.work import Work
from tests.clinic.desks import on_screen

SENT = Progress(online=True, last_success_at=0)


def drawn(model: Model) -> list[str]:
    def make(_place: Place, _work: Work) -> Screen:
        loop: Loop[Model, Event, Effect] = Loop(model, update, lambda _e, _d: None)
        return Screen(loop, view)

    async def scenario() -> list[str]:
        async with on_screen(Sync(), make) as client:
            return client.texts()

    return asyncio.run(scenario())


def says(model: Model, words: str) -> bool:
    return any(words in text for text in drawn(model))


def test_damaged_records_are_counted_and_one_learns_what_to_do() -> None:
    lost = Model(SENT, lost=Lost(damaged=3))
    assert says(lost, "3 parts of the records on this tablet are damaged")
    assert says(lost, "Nothing was deleted. Send what there is, and tell your")
    assert not says(Model(SENT), "damaged")


def test_an_older_copy_that_was_put_back_is_said() -> None:
    put_back = Model(SENT, lost=Lost(is_put_back=True))
    assert says(put_back, "An older copy of the records was put back")
    assert not says(Model(SENT), "An older copy")


def test_what_is_stuck_is_said_and_never_that_everything_went() -> None:
    stuck = Model(SENT, lost=Lost(1, is_stuck=True))
    assert says(stuck, "Sending is stuck")
    assert not says(stuck, "Last sent and received everything")
    assert says(Model(SENT), "Last sent and received everything")
    assert not says(Model(SENT), "Sending is stuck")


def test_progress_is_told_in_changes_and_in_bytes() -> None:
    moving = Progress(
        running=True, moved=Moved(sending=True, done=120, total=800, size_bytes=45_200)
    )
    assert says(Model(moving), "120 of 800 changes sent, 46 KB")
    coming = Progress(
        running=True,
        moved=Moved(sending=False, done=7, total=None, size_bytes=2_300_000),
    )
    assert says(Model(coming), "7 changes received, 2.3 MB")


def test_a_round_that_was_stopped_says_that_it_goes_on() -> None:
    assert says(Model(Progress(paused=True)), "Stopped. What has arrived stays.")


def test_who_waits_is_named_with_how_much_since_when_and_whether_it_left() -> None:
    people = (
        WaitingHere("p1", "Amina", "", 2, 0, is_sent=False),
        WaitingHere("p2", "", "", 1, 0, is_sent=True),
    )
    texts = drawn(Model(SENT, now_ms=120_000, waiting=people))
    for words in ("Amina", "No name yet", "Not sent yet", "Sent, not confirmed yet"):
        assert words in texts
    assert "2 records, the oldest 2 min old" in texts
    assert any("do not remove the app" in text for text in texts)
    assert not says(Model(SENT), "do not remove the app")


def test_a_long_list_says_how_many_more_there_are() -> None:
    many = tuple(
        WaitingHere(f"p{number}", "Amina", "", 1, 0, is_sent=False)
        for number in range(SHOWN + 3)
    )
    texts = drawn(Model(SENT, waiting=many))
    assert "and of 3 more people" in texts
    assert texts.count("Amina") == SHOWN


def test_what_a_file_said_is_said_and_why_one_was_not_taken() -> None:
    heard = Model(SENT, answering=Answering(heard=Heard(3, 1, 2)))
    assert says(heard, "The server has 3 changes of this tablet.")
    assert says(heard, "It did not accept 1 change; it is kept here.")
    wrong = Answering(problem=ProblemCode.FILE_OF_ANOTHER_TABLET)
    assert says(Model(SENT, answering=wrong), "This file was made for another tablet.")


def test_each_failure_of_a_round_is_a_sentence_on_the_screen() -> None:
    t = Translator("en")
    for code in ProblemCode:
        assert messages.problem(t, code) in drawn(Model(Progress(failure=code)))


def test_a_tablet_that_the_server_does_not_know_is_asked_for_a_code() -> None:
    unknown = Model(Progress(failure=ProblemCode.UNKNOWN_DEVICE))
    assert says(unknown, "Ask your administrator for a new one-time code")
    assert not says(unknown, "is also on the server")
    assert says(Model(SENT), "is also on the server")
    assert says(unknown, "Connect again")
    used = Model(Progress(failure=ProblemCode.ENROLMENT_CODE_USED))
    assert says(used, "Connect again")
    assert not says(Model(SENT), "Connect again")


def test_a_tablet_that_goes_on_as_another_is_told_what_was_done() -> None:
    outcome = Outcome(sent=1, already_there=2, received=0, is_another=True)
    words = "It now works under a name of its own. All that was written here is kept"
    assert says(Model(Progress(online=True, outcome=outcome)), words)
    assert not says(Model(SENT), "a name of its own")


def test_records_that_differed_from_the_servers_are_said() -> None:
    outcome = Outcome(sent=0, already_there=0, received=0, differed=2)
    words = "The records of 2 people were not the same here as on the server."
    assert says(Model(Progress(online=True, outcome=outcome)), words)
    assert not says(Model(SENT), "not the same here")
