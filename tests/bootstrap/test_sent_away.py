"""Who is revoked while unlocked is locked out at once; what they began is kept."""

import asyncio
from pathlib import Path

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.core.people_wire import ProposalOutcome, ProposalsAnswer
from app.core.problems import ProblemCode
from app.core.wire import Setup
from sync_server.services import people
from tests.bootstrap.tablets import a_page, a_process
from tests.bootstrap.test_locked_events import give, noor, type_in
from tests.bootstrap.test_same_question import in_the_middle, run, unlock
from tests.storage.tablets import ANA, BO, OTHER_PIN, PIN, SETUP
from tests.support.connection import Client
from tests.sync.real import NURSE, enrolled, real_server

REVOKED: Setup = SETUP.model_copy(
    update={
        "practitioners": (SETUP.practitioners[1].model_copy(update={"role": "nurse"}),),
        "former": (SETUP.practitioners[0],),
    }
)


def test_a_new_setup_without_who_unlocked_locks_and_keeps_what_was_typed(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        vault = session.desk.vault
        vault.add_slot(BO, OTHER_PIN)
        asked = await in_the_middle(page, session)
        await asyncio.to_thread(vault.renew_setup, REVOKED)
        await page.until(lambda: page.shows("unlock.sent-away"))
        assert any("may not work on this tablet any more" in t for t in page.texts())
        assert not session.is_unlocked
        await page.until(lambda: not vault.is_open)
        assert not page.shows(f"unlock.person.{ANA}")
        await unlock(page, BO, OTHER_PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))
        assert page.find("q:heart-rate.text").value == "72"  # type: ignore[attr-defined]
        log = session.desk.vault.operations(asked.patient_id)
        assert {e.header.practitioner_id for e in log} == {ANA}
        await session.locked()
        assert not page.shows("unlock.sent-away")

    run(tmp_path, scenario)


def test_a_setup_that_names_who_unlocked_locks_nobody(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        await asyncio.to_thread(session.desk.vault.renew_setup, SETUP)
        await page.settle()
        assert session.is_unlocked

    run(tmp_path, scenario)


def test_who_was_added_here_and_refused_by_the_server_is_locked_out_too(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        vault = session.desk.vault
        new = vault.add_colleague("Maria", "nurse")
        vault.add_slot(new, OTHER_PIN)
        await session.locked()
        await unlock(page, new, OTHER_PIN)
        await page.until(lambda: session.is_unlocked)
        outcome = ProposalOutcome(practitioner_id=new, reason=ProblemCode.FORBIDDEN)
        answer = ProposalsAnswer(outcomes=(outcome,))
        await asyncio.to_thread(session.desk.vault.record_proposals, answer)
        await page.until(lambda: page.shows("unlock.sent-away"))
        assert not session.is_unlocked

    run(tmp_path, scenario)


def test_a_revocation_at_the_server_ends_the_session(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            who = noor(process)
            await give(page, who, PIN)
            await type_in(page, PIN)  # chosen, so once more
            await page.until(lambda: page.shows("home.register"))
            assert people.revoke(server.context.database, NURSE, 1)
            process.scheduler.sync_now()
            await page.until(lambda: page.shows("unlock.sent-away"))
        await process.close()

    with real_server(tmp_path / "server") as server:
        process = a_process(tmp_path / "tablet")
        enrolled(process.file(), server.url, server.code())
        asyncio.run(scenario(process))
