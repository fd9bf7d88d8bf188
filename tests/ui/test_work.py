import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable

import pytest

from app.core.problems import ProblemCode
from app.ui.failures import Failures
from app.ui.work import Work, by_code

session: contextvars.ContextVar[str] = contextvars.ContextVar("session")


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.005)


def new_work(failures: Failures) -> Work:
    return Work(asyncio.get_running_loop(), failures)


def test_an_answer_comes_back_on_the_sessions_thread_and_context() -> None:
    async def scenario() -> None:
        session.set("Sara's")
        events: list[str] = []
        threads: list[int] = []

        def dispatch(event: str) -> None:
            threads.append(threading.get_ident())
            events.append(f"{session.get()} {event}")

        work = new_work(Failures())
        work.run(threading.get_ident, dispatch, lambda ident: f"{ident}")
        await until(lambda: events)
        assert threads == [threading.get_ident()]
        assert events[0].startswith("Sara's ")
        assert events[0] != f"Sara's {threading.get_ident()}"

    asyncio.run(scenario())


def fail() -> str:
    raise OSError("disk full: Amina Haile")


class Coded(Exception):
    """An error that its maker foresaw."""

    code = ProblemCode.DISK_FULL


def fail_with_code() -> str:
    raise Coded


def test_an_exception_becomes_the_event_that_the_caller_makes_of_it() -> None:
    async def scenario() -> None:
        events: list[str] = []
        failures = Failures()
        new_work(failures).run(
            fail_with_code, events.append, str, lambda error: type(error).__name__
        )
        await until(lambda: events)
        assert events == ["Coded"]
        assert failures.value is None

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("call", "code", "shown"),
    [
        (fail_with_code, ProblemCode.DISK_FULL, None),
        (fail, ProblemCode.UNEXPECTED, "OSError"),
    ],
)
def test_every_failure_ends_in_an_event_and_what_nobody_foresaw_is_shown_too(
    call: Callable[[], str], code: ProblemCode, shown: str | None
) -> None:
    async def scenario() -> None:
        events: list[object] = []
        failures = Failures()
        new_work(failures).run(call, events.append, str, by_code(lambda c: c))
        await until(lambda: events)
        assert events == [code]
        assert (failures.value.kind if failures.value else None) == shown

    asyncio.run(scenario())


@pytest.mark.parametrize("failed", [None, lambda _error: None])
def test_an_exception_that_nobody_takes_is_shown(
    failed: Callable[[Exception], str | None] | None,
) -> None:
    async def scenario() -> None:
        events: list[str] = []
        failures = Failures()
        new_work(failures).run(fail, events.append, str, failed)
        await until(lambda: failures.value)
        assert failures.value is not None
        assert failures.value.kind == "OSError"
        assert events == []

    asyncio.run(scenario())


def test_an_answer_that_cannot_be_made_an_event_has_failed() -> None:
    def refuse(_result: str) -> object:
        raise KeyError("Amina Haile")

    async def scenario() -> None:
        events: list[object] = []
        failures = Failures()
        work = new_work(failures)
        work.run(lambda: "done", events.append, refuse, by_code(lambda c: c))
        await until(lambda: events)
        assert events == [ProblemCode.UNEXPECTED]
        assert failures.value is not None

    asyncio.run(scenario())


def test_an_exception_while_an_answer_is_decided_is_shown() -> None:
    async def scenario() -> None:
        failures = Failures()

        def refuse(_event: str) -> None:
            raise KeyError("Amina Haile")

        new_work(failures).run(lambda: "done", refuse, str)
        await until(lambda: failures.value)
        assert failures.value is not None
        assert failures.value.kind == "KeyError"

    asyncio.run(scenario())


def test_neither_screen_nor_log_repeats_an_exceptions_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = Failures()
    with caplog.at_level(logging.INFO), failures.guard():
        fail()
    assert "OSError" in caplog.text
    assert "test_work:fail" in caplog.text
    assert "Amina" not in caplog.text
    assert "Amina" not in repr(failures.value)


def test_an_interrupt_is_not_an_unexpected_error() -> None:
    failures = Failures()
    with pytest.raises(KeyboardInterrupt), failures.guard():
        raise KeyboardInterrupt
    assert failures.value is None


def test_an_answer_after_the_sessions_end_is_dropped_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def make() -> Work:
        return new_work(Failures())

    work = asyncio.run(make())
    with caplog.at_level(logging.INFO):
        work.post(lambda: None)
    assert "after its session had ended" in caplog.text
