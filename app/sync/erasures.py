"""Forgetting whom the server erased, before anything else of a round is taken in."""

from typing import Protocol

from app.core.erasure_wire import ErasedPage
from app.core.wire import API_PREFIX, PullResponse
from app.sync.channel import HttpChannel
from app.sync.failures import ProtocolMismatch

_PATH = f"{API_PREFIX}/erasures"


class ErasureVault(Protocol):
    """What the vault does about erasures; app.storage.Vault has these methods."""

    def erasures_mark(self) -> str:
        """Return up to which erasure the server was heard; "" is none."""

    def apply_erasures(self, page: ErasedPage) -> None:
        """Erase whom a page names, and keep its mark, in one transaction."""


class ErasureSync:
    """Asks who was erased, where a page of the feed says that there is somebody new."""

    def __init__(self, channel: HttpChannel, vault: ErasureVault) -> None:
        self._channel = channel
        self._vault = vault

    def before(self, page: PullResponse) -> None:
        """Erase whom the server erased by this page; raises SyncFailure, StorageError.

        Done first, so that no page brings somebody back between the two.
        """
        while page.erasures and page.erasures != (mark := self._vault.erasures_mark()):
            answer = self._channel.get(_PATH, ErasedPage, {"after": mark})
            if answer.mark == mark:  # the same page, for ever
                raise ProtocolMismatch
            self._vault.apply_erasures(answer)
            if not answer.more:
                return
