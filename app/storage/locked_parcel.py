"""A locked tablet's parcel: how much is in it, what of it was sent, and sending it."""

from dataclasses import dataclass
from pathlib import Path

from app.core.carried import fingerprint
from app.core.parcel import Parcel, ParcelError, ParcelHead, read_parcel
from app.core.wire import Outcome, PushResponse
from app.storage.before_unlock import BeforeUnlock
from app.storage.database import typed_errors
from app.storage.errors import ParcelUnreadableError
from app.storage.parcel import PARCEL_NAME
from app.storage.sent import Sent


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the last lock left for the server, and how much of it has gone since.

    The vault does not know yet: it is told at the next unlock.
    """

    head: ParcelHead
    answered: frozenset[int] = frozenset()
    """Parts that the server has answered, by index."""
    refused: int = 0
    """Operations in them that it did not accept; they are kept here and there."""
    saved_at: int | None = None
    """When it was last saved as a file, which proves nothing."""

    @property
    def operations_sent(self) -> int:
        """How many operations the server has answered."""
        parts = self.head.parts
        return sum(parts[index].operations for index in self.answered)

    @property
    def is_sent(self) -> bool:
        """Whether the server has answered all of it."""
        return len(self.answered) == len(self.head.parts)

    @property
    def records_left(self) -> int:
        """How many records at most no server has accepted, as far as is known here."""
        records = self.head.records
        return min(records, self.refused) if self.is_sent else records


class LockedParcel:
    """What a locked vault's file lets be done with the parcel beside it."""

    folder: Path
    _before: BeforeUnlock

    def unsent(self) -> Unsent | None:
        """Return what the last lock left for the server, or None. Blocks.

        Raises ParcelUnreadableError where something is there that can't be read: the
        vault has it all the same.
        """
        if not (self.folder / PARCEL_NAME).exists():
            return None
        return self.unsent_of(self.parcel())

    def unsent_of(self, parcel: Parcel) -> Unsent:
        """Return how much of a parcel has gone."""
        answers = self._before.sent.answered(parcel_id(parcel))
        refused = sum(
            each.outcome is Outcome.REJECTED
            for answer in answers.values()
            for each in answer.outcomes
        )
        sent = self._before.sent.marked()
        last = parcel.head.parts[-1].last
        is_saved = sent is not None and sent.by_file and sent.last >= last
        saved_at = sent.at_ms if sent is not None and is_saved else None
        return Unsent(parcel.head, frozenset(answers), refused, saved_at)

    def parcel(self) -> Parcel:
        """Return the parcel; raise ParcelUnreadableError, DiskError."""
        return parsed(self.parcel_bytes())

    def parcel_bytes(self) -> bytes:
        """Return the parcel as it is saved to a stick; raise ParcelUnreadableError."""
        with typed_errors():
            path = self.folder / PARCEL_NAME
            if not path.exists():
                raise ParcelUnreadableError
            raw = path.read_bytes()
        parsed(raw)
        return raw

    def keep_answer(self, parcel: Parcel, index: int, answer: PushResponse) -> None:
        """Keep what the server said of a part, for the next unlock; durable."""
        self._before.sent.keep(parcel_id(parcel), index, answer)

    def mark_sent(self, parcel: Parcel, now_ms: int, *, by_file: bool) -> None:
        """Note that the parcel left, and that nobody confirmed it yet."""
        last = parcel.head.parts[-1].last
        self._before.sent.mark(Sent(last, now_ms, by_file))


def parcel_id(parcel: Parcel) -> str:
    """Return what tells a parcel from every other."""
    return fingerprint(parcel.start)


def parsed(raw: bytes) -> Parcel:
    """Read a whole parcel; raise ParcelUnreadableError."""
    try:
        found = read_parcel(raw)
    except ParcelError:
        raise ParcelUnreadableError from None
    if not found.is_whole:
        raise ParcelUnreadableError
    return found
