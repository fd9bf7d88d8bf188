"""Blocking calls in threads, their answers on the session's event loop."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

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

        An exception becomes the event that `failed` makes of it; where that is
        None, or there is no `failed`, it goes to the session's failures.
        """
        job = _Job(call, dispatch, then, failed)
        future = self._loop.run_in_executor(self._executor, self._run, job)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

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

    def tell(self, error: Exception) -> None:
        """Show and log an error that nobody expected."""
        self._failures.report(error)

    def post(self, callback: Callable[[], None]) -> None:
        """Call back on the session's event loop; safe from every thread."""
        try:
            self._loop.call_soon_threadsafe(
                self._guarded, callback, context=self._context.copy()
            )
        except RuntimeError:
            # Only a closed event loop refuses: the session ended meanwhile.
            logger.info("an answer came after its session had ended")

    def _run(self, job: "_Job[Result, Event]") -> None:
        try:
            result = job.call()
        except Exception as error:  # noqa: BLE001 - handed to the session, see post
            caught = error
            self.post(lambda: self._fail(job, caught))
        else:
            self.post(lambda: job.dispatch(job.then(result)))

    def _fail(self, job: "_Job[Result, Event]", error: Exception) -> None:
        event = job.failed(error) if job.failed else None
        if event is None:
            self._failures.report(error)
        else:
            job.dispatch(event)

    def _guarded(self, callback: Callable[[], None]) -> None:
        with self._failures.guard():
            callback()


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
