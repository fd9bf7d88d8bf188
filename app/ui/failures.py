"""What nobody expected: told to the person in a sentence, to the log in places."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from app.ui.source import Source

logger = logging.getLogger("tessera.ui")


@dataclass(frozen=True, slots=True)
class Failure:
    """An unexpected error as screens may show it: its kind, never its words."""

    kind: str
    place: str


class Failures(Source[Failure | None]):
    """The session's last unexpected error, until somebody has read it."""

    def __init__(self) -> None:
        super().__init__(None)

    def report(self, error: BaseException) -> None:
        """Show and log an error without its message, which may name a person."""
        places = tuple(_places(error))
        kind = type(error).__name__
        logger.error("unexpected %s at %s", kind, " > ".join(places))
        self.set(Failure(kind, places[-1] if places else "?"))

    def dismiss(self) -> None:
        """It was read."""
        self.set(None)

    def guard(self) -> AbstractContextManager[None]:
        """Report what is raised inside instead of passing it on."""
        return _Guard(self)


class _Guard(AbstractContextManager[None]):
    def __init__(self, failures: Failures) -> None:
        self._failures = failures

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._failures.report(error)
        return True


def _places(error: BaseException) -> Iterator[str]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "?")
        yield f"{module}:{frame.f_code.co_name}:{line}"
