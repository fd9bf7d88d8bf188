"""Whole documents: the pages of a first sync, and patients who come into scope.

What was taken in is durable with its cursor before the next page is asked for, so a
first sync goes on where it was cut.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Event
from typing import Protocol

from app.core.page_wire import DocumentPage
from app.core.problems import ProblemCode
from app.core.scope_wire import (
    MAX_WANTED,
    UnitChecks,
    WantedPatients,
    WholePatients,
)
from app.core.unit_check import to_text
from app.core.wire import API_PREFIX, Setup
from app.sync.ahead import Ahead
from app.sync.channel import HttpChannel
from app.sync.failures import ProtocolMismatch, Refused
from app.sync.pace import Pace

_logger = logging.getLogger(__name__)
_PATH = f"{API_PREFIX}/documents"


class DocumentVault(Protocol):
    """Where documents are kept; app.storage's Vault has these methods."""

    @property
    def reads_pages(self) -> bool:
        """Whether a first sync is to be made, or goes on."""

    def cursor(self) -> str:
        """Return how far was read, in pages or in the feed."""

    def reset_cursor(self) -> None:
        """Begin anew."""

    def apply_documents(self, page: DocumentPage) -> None:
        """Take in a page and its cursor, in one transaction."""

    def wanted_patients(self) -> tuple[str, ...]:
        """Return of whom all documents are to be asked for."""

    def take_whole(self, answer: WholePatients) -> None:
        """Take in patients whole; those that are answered lack nothing now."""

    def want(self, patient_ids: Iterable[str]) -> None:
        """Ask for these patients whole."""

    def total(self) -> int | None:
        """Return what all that is here counts; None while something waits."""

    def differing(self, theirs: Mapping[str, int]) -> frozenset[str]:
        """Return who counts otherwise at the server than here."""

    def let_old_go(self, keep_days: int) -> int:
        """Let patients leave whom this device need not keep; say how many did."""

    def let_ended_go(self, patient_ids: Iterable[str]) -> int:
        """Let whom somebody looked up leave; say how many did."""

    @property
    def setup(self) -> Setup:
        """What the server said about the deployment."""


class DocumentSync:
    """Runs within the rounds of a SyncEngine; raises SyncFailure or StorageError."""

    def __init__(
        self, channel: HttpChannel, vault: DocumentVault, *, is_ahead: bool = False
    ) -> None:
        self._channel = channel
        self._is_ahead = is_ahead
        self._pace = Pace()
        self._vault = vault
        self._is_older = False
        self._found: tuple[int, str] | None = None

    def first(self, cancel: Event, tell: Callable[[int], None]) -> None:
        """Read pages until the feed takes over; tell how many records came."""
        if self._is_older or not self._vault.reads_pages:
            return
        came, cursor = 0, self._vault.cursor()
        waiting = self._asking(cursor)
        with Ahead(is_on=self._is_ahead) as ahead:
            while not cancel.is_set():
                try:
                    page = waiting()
                except Refused as refusal:
                    self._without_pages(refusal)
                    return
                if page.more and page.cursor == cursor:  # the same page, for ever
                    raise ProtocolMismatch
                if page.more:
                    waiting = ahead.ask(self._asking(page.cursor))
                self._vault.apply_documents(page)
                came += len(page.documents)
                tell(came)
                if not page.more:
                    return
                cursor = page.cursor

    def _asking(self, cursor: str) -> Callable[[], DocumentPage]:
        params = {"cursor": cursor, "limit": str(self._pace.patients)}
        ask = partial(self._channel.get, _PATH, DocumentPage, params)
        return partial(self._pace.timed, ask)

    def entered(self, cancel: Event) -> None:
        """Ask for all of those who came into scope, or came back."""
        while not cancel.is_set():
            wanted = self._vault.wanted_patients()[:MAX_WANTED]
            if not wanted:
                return
            asked = WantedPatients(patient_ids=wanted)
            answer = self._channel.post(_PATH, WholePatients, asked)
            if not set(answer.answered) & set(wanted):
                raise ProtocolMismatch
            self._vault.take_whole(answer)

    def compare(self, check: str) -> int:
        """Hold what is here against what the server says; say how many differ.

        They are wanted from then on. What was found once is not looked for again.
        """
        mine = self._vault.total() if check else None
        if mine is None or to_text(mine) == check or self._found == (mine, check):
            return 0
        answer = self._channel.get(f"{API_PREFIX}/checks", UnitChecks)
        if answer.check != check:  # somebody wrote meanwhile: the next round tells
            return 0
        self._found = mine, check
        theirs = {whose: int(total, 16) for whose, total in answer.patients.items()}
        differing = self._vault.differing(theirs)
        _logger.warning("%d patients differ from the server's.", len(differing))
        if differing:
            self._vault.want(differing)
        return len(differing)

    def leave(self) -> None:
        """Let go of whom this device need not keep any more, as the setup says."""
        if self._vault.setup.ended_look_ups:
            self._vault.let_ended_go(self._vault.setup.ended_look_ups)
        keep_days = self._vault.setup.keep_days
        if keep_days is not None:
            self._vault.let_old_go(keep_days)

    def _without_pages(self, refusal: Refused) -> None:
        """Read the feed from its beginning where the server is older."""
        if refusal.code is not ProblemCode.NOT_FOUND:
            raise refusal
        self._is_older = True
        self._vault.reset_cursor()
