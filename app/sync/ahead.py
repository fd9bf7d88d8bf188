"""Asking the server while this tablet works: one question ahead, never two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Answer = TypeVar("Answer")


class Ahead:
    """Asks on a thread of its own, made when it is first needed; or, off, in turn.

    Leaving waits for what is under way: no question outlives the round that asked it.
    """

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown()

    def ask(self, question: Callable[[], Answer]) -> Callable[[], Answer]:
        """Begin to ask; what is returned waits for the answer, or raises why not."""
        if not self._is_on:
            return question
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="sync-ahead")
        return self._thread.submit(question).result
