"""Files at the console, over a real server: one in, one back, each in a sentence."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.answer import TakenIn
from app.core.clock import system_wall_ms
from app.core.parcel import read_parcel
from app.core.problems import ProblemCode
from app.features.files.effects import Desk, loop
from app.features.files.state import (
    Busy,
    Effect,
    Event,
    Failed,
    FileChosen,
    GaveBack,
    GiveBack,
    Given,
    GivePressed,
    Left,
    Model,
    Moved,
    MovedOn,
    NothingChosen,
    SignOut,
    StopPressed,
    StopTaking,
    TakeIn,
    Taken,
    TakePressed,
    update,
)
from app.features.files.view import problem_here, view
from app.i18n import Translator
from app.storage.parcel import PARCEL_NAME
from app.sync.carrying import Carrying
from app.sync.console_session import ConsoleSession
from app.ui.loop import Loop
from app.ui.routes import ConsoleFiles, ConsoleSignIn
from app.ui.screen import Screen
from tests.clinic.desks import a_place, on_screen, some_work, until
from tests.storage.tablets import patient
from tests.support.sticks import StickDevice
from tests.sync.real import (
    COORDINATOR,
    PASSPHRASE,
    PIN,
    real_server,
    real_tablet,
)

TAKEN = TakenIn(
    device_id="d", device_name="Tablet 3", accepted=4, duplicates=1, set_aside=2
)


def after(
    *events: Event, model: Model | None = None
) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    current = model or Model()
    for event in events:
        step = update(current, event)
        current, effects = step.model, step.effects
    return current, effects


def test_one_file_is_chosen_and_taken_in_at_a_time() -> None:
    model, effects = after(TakePressed())
    assert (model.busy, effects) == (Busy.CHOOSING, (TakeIn(),))
    assert after(TakePressed(), TakePressed())[1] == ()
    assert after(TakePressed(), NothingChosen())[0] == Model()
    model, _ = after(TakePressed(), FileChosen(), MovedOn(Moved(1, 5, 9)))
    assert (model.busy, model.moved) == (Busy.TAKING, Moved(1, 5, 9))
    model, _ = after(TakePressed(), FileChosen(), Taken(TAKEN))
    assert (model.busy, model.taken, model.was_stopped) == (None, TAKEN, False)


def test_a_stop_is_said_and_what_came_of_it_too() -> None:
    begun = (TakePressed(), FileChosen(), StopPressed())
    model, effects = after(*begun)
    assert (model.is_stopping, effects) == (True, (StopTaking(),))
    model, _ = after(*begun, Taken(TAKEN))
    assert (model.was_stopped, model.taken) == (True, TAKEN)
    assert after(Left())[1] == (StopTaking(),)


def test_a_file_is_given_back_to_the_tablet_whose_file_came() -> None:
    assert after(GivePressed())[1] == ()
    model, effects = after(GivePressed(), model=Model(taken=TAKEN))
    assert (model.busy, effects) == (Busy.GIVING, (GiveBack("d"),))
    given = Given("name", 4, 2, more=False)
    model, _ = after(GaveBack(given), model=model)
    assert (model.given, model.busy) == (given, None)
    assert after(TakePressed(), model=model)[0].taken is None


def test_a_session_that_ended_leads_to_the_sign_in() -> None:
    assert after(Failed(ProblemCode.UNAUTHENTICATED))[1] == (SignOut(),)
    assert after(Failed(ProblemCode.FILE_FOREIGN))[1] == ()


def test_a_real_file_goes_in_and_one_comes_back(tmp_path: Path) -> None:
    async def scenario(raw: bytes, url: str) -> dict[str, bytes]:
        session = ConsoleSession(url)
        session.sign_in(COORDINATOR, PASSPHRASE)
        device, place = StickDevice([raw[:-1], raw]), a_place(ConsoleFiles())
        desk = Desk(Carrying(session), device, system_wall_ms, lambda: None)
        screen = loop(desk, some_work(), place)
        screen.dispatch(TakePressed())
        await until(lambda: screen.model.busy is None)
        assert screen.model.problem is ProblemCode.FILE_UNREADABLE
        screen.dispatch(TakePressed())
        await until(lambda: screen.model.taken is not None)
        assert screen.model.taken == one_of(raw)
        screen.dispatch(GivePressed())
        await until(lambda: screen.model.given is not None)
        (name,) = device.saved
        assert screen.model.given == Given(name, 1, 1, more=False)
        session.sign_out()
        screen.dispatch(GivePressed())
        await until(lambda: isinstance(place.navigator.top.route, ConsoleSignIn))
        session.close()
        return device.saved

    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "tablet", server) as tablet,
    ):
        tablet.save(patient("p1"), birth_place="Asmara")
        practitioner = tablet.vault.practitioner_id
        tablet.vault.close()
        raw = (tmp_path / "tablet" / PARCEL_NAME).read_bytes()
        saved = asyncio.run(scenario(raw, server.url))
        ((name, answer),) = saved.items()
        assert name.startswith("tessera-answer-")
        vault = tablet.file.unlock(practitioner, PIN)
        assert vault.take_answer(answer).acknowledged == 1


def one_of(raw: bytes) -> TakenIn:
    """What a server says of a file with one change."""
    device_id = read_parcel(raw).head.device_id
    return TakenIn(
        device_id=device_id,
        device_name="Tablet",
        accepted=1,
        duplicates=0,
        set_aside=0,
    )


def drawn(model: Model) -> list[str]:
    def make(_place: object, _work: object) -> Screen:
        screen: Loop[Model, Event, Effect] = Loop(model, update, lambda _e, _d: None)
        return Screen(screen, view)

    async def scenario() -> list[str]:
        async with on_screen(ConsoleFiles(), make) as client:
            return client.texts()

    return asyncio.run(scenario())


def test_what_came_of_a_file_is_said_in_sentences() -> None:
    said = drawn(Model(taken=TAKEN, given=Given("name.tessera", 4, 2, more=True)))
    assert "Tablet 3: 4 changes were taken in. 1 change had arrived before." in said
    assert any("2 changes were set aside." in text for text in said)
    assert any("Saved as name.tessera." in text for text in said)
    assert any("There is more for this tablet" in text for text in said)
    assert "Save a file for Tablet 3" in said
    stopped = replace(Model(), was_stopped=True)
    assert any("What was taken in stays." in text for text in drawn(stopped))


def test_no_sentence_of_a_file_speaks_of_the_tablet_in_ones_hand() -> None:
    t = Translator("en")
    for code in (
        ProblemCode.FILE_UNREADABLE,
        ProblemCode.FILE_FOREIGN,
        ProblemCode.FILE_FORGED,
        ProblemCode.CHAIN_GAP,
        ProblemCode.UNKNOWN_DEVICE,
        ProblemCode.DEVICE_REVOKED,
        ProblemCode.DEVICE_FORKED,
    ):
        assert "written here" not in problem_here(t, code)
        assert "this tablet will" not in problem_here(t, code)
