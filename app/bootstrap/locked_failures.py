"""Failures of a session, apart from what a lock makes fail."""

import logging
from collections.abc import Callable

from app.storage import LockedError
from app.ui.failures import Failures

logger = logging.getLogger("tessera.session")


class LockedFailures(Failures):
    """A screen that asked a vault which was locked meanwhile has gone itself."""

    def __init__(self, is_locked: Callable[[], bool]) -> None:
        super().__init__()
        self._is_locked = is_locked

    def report(self, error: BaseException) -> None:
        """Show what nobody expected; that a locked vault says no was expected."""
        if isinstance(error, LockedError) and self._is_locked():
            logger.info("an answer came after the lock")
            return
        super().report(error)
