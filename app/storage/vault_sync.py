"""What a sync round reads and writes in an open vault."""

import json
import logging
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

from app.core.page_wire import PAGES, DocumentPage
from app.core.wire import PullResponse, PushRequest, PushResponse
from app.storage import outbox, parcel, reply
from app.storage.acknowledging import Ready
from app.storage.audit_log import all_subjects_of
from app.storage.damage import DamageKind
from app.storage.document_pages import apply_documents
from app.storage.enrolment import Connection
from app.storage.errors import StorageError, VaultCorruptError
from app.storage.feed import apply_page
from app.storage.only_here import OnlyHere, only_here
from app.storage.open_vault import OpenVault
from app.storage.outbox import BatchLimits
from app.storage.patient_erasure import erased_in
from app.storage.scope import WANTED, load_ids, load_left, put_ids
from app.storage.set_aside import SetAside
from app.storage.totals import Totals
from app.storage.uncollected import uncollected
from app.storage.unit import Unit
from app.storage.unlocked import Unlocked

_LIMITS = BatchLimits()
# On a bad line each part that arrived is done with, and shows that it goes on.
_PART_LIMITS = BatchLimits(operations=100, size=64 * 1024)
_logger = logging.getLogger(__name__)


def want(parts: Unlocked, unit: Unit, patient_ids: frozenset[str]) -> None:
    """Note in a transaction that these patients are to be asked for whole."""
    if not patient_ids:
        return
    wanted = load_ids(unit.driver, parts.local, WANTED, parts.rows.damaged)
    if not patient_ids <= wanted:
        put_ids(unit.driver, parts.local, WANTED, patient_ids | wanted)


class VaultSync(OpenVault):
    """This device's chain and its place in the feed.

    Every method is one durable transaction and may be repeated.
    """

    _totals: Totals | None = None

    @cached_property
    def _ready(self) -> Ready:
        """What of the batches under way is ready to be acknowledged."""
        return {}

    def _counting(self) -> Totals:
        """Return what counts this vault's records, from when it is first asked."""
        if self._totals is None:
            setup = self._before.setup()
            name = "" if setup is None else setup.deployment.deployment_id
            self._totals = Totals(name)
        return self._totals

    @property
    def connection(self) -> Connection:
        """How to reach the server, and as whom."""
        parts = self._unlocked
        connection = self._before.connection(parts.surroundings.ids)
        if connection is None:
            raise VaultCorruptError
        return connection

    def pending(
        self,
        limits: BatchLimits = _LIMITS,
        *,
        size: int | None = None,
        after: int = 0,
    ) -> PushRequest | None:
        """Return the oldest unacknowledged links in a row, whole changes, signed.

        Of `size` bytes at most, if it is given; with `after`, those that come after
        this number.
        """
        parts = self._unlocked
        key = parts.surroundings.signing_key
        limits = replace(
            limits, after=after, size=limits.size if size is None else size
        )
        with uncollected(), parts.database.read() as driver:
            if not after:
                self._ready.clear()
            return outbox.next_batch(driver, parts.rows, key, limits, self._ready)

    def close(self) -> None:
        """Lock, and seal what is unsent to the server's key beside the vault.

        A disk or a key that refuses keeps nobody from locking: what is unsent is in
        the vault.
        """
        try:
            self._seal_unsent()
        finally:
            self._ready.clear()
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
            batches = tuple(outbox.all_batches(driver, parts.rows, key, _PART_LIMITS))
            folder = parcel.folder_of(driver)
        to = reply.reply_to(parts, batches[0].first - 1) if batches else None
        addressee = parcel.Addressee(setup.sealing_key, now, to)
        parcel.keep_unsent(folder, batches, addressee)

    def record_outcomes(self, answer: PushResponse) -> None:
        """Acknowledge operations by their ids, or set them aside with the reason."""
        with uncollected(), self._unlocked.writing() as unit:
            outbox.record_answer(unit, self._aside, answer, self._ready)

    def offer_again(self, after: int) -> int:
        """Count every own link after a number as unacknowledged again; say how many."""
        with self._unlocked.writing() as unit:
            return outbox.offer_again(unit, self._aside, after)

    def offer_refused(self, operation_ids: Collection[str]) -> int:
        """Count as unacknowledged what was accepted, and is set aside by now."""
        if not operation_ids:
            return 0
        with self._unlocked.writing() as unit:
            return outbox.offer_refused(unit, self._aside, operation_ids)

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
        with uncollected(), parts.writing() as unit:
            driver, damaged = unit.driver, parts.rows.damaged
            left = load_left(driver, parts.local, damaged)
            clock = parts.clock(unit.state)
            want(parts, unit, apply_page(unit, parts.aside, clock, page, left))
        self._counting().learn(*unit.folded)

    def apply_documents(self, page: DocumentPage) -> None:
        """Apply a page of a first sync and its cursor; it takes nothing away.

        Whole documents are merged with what is here; a broken one is set aside and
        blocks nothing; a page twice is a page once.
        """
        parts = self._unlocked
        with uncollected(), parts.writing() as unit:
            apply_documents(unit, parts.aside, parts.clock(unit.state), page)
            left = load_left(unit.driver, parts.local, parts.rows.damaged)
            back = {erased_in(item, left) for item in page.documents} if left else ()
            # The page may hold a part of them: who is who was read before they left.
            want(parts, unit, frozenset(back) - {""})

    @property
    def reads_pages(self) -> bool:
        """Whether a first sync is to be made, or goes on: the feed comes after it.

        A vault that has other devices' operations reads the feed again instead; but a
        record that came in a page, and is damaged, comes again only in one.
        """
        cursor = self._unlocked.state.cursor
        if cursor:
            return cursor.startswith(PAGES)
        parts = self._unlocked
        with parts.database.read() as driver:
            others = driver.execute(
                "SELECT 1 FROM operation WHERE number IS NULL LIMIT 1"
            ).fetchone()
            lost = {d.id for d in parts.rows.damaged if d.kind is DamageKind.DOCUMENT}
            paged = driver.execute(
                "SELECT 1 FROM document WHERE paged = 1 AND record_id IN "
                "(SELECT value FROM json_each(?)) LIMIT 1",
                (json.dumps(sorted(lost)),),
            ).fetchone()
        return others is None or paged is not None

    def counts(self) -> OnlyHere:
        """Return how much exists on this tablet alone; audit events are no records."""
        parts = self._unlocked
        events = all_subjects_of(parts)
        with parts.database.read() as driver:
            return only_here(driver, parts.rows, leave_out=events)

    def set_aside(self) -> tuple[SetAside, ...]:
        """Return what was set aside and why: own changes, and broken feed items."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return parts.aside.all(driver)
