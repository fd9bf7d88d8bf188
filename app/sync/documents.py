"""Whole documents: the pages of a first sync, and patients who come into scope.

What was taken in is durable with its cursor before the next page is asked for, so a
first sync goes on where it was cut.
"""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from app.core.page_wire import DocumentPage
from app.core.problems import ProblemCode
from app.core.scope_wire import MAX_WANTED, WantedPatients, WholePatients
from app.core.wire import API_PREFIX
from app.sync.channel import HttpChannel
from app.sync.failures import ProtocolMismatch, Refused

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


class DocumentSync:
    """Runs within the rounds of a SyncEngine; raises SyncFailure or StorageError."""

    def __init__(self, channel: HttpChannel, vault: DocumentVault) -> None:
        self._channel = channel
        self._vault = vault
        self._is_older = False

    def first(self, cancel: Event, tell: Callable[[int], None]) -> None:
        """Read pages until the feed takes over; tell how many records came."""
        came = 0
        while not (cancel.is_set() or self._is_older) and self._vault.reads_pages:
            cursor = self._vault.cursor()
            try:
                page = self._channel.get(_PATH, DocumentPage, {"cursor": cursor})
            except Refused as refusal:
                self._without_pages(refusal)
                return
            if page.more and page.cursor == cursor:  # the same page, for ever
                raise ProtocolMismatch
            self._vault.apply_documents(page)
            came += len(page.documents)
            tell(came)

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

    def _without_pages(self, refusal: Refused) -> None:
        """Read the feed from its beginning where the server is older."""
        if refusal.code is not ProblemCode.NOT_FOUND:
            raise refusal
        self._is_older = True
        self._vault.reset_cursor()
