"""A locked tablet is emptied at its lock screen, and says the truth all the while."""

import asyncio
from pathlib import Path

from app.core.operation import decode_header
from app.core.wire import Outcome, PushOutcome, PushRequest, PushResponse
from app.storage.hpke import BoxKey
from tests.bootstrap.tablets import a_page, unlocked
from tests.bootstrap.test_idle import a_process_that_seals
from tests.bootstrap.test_session import guest
from tests.features.record.people import register
from tests.storage.test_parcel import bodies


def test_the_lock_screen_says_how_many_wait_and_offers_both_ways_without_a_pin(
    tmp_path: Path,
) -> None:
    async def in_loop() -> None:
        process = a_process_that_seals(tmp_path)
        async with a_page(process) as page:
            assert not page.shows("unlock.send")
            await unlocked(page)
            register(guest(process).desk, "Amina")
            await guest(process).locked()
            await page.until(lambda: page.shows("unlock.send"))
            assert page.shows("unlock.save")
            said = " ".join(page.texts())
            assert "exist only on this tablet." in said
            assert "Amina" not in said
            await page.tap("unlock.send")
            no_way = "There is no connection to the server."
            await page.until(lambda: any(no_way in text for text in page.texts()))
            assert "Amina" not in " ".join(page.texts())
            await page.tap("back")
            await page.until(lambda: page.shows("unlock.send"))
        await process.close()

    asyncio.run(in_loop())


def test_what_was_answered_while_it_was_locked_counts_after_the_unlock(
    tmp_path: Path,
) -> None:
    async def in_loop() -> None:
        process = a_process_that_seals(tmp_path)
        server = BoxKey.generate()
        setup = process.file().setup
        assert setup is not None
        key = {"sealing_key": server.public_bytes}
        process.file().renew_setup(setup.model_copy(update=key))
        async with a_page(process) as page:
            await unlocked(page)
            register(guest(process).desk, "Amina")
            await guest(process).locked()
            file = process.file()
            parcel = file.parcel()
            for index, body in enumerate(bodies(tmp_path / "unsent.parcel", server)):
                file.keep_answer(parcel, index, accepted(body.batch))
            process.unsent_changed.tell()
            nothing = "Nothing waits to be sent"
            await page.until(lambda: nothing in page.texts())
            assert not page.shows("unlock.send")
            await unlocked(page)
            assert guest(process).desk.vault.counts().records == 0
        await process.close()

    asyncio.run(in_loop())


def accepted(batch: PushRequest) -> PushResponse:
    """What a server says that takes all."""
    heads = [decode_header(each.header.encode())[0] for each in batch.operations]
    outcomes = tuple(
        PushOutcome(operation_id=head.operation_id, outcome=Outcome.ACCEPTED)
        for head in heads
    )
    last = batch.first + len(heads) - 1
    return PushResponse(
        outcomes=outcomes, acknowledged=last, server_ms=0, epoch="epoch-1"
    )
