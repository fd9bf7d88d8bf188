"""What a sync round reads and writes in an open vault."""

import logging

from app.core.page_wire import DocumentPage
from app.core.wire import PullResponse, PushRequest, PushResponse
from app.storage import outbox, parcel
from app.storage.audit_log import subject_of
from app.storage.document_pages import apply_documents
from app.storage.enrolment import Connection
from app.storage.errors import StorageError, VaultCorruptError
from app.storage.feed import apply_page
from app.storage.only_here import OnlyHere, only_here
from app.storage.open_vault import OpenVault
from app.storage.outbox import BatchLimits
from app.storage.set_aside import SetAside
from app.storage.uncollected import uncollected

_LIMITS = BatchLimits()
_logger = logging.getLogger(__name__)


class VaultSync(OpenVault):
    """This device's chain and its place in the feed.

    Every method is one durable transaction and may be repeated.
    """

    @property
    def connection(self) -> Connection:
        """How to reach the server, and as whom."""
        parts = self._unlocked
        connection = self._before.connection(parts.surroundings.ids)
        if connection is None:
            raise VaultCorruptError
        return connection

    def pending(self, limits: BatchLimits = _LIMITS) -> PushRequest | None:
        """Return the oldest unacknowledged links in a row, whole changes, signed."""
        parts = self._unlocked
        key = parts.surroundings.signing_key
        with parts.database.read() as driver:
            return outbox.next_batch(driver, parts.rows, key, limits)

    def close(self) -> None:
        """Lock, and seal what is unsent to the server's key beside the vault.

        A disk or a key that refuses keeps nobody from locking: what is unsent is in
        the vault.
        """
        try:
            self._seal_unsent()
        finally:
            super().close()

    def _drop_unsent(self) -> None:
        """Remove what was sealed at the last lock; raise DiskError."""
        with self._unlocked.database.read() as driver:
            parcel.drop_unsent(parcel.folder_of(driver))

    def _seal_unsent(self) -> None:
        try:
            self._keep_unsent()
        except (StorageError, ValueError) as error:
            _logger.warning("What is unsent was not sealed: %s.", type(error).__name__)

    def _keep_unsent(self) -> None:
        parts, setup = self._parts, self._before.setup()
        if parts is None or setup is None:
            return
        key, now = parts.surroundings.signing_key, parts.surroundings.wall()
        with parts.database.read() as driver:
            batches = tuple(outbox.all_batches(driver, parts.rows, key, _LIMITS))
            folder = parcel.folder_of(driver)
        parcel.keep_unsent(folder, batches, parcel.Addressee(setup.sealing_key, now))

    def record_outcomes(self, answer: PushResponse) -> None:
        """Acknowledge operations by their ids, or set them aside with the reason."""
        with self._unlocked.writing() as unit:
            outbox.record_answer(unit, self._aside, answer)

    def offer_again(self, after: int) -> int:
        """Count every own link after a number as unacknowledged again; say how many."""
        with self._unlocked.writing() as unit:
            return outbox.offer_again(unit, self._aside, after)

    def offer_set_aside(self) -> int:
        """Count as unacknowledged what may be accepted by now; say how many."""
        with self._unlocked.writing() as unit:
            return outbox.offer_set_aside(unit, self._aside)

    def chain_digest(self, number: int) -> str | None:
        """Return the chain's digest (hex) at a number, or None if it ends before.

        Raises VaultCorruptError where this vault's own link can't be read; it is named
        in `damaged` then.
        """
        parts = self._unlocked
        if number > parts.state.head.number:
            return None
        with parts.database.read() as driver:
            digest = outbox.link_digest(driver, parts.rows, number)
        if digest is None:
            raise VaultCorruptError
        return digest.hex()

    def cursor(self) -> str:
        """Return how far the feed was read; "" is the beginning."""
        return self._unlocked.state.cursor

    def reset_cursor(self) -> None:
        """Read the feed from its beginning again; known operations change nothing."""
        with self._unlocked.writing() as unit:
            unit.move_cursor("")

    def apply_feed(self, page: PullResponse) -> None:
        """Apply a page and its cursor; broken items are set aside and block nothing."""
        parts = self._unlocked
        with parts.writing() as unit:
            apply_page(unit, parts.aside, parts.clock(unit.state), page)

    def apply_documents(self, page: DocumentPage) -> None:
        """Apply a page of a first sync and its cursor; it takes nothing away.

        Whole documents are merged with what is here; a broken one is set aside and
        blocks nothing; a page twice is a page once.
        """
        parts = self._unlocked
        with uncollected(), parts.writing() as unit:
            apply_documents(unit, parts.aside, parts.clock(unit.state), page)

    def counts(self) -> OnlyHere:
        """Return how much exists on this tablet alone; audit events are no records."""
        parts = self._unlocked
        events = subject_of(parts)
        with parts.database.read() as driver:
            return only_here(driver, parts.rows, leave_out=events)

    def set_aside(self) -> tuple[SetAside, ...]:
        """Return what was set aside and why: own changes, and broken feed items."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return parts.aside.all(driver)
