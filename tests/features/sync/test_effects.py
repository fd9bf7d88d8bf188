"""Sync over a real vault: what waits, what was refused, and whose it is."""

import asyncio
import random
from pathlib import Path

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.features.sync.effects import Sending, loop, progress_of
from app.features.sync.state import CodeTyped, ConnectPressed, Kept, Lost
from app.storage.only_here import OnlyHere
from app.sync.failures import Refused
from app.sync.report import Phase, SetAside, SyncProgress, SyncReport
from app.sync.scheduler import SyncScheduler
from app.sync.status import SyncStatus
from app.ui.routes import Sync
from tests.clinic.desks import a_place, a_table, some_work, until
from tests.features.record.people import register


def only(scheduler: SyncScheduler) -> Sending:
    """Rounds, where nobody connects again."""
    return Sending(scheduler, lambda _code: None)


def test_what_the_server_refused_is_named_after_its_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            amina = register(table.desk, "Amina")
            batch = table.vault.pending()
            assert batch is not None
            ids = [
                e.header.operation_id for e in table.vault.operations(amina.patient_id)
            ]
            refused = tuple(
                PushOutcome(
                    operation_id=operation_id,
                    outcome=Outcome.REJECTED,
                    reason=ProblemCode.UNKNOWN_SITE,
                )
                for operation_id in ids
            )
            answer = PushResponse(
                outcomes=refused, acknowledged=len(ids), server_ms=1, epoch="epoch-1"
            )
            table.vault.record_outcomes(answer)
            scheduler = SyncScheduler(random.Random(1))
            screen = loop(table.desk, some_work(), a_place(Sync()), only(scheduler))
            screen.shown()
            await until(lambda: bool(screen.model.kept))
            reason = ProblemCode.UNKNOWN_SITE
            count = len(ids)
            kept = Kept(amina.patient_id, "Amina", amina.card, reason, count)
            assert screen.model.kept == (kept,)
            assert screen.model.server == "https://tessera.example.org"
            screen.left()

    asyncio.run(scenario())


def test_a_status_is_told_in_the_screens_own_terms() -> None:
    refused = (SetAside("o1", ProblemCode.ERASED), SetAside("o2", ProblemCode.ERASED))
    report = SyncReport(1, 2, accepted=3, pulled=4, set_aside=refused)
    moving = SyncProgress(Phase.PUSH, 5, 9)
    told = progress_of(SyncStatus(running=True, progress=moving, report=report))
    assert told.moved is not None
    assert (told.moved.sending, told.moved.done, told.moved.total) == (True, 5, 9)
    assert told.outcome is not None
    assert (told.outcome.sent, told.outcome.received) == (3, 4)
    assert told.outcome.set_aside == ((ProblemCode.ERASED, 2),)


def test_what_was_refused_counts_as_only_here() -> None:
    here = OnlyHere(0, 2, 5, 3, refused_records=2)
    told = progress_of(SyncStatus(only_here=here))
    assert (told.records_only_here, told.records_refused, told.oldest_at) == (2, 2, 5)


def test_what_is_damaged_is_counted_and_that_sending_is_stuck_behind_it(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            for name in ("Amina", "Omar"):
                register(table.desk, name)
            scheduler = SyncScheduler(random.Random(1))
            screen = loop(table.desk, some_work(), a_place(Sync()), only(scheduler))
            screen.shown()
            await until(lambda: screen.model.server != "")
            assert screen.model.lost == Lost()
            with table.vault._unlocked.database.write() as transaction:
                transaction.driver.execute(
                    "UPDATE operation SET sealed = zeroblob(80) WHERE number = 1"
                )
            screen.shown()
            await until(lambda: screen.model.lost == Lost(1, is_stuck=True))
            screen.left()

    asyncio.run(scenario())


def test_a_mistyped_code_is_told_and_another_one_is_handed_on(tmp_path: Path) -> None:
    given: list[str] = []

    def connect(code: str) -> None:
        if code == "wrong":
            raise Refused(ProblemCode.ENROLMENT_CODE_WRONG)
        given.append(code)

    async def scenario() -> None:
        with a_table(tmp_path) as table:
            sending = Sending(SyncScheduler(random.Random(1)), connect)
            screen = loop(table.desk, some_work(), a_place(Sync()), sending)
            for typed in (" ", "wrong"):
                screen.dispatch(CodeTyped(typed))
                screen.dispatch(ConnectPressed())
            told = screen.model.code_problem
            assert told is ProblemCode.ENROLMENT_CODE_WRONG
            screen.dispatch(CodeTyped(" right "))
            assert not screen.model.code_problem
            screen.dispatch(ConnectPressed())
            assert given == ["right"]

    asyncio.run(scenario())
