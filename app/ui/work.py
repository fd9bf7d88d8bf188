"""Blocking calls in threads, their answers on the session's event loop."""

import asyncio
import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Generic, TypeVar

from app.core.problems import ProblemCode
from app.ui.failures import Failures

logger = logging.getLogger("tessera.ui")

Result = TypeVar("Result")
Event = TypeVar("Event")


class Work:
    """Runs a session's blocking calls; made on the session's event loop.

    Answers arrive in the context in which Work was made, so that screens can
    redraw. An answer for a session that is gone is dropped and logged.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        failures: Failures,
        executor: Executor | None = None,
    ) -> None:
        self._loop = loop
        self._failures = failures
        self._executor = executor
        self._context = contextvars.copy_context()
        self._running: set[asyncio.Future[None]] = set()

    def run(
        self,
        call: Callable[[], Result],
        dispatch: Callable[[Event], None],
        then: Callable[[Result], Event],
        failed: Callable[[Exception], Event | None] | None = None,
    ) -> None:
        """Call in a thread, then dispatch the event made from the result.

        An exception becomes the event that `failed` makes of it: `by_code(Event)`
        where its code is all that counts. One that nobody expected, because it has no
        code, goes to the session's failures as well, and so does one without an event.
        """
        self._begin(self._run, _Job(call, dispatch, then, failed))

    def lane(self) -> "Lane":
        """Return a lane: what runs in it runs one after another."""
        return Lane(self._begin, self._run)

    async def settled(self) -> None:
        """Wait until nothing that was begun is running any more."""
        while self._running:
            await asyncio.wait(tuple(self._running))
            await asyncio.sleep(0)

    def later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on the session's event loop after a time, unless it is stopped."""
        handle = self._loop.call_later(
            seconds, self._guarded, callback, context=self._context.copy()
        )
        return handle.cancel

    def post(self, callback: Callable[[], None]) -> None:
        """Call back on the session's event loop; safe from every thread."""
        try:
            self._loop.call_soon_threadsafe(
                self._guarded, callback, context=self._context.copy()
            )
        except RuntimeError:
            # Only a closed event loop refuses: the session ended meanwhile.
            logger.info("an answer came after its session had ended")

    def _begin(self, call: Callable[..., None], *arguments: object) -> None:
        future = self._loop.run_in_executor(self._executor, call, *arguments)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    def _run(self, job: "_Job[Any, Any]") -> None:
        try:
            result = job.call()
        except Exception as error:  # noqa: BLE001 - handed to the session, see post
            caught = error
            self.post(lambda: self._fail(job, caught))
        else:
            self.post(lambda: self._answer(job, result))

    def _answer(self, job: "_Job[Any, Any]", result: object) -> None:
        try:
            event = job.then(result)
        except Exception as error:  # noqa: BLE001 - an answer that can't be read failed
            self._fail(job, error)
        else:
            job.dispatch(event)

    def _fail(self, job: "_Job[Any, Any]", error: Exception) -> None:
        event = job.failed(error) if job.failed else None
        if event is None or code_of(error) is None:
            self._failures.report(error)
        if event is not None:
            job.dispatch(event)

    def _guarded(self, callback: Callable[[], None]) -> None:
        with self._failures.guard():
            callback()


class Lane:
    """Calls that run one after another, in the order in which they came.

    Of those that only the newest counts of (a load, a draft), one that waits gives
    way to the next: it is never run, and no event comes of it.
    """

    def __init__(
        self,
        begin: Callable[[Callable[[], None]], None],
        run: Callable[["_Job[Any, Any]"], None],
    ) -> None:
        self._begin = begin
        self._run_job = run
        self._waiting: deque[tuple[_Job[Any, Any], bool]] = deque()
        self._is_running = False
        self._guard = threading.Lock()

    def run(
        self,
        call: Callable[[], Result],
        dispatch: Callable[[Event], None],
        then: Callable[[Result], Event],
        failed: Callable[[Exception], Event | None] | None = None,
    ) -> None:
        """Call as Work does, after all that came before."""
        self._take(_Job(call, dispatch, then, failed), gives_way=False)

    def newest(
        self,
        call: Callable[[], Result],
        dispatch: Callable[[Event], None],
        then: Callable[[Result], Event],
        failed: Callable[[Exception], Event | None] | None = None,
    ) -> None:
        """Call as Work does, unless another such call comes before its turn."""
        self._take(_Job(call, dispatch, then, failed), gives_way=True)

    def _take(self, job: "_Job[Any, Any]", *, gives_way: bool) -> None:
        with self._guard:
            if gives_way and self._waiting and self._waiting[-1][1]:
                self._waiting.pop()
            self._waiting.append((job, gives_way))
            if self._is_running:
                return
            self._is_running = True
        self._begin(self._drain)

    def _drain(self) -> None:
        while (job := self._next()) is not None:
            self._run_job(job)

    def _next(self) -> "_Job[Any, Any] | None":
        with self._guard:
            self._is_running = bool(self._waiting)
            return self._waiting.popleft()[0] if self._waiting else None


def code_of(error: Exception) -> ProblemCode | None:
    """Return the code of an error that its maker foresaw; None of any other."""
    code = getattr(error, "code", None)
    return code if isinstance(code, ProblemCode) else None


def by_code(event: Callable[[ProblemCode], Event]) -> Callable[[Exception], Event]:
    """Make an event of whatever failed, so that nothing waits for ever."""
    return lambda error: event(code_of(error) or ProblemCode.UNEXPECTED)


class _Job(Generic[Result, Event]):
    def __init__(
        self,
        call: Callable[[], Result],
        dispatch: Callable[[Event], None],
        then: Callable[[Result], Event],
        failed: Callable[[Exception], Event | None] | None,
    ) -> None:
        self.call = call
        self.dispatch = dispatch
        self.then = then
        self.failed = failed
