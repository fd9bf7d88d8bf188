"""What a round needs of the vault; app.storage's Vault has these methods."""

from collections.abc import Collection
from typing import Protocol

from app.core.wire import PullResponse, PushRequest, PushResponse, Setup
from app.storage.only_here import OnlyHere


class SyncVault(Protocol):
    """A device's log and its feed position; keys never leave it.

    Every method is one durable transaction, may be called from the sync thread, and
    may be repeated.
    """

    @property
    def device_id(self) -> str:
        """This device, as its chain names it."""

    def pending(self, *, size: int | None = None, after: int = 0) -> PushRequest | None:
        """Return the next batch, signed: the oldest unacknowledged links in a row.

        None when everything is acknowledged. A change is never split, though else the
        batch is of `size` bytes at most, if it is given. With `after`, those that come
        after this number: what is being sent need not be answered.
        """

    def record_outcomes(self, answer: PushResponse) -> None:
        """Acknowledge operations by their ids, or set them aside with the reason."""

    def mark_sent(self, last: int) -> None:
        """Note that operations up to a number left, and nobody knows what arrived."""

    def cursor(self) -> str:
        """Return how far the feed was read; "" is the beginning."""

    def apply_feed(self, page: PullResponse) -> None:
        """Apply a page and its cursor in one transaction; set aside what is broken."""

    def reset_cursor(self) -> None:
        """Read the feed from its beginning again; known operations change nothing."""

    def chain_digest(self, number: int) -> str | None:
        """Return the chain's digest (hex) at a number, or None if it ends before.

        Raises VaultCorruptError where the link is damaged here, and names it as damage.
        """

    def offer_again(self, after: int) -> int:
        """Count every own link after a number as unacknowledged again; say how many."""

    def offer_refused(self, operation_ids: Collection[str]) -> int:
        """Count as unacknowledged what was accepted, and is set aside by now."""

    def offer_set_aside(self) -> int:
        """Count as unacknowledged what may be accepted by now; say how many."""

    def renew_setup(self, setup: Setup) -> None:
        """Keep what the server says about the deployment."""

    def counts(self) -> OnlyHere:
        """Return how much exists on this tablet alone."""
