"""Sync over a real vault: what waits, what was refused, and whose it is."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.features.sync.carried import Answering, AnswerPressed
from app.features.sync.effects import Line, loop, progress_of
from app.features.sync.progress import Kept, Lost
from app.features.sync.state import CodeTyped, ConnectPressed
from app.storage.only_here import OnlyHere
from app.sync.failures import Refused
from app.sync.report import Phase, SetAside, SyncProgress, SyncReport
from app.sync.scheduler import SyncScheduler
from app.sync.status import SyncStatus
from app.ui.device import Picked
from app.ui.routes import Sync
from tests.clinic.desks import a_place, a_table, some_work, until
from tests.features.record.people import register
from tests.support.sticks import StickDevice


class SlowDevice(StickDevice):
    """One on which somebody takes long to choose."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Callable[[Picked | None], None]] = []

    def pick(
        self, then: Callable[[Picked | None], None], failed: Callable[[], None]
    ) -> None:
        assert failed is not None
        self.asked.append(then)


def a_line(scheduler: SyncScheduler, *files: bytes) -> Line:
    """A line on a device whose stick holds these files."""
    return Line(scheduler, StickDevice(list(files)), lambda _code: None)


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
            screen = loop(table.desk, some_work(), a_place(Sync()), a_line(scheduler))
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
            screen = loop(table.desk, some_work(), a_place(Sync()), a_line(scheduler))
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


def test_who_waits_is_listed_and_a_file_that_is_none_is_refused_in_words(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            amina = register(table.desk, "Amina")
            scheduler = SyncScheduler(random.Random(1))
            line = a_line(scheduler, b"no file of ours")
            screen = loop(table.desk, some_work(), a_place(Sync()), line)
            screen.shown()
            await until(lambda: bool(screen.model.waiting))
            (waiting,) = screen.model.waiting
            assert (waiting.name, waiting.card) == ("Amina", amina.card)
            assert waiting.records == table.vault.counts().records
            screen.dispatch(AnswerPressed())
            await until(lambda: not screen.model.answering.is_busy)
            problem = screen.model.answering.problem
            assert problem is ProblemCode.FILE_UNREADABLE
            screen.dispatch(AnswerPressed())
            await until(lambda: not screen.model.answering.is_busy)
            assert screen.model.answering == Answering()
            screen.left()

    asyncio.run(scenario())


def test_what_is_chosen_after_the_screen_was_left_is_not_taken_in(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            scheduler = SyncScheduler(random.Random(1))
            device = SlowDevice()
            line = Line(scheduler, device, lambda _code: None)
            screen = loop(table.desk, some_work(), a_place(Sync()), line)
            screen.shown()
            screen.dispatch(AnswerPressed())
            screen.left()
            device.asked[0](Picked("file.tessera", b"no file"))
            assert screen.model.answering.problem is None

    asyncio.run(scenario())


def test_a_mistyped_code_is_told_and_another_one_is_handed_on(tmp_path: Path) -> None:
    given: list[str] = []

    def connect(code: str) -> None:
        if code == "wrong":
            raise Refused(ProblemCode.ENROLMENT_CODE_WRONG)
        given.append(code)

    async def scenario() -> None:
        with a_table(tmp_path) as table:
            line = Line(SyncScheduler(random.Random(1)), StickDevice(), connect)
            screen = loop(table.desk, some_work(), a_place(Sync()), line)
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
