"""What a stick, or a sending while it was locked, brought into an open vault."""

from dataclasses import dataclass

import zstandard
from pydantic import ValidationError

from app.core.answer import (
    SIGNATURE_BYTES,
    Answer,
    AnswerBody,
    AnswerError,
    AnswerPage,
    read_answer,
    signed_bytes,
)
from app.core.wire import Outcome, PushResponse
from app.storage.errors import (
    FileForeignError,
    FileForgedError,
    FileOfAnotherTabletError,
    FileUnreadableError,
    VaultCorruptError,
)
from app.storage.reply import answer_box
from app.storage.sealing import SealError, is_signed
from app.storage.sent import Sent
from app.storage.vault_sync import VaultSync
from app.storage.waiting import WaitingPerson, waiting_people

MAX_BODY_BYTES = 256 * 1024 * 1024
"""What an answer may hold when it is unpacked."""
_NEWEST = "answers/newest_made_at"


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """What an answer said: of this tablet's operations, and of others'."""

    acknowledged: int = 0
    set_aside: int = 0
    received: int = 0


class VaultCarried(VaultSync):
    """Settles what left this tablet otherwise than by a round of sync."""

    def settle_sent(self) -> int:
        """Record what the server answered while this was locked; say of how many.

        Each answer is durable here before it is forgotten there.
        """
        count = 0
        for name, answer in self._before.sent.answers().items():
            self.record_outcomes(answer)
            self._before.sent.forget(name)
            count += len(answer.outcomes)
        return count

    def mark_sent(self, last: int) -> None:
        """Note that operations up to a number left, and nobody knows what arrived."""
        now = self._unlocked.surroundings.wall()
        self._before.sent.mark(Sent(last, now, by_file=False))

    def sent(self) -> Sent | None:
        """Return how far operations have left this tablet, confirmed or not."""
        return self._before.sent.marked()

    def waiting(self) -> tuple[WaitingPerson, ...]:
        """Return of whom something exists only here, the oldest first."""
        parts, sent = self._unlocked, self.sent()
        with parts.database.read() as driver:
            return waiting_people(driver, parts.rows, 0 if sent is None else sent.last)

    def take_answer(self, raw: bytes) -> TakenAnswer:
        """Take in a file that the server made for this tablet; safe to repeat.

        Its parts enter by the doors of a push and a pull, each durable by itself, so
        one that breaks off is gone on with by taking it in again. Raises
        CarriedFileError where it is not for this tablet; nothing is changed then.
        """
        body, made_at = self._opened(raw)
        parts = self._unlocked
        with parts.database.read() as driver:
            newest = int(parts.local.get(driver, _NEWEST) or b"0")
        if body.fell_back and made_at > newest:
            self._begin_again(body)
        for answer in body.pushed:
            self.record_outcomes(answer)
        for page in body.pages:
            self._apply_page(page)
        if made_at > newest:
            with parts.database.write() as transaction:
                value = str(made_at).encode()
                parts.local.put(transaction.driver, _NEWEST, value)
        return _taken(body, self.device_id)

    def _begin_again(self, body: AnswerBody) -> None:
        """The server lost what it had: offer it again, read its log from the start."""
        if self._has_its_chain(body):
            self.offer_again(body.chain.acknowledged)
            self.reset_cursor()

    def _has_its_chain(self, body: AnswerBody) -> bool:
        chain = body.chain
        try:
            return self.chain_digest(chain.acknowledged) == chain.digest
        except VaultCorruptError:
            return False

    def _apply_page(self, carried: AnswerPage) -> None:
        """Apply a page; the cursor moves only where this page is the next one."""
        cursor = self.cursor()
        is_next = carried.since == cursor
        page = carried.page
        self.apply_feed(page if is_next else page.model_copy(update={"cursor": cursor}))

    def _opened(self, raw: bytes) -> tuple[AnswerBody, int]:
        try:
            answer = read_answer(raw)
        except AnswerError:
            raise FileUnreadableError from None
        setup = self._before.setup()
        if setup is None or answer.head.deployment_id != setup.deployment.deployment_id:
            raise FileForeignError
        if answer.head.device_id != self.device_id:
            raise FileOfAnotherTabletError
        return _parsed(self._verified(answer)), answer.head.made_at

    def _verified(self, answer: Answer) -> bytes:
        try:
            plain = answer_box(self._unlocked).open(answer.sealed, answer.start)
        except SealError:
            raise FileUnreadableError from None
        signature, packed = plain[:SIGNATURE_BYTES], plain[SIGNATURE_BYTES:]
        message = signed_bytes(answer.start, packed)
        if not is_signed(self.connection.server_public_key, signature, message):
            raise FileForgedError
        return packed


def _parsed(packed: bytes) -> AnswerBody:
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= MAX_BODY_BYTES:
            raise FileUnreadableError
        plain = zstandard.ZstdDecompressor().decompress(packed)
        return AnswerBody.model_validate_json(plain)
    except (zstandard.ZstdError, ValidationError):
        raise FileUnreadableError from None


def _taken(body: AnswerBody, device_id: str) -> TakenAnswer:
    refused = sum(_refused_in(answer) for answer in body.pushed)
    named = sum(len(answer.outcomes) for answer in body.pushed)
    items = [item for page in body.pages for item in page.page.items]
    received = sum(item.device_id != device_id for item in items)
    return TakenAnswer(named - refused, refused, received)


def _refused_in(answer: PushResponse) -> int:
    return sum(each.outcome is Outcome.REJECTED for each in answer.outcomes)
