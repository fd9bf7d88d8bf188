"""A locked tablet, a real server: told what helps, let in by a grant."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from app.core.problems import ProblemCode
from app.features.forgotten.effects import Door, loop
from app.features.forgotten.state import (
    BackPressed,
    Event,
    Failed,
    FetchGrant,
    FetchPressed,
    GrantFetched,
    Left,
    Model,
    Opened,
    Person,
    PersonPressed,
    Recover,
    Step,
    update,
)
from app.ui.routes import Forgotten, Route, Unlock
from app.ui.secret import ContinuePressed, DigitPressed
from sync_server.context import Context
from sync_server.people_tables import RECOVERY_SLOT
from sync_server.services import recovery
from tests.bootstrap.tablets import (
    NOBODY_THERE,
    a_page,
    a_process,
    an_enrolled_process,
)
from tests.clinic.desks import a_place, some_work
from tests.storage.tablets import ANA as NURSE_ID
from tests.support.connection import Client
from tests.sync.real import NURSE, enrolled, real_server

PRIVATE = bytes(range(32))
PIN, NEW_PIN = "739164", "906152"
HOUR_MS = 3_600_000
ANA = Person("ana", "Ana", "nurse")
CLARA = Person("clara", "Clara", "coordinator")


def after(*events: Event) -> Model:
    model = Model((ANA, CLARA), is_loaded=True)
    for event in events:
        model = update(model, event).model
    return model


def given(pin: str) -> list[Event]:
    return [*(DigitPressed(digit) for digit in pin), ContinuePressed()]


def test_a_grant_leads_to_a_pin_typed_twice() -> None:
    asked = update(after(PersonPressed("ana")), FetchPressed())
    assert asked.effects == (FetchGrant("ana"),)
    chosen = after(PersonPressed("ana"), FetchPressed(), GrantFetched((ANA,)))
    assert chosen.step is Step.CHOOSE
    twice = (*given(NEW_PIN), *given(NEW_PIN))
    done = after(PersonPressed("ana"), FetchPressed(), GrantFetched((ANA,)), *twice)
    assert done.busy
    told = update(done, Failed(ProblemCode.NO_GRANT)).model
    assert (told.step, told.secret.first, told.busy) == (Step.TOLD, "", False)
    again = update(done, Failed(ProblemCode.PIN_TOO_SIMPLE)).model
    assert (again.step, again.secret.first) == (Step.CHOOSE, "")
    last = update(after(*_almost()), ContinuePressed())
    assert last.effects == (Recover("ana", NEW_PIN),)


def _almost() -> list[Event]:
    digits = [DigitPressed(digit) for digit in NEW_PIN]
    granted = GrantFetched((ANA,))
    return [PersonPressed("ana"), FetchPressed(), granted, *given(NEW_PIN), *digits]


def test_without_a_grant_one_stays_and_is_told() -> None:
    fetched = GrantFetched((ANA,), ProblemCode.NO_GRANT)
    model = after(PersonPressed("ana"), FetchPressed(), fetched)
    assert (model.step, model.problem) == (Step.TOLD, ProblemCode.NO_GRANT)


def test_a_coordinator_chooses_a_passphrase_and_nothing_typed_stays() -> None:
    model = after(PersonPressed("clara"), FetchPressed(), GrantFetched((CLARA,)))
    assert model.secret.has_letters
    for event in (BackPressed(), Left()):
        left = after(*_almost(), event)
        assert (left.secret.text, left.secret.first, left.person) == ("", "", None)


async def told_what_helps(page: Client, whose: str) -> None:
    await page.until(lambda: page.shows(f"unlock.person.{whose}"))
    await page.tap(f"unlock.person.{whose}")
    await page.tap("unlock.forgot")
    await page.until(lambda: page.shows(f"forgotten.person.{whose}"))
    await page.tap(f"forgotten.person.{whose}")


async def type_pin(page: Client, screen: str, pin: str) -> None:
    for digit in pin:
        await page.tap(f"{screen}.pad.{digit}")
    await page.tap(f"{screen}.continue")


def test_nobody_here_knows_a_pin_and_a_grant_opens_the_tablet(tmp_path: Path) -> None:
    async def scenario() -> None:
        with real_server(tmp_path / "server") as server:
            context = server.context
            recovery.use_key(context.database, recovery.public_of(PRIVATE))
            process = a_process(tmp_path / "tablet")
            enrolment = enrolled(process.file(), server.url, server.code())
            found = {p.name: p.practitioner_id for p in enrolment.setup.practitioners}
            nurse, device_id = found[NURSE], process.file().identity.device_id
            vault = process.file().choose_pin(nurse, PIN)
            held = process.begin_sync(vault)
            while not recovery_slot_is_there(server.context, device_id):
                await asyncio.sleep(0.05)
            await asyncio.to_thread(process.lock, held)
            async with a_page(process) as page:
                await told_what_helps(page, nurse)
                await page.tap("forgotten.fetch")
                await page.until(lambda: page.shows("forgotten.problem"))
                assert "no permission" in " ".join(page.texts())
                recovery.grant_recovery(context, PRIVATE, device_id, NURSE, HOUR_MS)
                await page.tap("forgotten.fetch")
                await page.until(lambda: page.shows(f"forgotten.pad.{NEW_PIN[0]}"))
                await type_pin(page, "forgotten", NEW_PIN)
                await type_pin(page, "forgotten", NEW_PIN)
                await page.until(lambda: page.shows("home.register"))
            assert process.file().unlock(nurse, NEW_PIN).is_open
            await process.close()

    asyncio.run(scenario())


def recovery_slot_is_there(context: Context, device_id: str) -> bool:
    with context.database.read() as connection:
        ids = connection.scalars(select(RECOVERY_SLOT.c.device_id))
        return device_id in set(ids)


def test_whom_a_lock_overtook_is_led_nowhere(tmp_path: Path) -> None:
    def nowhere() -> tuple[Route, ...]:
        raise RuntimeError("the tablet is locked")

    async def scenario() -> None:
        process = an_enrolled_process(tmp_path, NOBODY_THERE)
        place = a_place(Forgotten())
        door = Door(process.file(), lambda _open: None, nowhere)
        screen = loop(door, some_work(), place)
        place.navigator.reset(Unlock())
        screen.dispatch(Opened())
        assert place.navigator.top.route == Unlock()
        await process.close()

    asyncio.run(scenario())


def test_without_a_network_it_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path, NOBODY_THERE)
        process.file().choose_pin(NURSE_ID, PIN).close()
        async with a_page(process) as page:
            await page.until(lambda: page.shows("unlock.help"))
            await page.tap("unlock.help")
            await page.until(lambda: page.shows(f"forgotten.person.{NURSE_ID}"))
            await page.tap(f"forgotten.person.{NURSE_ID}")
            await page.tap("forgotten.fetch")
            await page.until(lambda: page.shows("forgotten.problem"))
            assert "There is no connection to the server" in " ".join(page.texts())
        await process.close()

    asyncio.run(scenario())
