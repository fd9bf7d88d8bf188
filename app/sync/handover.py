"""Handing a parcel over, part by part: by a locked tablet, or by who carried its file.

Each part is whole by itself, so what arrived stays, and sending goes on with the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from app.core.parcel import Parcel, ParcelAnswer, ParcelUpload
from app.core.wire import API_PREFIX, PushResponse
from app.sync.channel import HttpChannel, Traffic
from app.sync.failures import ConnectionCut, ProtocolMismatch

PARCELS = f"{API_PREFIX}/parcels"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How far a handing over has come: operations answered, of how many; bytes sent."""

    done: int
    total: int
    sent_bytes: int = 0


OnHandedOver = Callable[[HandedOver], None]


class ParcelKeeper(Protocol):
    """Where the answers of a locked sending are kept; app.storage's VaultFile."""

    def keep_answer(self, parcel: Parcel, index: int, answer: PushResponse) -> None:
        """Keep durably what the server said of a part."""

    def mark_sent(self, parcel: Parcel, now_ms: int, *, by_file: bool) -> None:
        """Note that it left, and that nobody confirmed it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A parcel to send, those of its parts that were answered before, and the ways."""

    parcel: Parcel
    answered: frozenset[int]
    progress: OnHandedOver
    cancel: Event


def send_parcel(
    sending: Sending, channel: HttpChannel, keeper: ParcelKeeper, now_ms: int
) -> None:
    """Send what was not answered yet, as this device; raise SyncFailure, StorageError.

    Each answer is kept durably before the next part goes. `cancel` stops it between two
    parts; what was answered need not be sent again.
    """
    for index in parts_of(sending, channel):
        upload = ParcelUpload(parcel=sending.parcel.only(index))
        try:
            answer = channel.post(PARCELS, ParcelAnswer, upload)
        except ConnectionCut:
            keeper.mark_sent(sending.parcel, now_ms, by_file=False)
            raise
        _check(sending.parcel, index, answer)
        keeper.keep_answer(sending.parcel, index, answer.answers[0])


def parts_of(sending: Sending, channel: HttpChannel) -> Iterable[int]:
    """Yield each part that is there and unanswered, telling how far it has come."""
    parcel, begun = sending.parcel, channel.traffic
    sizes = {index: parcel.head.parts[index].operations for index in parcel.parts}
    done = sum(sizes.get(index, 0) for index in sending.answered)
    total = sum(sizes.values())
    for index in sorted(sizes.keys() - sending.answered):
        sending.progress(HandedOver(done, total, _sent(begun, channel.traffic)))
        if sending.cancel.is_set():
            return
        yield index
        done += sizes[index]
    sending.progress(HandedOver(done, total, _sent(begun, channel.traffic)))


def _sent(begun: Traffic, now: Traffic) -> int:
    return now.sent - begun.sent


def _check(parcel: Parcel, index: int, answer: ParcelAnswer) -> None:
    """Refuse an answer that does not speak of the part: nothing is kept of it."""
    expected = parcel.head.parts[index].operations
    if len(answer.answers) != 1 or len(answer.answers[0].outcomes) != expected:
        raise ProtocolMismatch
