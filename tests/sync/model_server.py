"""A server as a pure object: the rules of push and pull, without HTTP or a database."""

import copy
from dataclasses import dataclass, field

from app.core.chain import ChainHead
from app.core.clock import WallClock
from app.core.merge import Document, new_document
from app.core.operation import EncodedOperation, decode_operation
from app.core.problems import ProblemCode
from app.core.wire import (
    ChainStatus,
    FeedItem,
    OperationEnvelope,
    Outcome,
    PullResponse,
    PushOutcome,
    PushRequest,
    PushResponse,
)
from app.sync.failures import ProblemDetails, Refused

CLAMP_AFTER_MS = 5 * 60 * 1000


def encoded_of(envelope: OperationEnvelope) -> EncodedOperation:
    """The bytes of an operation that travelled."""
    content = None if envelope.content is None else envelope.content.encode()
    return EncodedOperation(envelope.header.encode(), envelope.salt, content)


@dataclass(slots=True)
class ServerState:
    """What a backup of the server holds."""

    chains: dict[str, list[ChainHead]] = field(default_factory=dict)
    log: list[FeedItem] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)


class ModelServer:
    """Knows chains, the log and its epoch; `unwanted` records are set aside.

    What was set aside is accepted once it is offered again and wanted by then.
    """

    def __init__(self, wall: WallClock) -> None:
        self._wall = wall
        self.state = ServerState()
        self.epoch = "epoch-1"
        self.unwanted: dict[str, ProblemCode] = {}

    def backup(self) -> ServerState:
        """A copy of everything."""
        return copy.deepcopy(self.state)

    def restore(self, backup: ServerState, epoch: str) -> None:
        """Go back to a backup, as a new epoch or, where nobody said so, as before."""
        self.state = copy.deepcopy(backup)
        self.epoch = epoch

    def documents(self) -> dict[str, Document]:
        """Every record, folded from the log."""
        found: dict[str, Document] = {}
        for item in self.state.log:
            operation = decode_operation(encoded_of(item.operation))
            record_id = operation.header.record_id
            document = found.get(record_id) or new_document(operation)
            found[record_id] = document.apply(operation, item.clamp_ms)
        return found

    def clamps(self) -> list[tuple[str, int | None]]:
        """Each operation of the log with its clamp."""
        return [
            (
                decode_operation(encoded_of(item.operation)).header.operation_id,
                item.clamp_ms,
            )
            for item in self.state.log
        ]

    def chain(self, device_id: str) -> ChainStatus:
        """Where a device's chain stands."""
        head = self._heads(device_id)[-1]
        return ChainStatus(
            device_id=device_id, acknowledged=head.number, digest=head.digest.hex()
        )

    def push(self, batch: PushRequest) -> PushResponse:
        """Take a batch: check its links, then each change as a whole."""
        heads = self._heads(batch.device_id)
        held = heads[-1].number
        if batch.first > held + 1:
            raise _refused(ProblemCode.CHAIN_GAP, held)
        head = heads[batch.first - 1]
        if head.digest.hex() != batch.previous:
            raise _refused(ProblemCode.DEVICE_FORKED, held)
        fresh = []
        for envelope in batch.operations:
            head = head.extend(encoded_of(envelope).header_digest)
            if head.number > held:
                fresh.append(head)
            elif heads[head.number] != head:
                raise _refused(ProblemCode.DEVICE_FORKED, held)
        heads.extend(fresh)
        outcomes = tuple(self._take(batch.device_id, e) for e in batch.operations)
        return PushResponse(
            outcomes=outcomes,
            acknowledged=heads[-1].number,
            server_ms=self._wall(),
            epoch=self.epoch,
        )

    def pull(self, cursor: str, limit: int) -> PullResponse:
        """A page of the log; a change is never split."""
        after = self._sequence(cursor)
        rest = self.state.log[after:]
        page = rest[:limit]
        for item in rest[limit:]:
            if _change(item) != _change(page[-1]):
                break
            page.append(item)
        last = page[-1].sequence if page else after
        return PullResponse(
            cursor=self._cursor(last),
            items=tuple(page),
            more=last < len(self.state.log),
            server_ms=self._wall(),
        )

    def _heads(self, device_id: str) -> list[ChainHead]:
        return self.state.chains.setdefault(device_id, [ChainHead(device_id)])

    def _cursor(self, sequence: int) -> str:
        """The epoch, a sequence, and the id of the operation that has it."""
        at = self.state.log[sequence - 1].operation if sequence else None
        mark = decode_operation(encoded_of(at)).header.operation_id if at else ""
        return f"{self.epoch}.{sequence}.{mark}"

    def _sequence(self, cursor: str) -> int:
        if not cursor:
            return 0
        sequence = int(cursor.split(".")[1])
        if sequence > len(self.state.log) or cursor != self._cursor(sequence):
            raise _refused(ProblemCode.EPOCH_CHANGED, None)
        return sequence

    def _take(self, device_id: str, envelope: OperationEnvelope) -> PushOutcome:
        encoded = encoded_of(envelope)
        header = decode_operation(encoded).header
        operation_id = header.operation_id
        if header.record_id in self.unwanted:
            return PushOutcome(
                operation_id=operation_id,
                outcome=Outcome.REJECTED,
                reason=self.unwanted[header.record_id],
            )
        known = self.state.digests.get(operation_id)
        if known is not None:
            assert known == encoded.header_digest
            item = self.state.log[self.state.places[operation_id]]
            return PushOutcome(
                operation_id=operation_id,
                outcome=Outcome.DUPLICATE,
                clamp_ms=item.clamp_ms,
            )
        now = self._wall()
        stamp, given = header.at.wall_ms, envelope.clamp_ms
        clamps = [now] if stamp > now + CLAMP_AFTER_MS else []
        clamps += [given] if given is not None and given < stamp else []
        clamp_ms = min(clamps, default=None)
        self.state.digests[operation_id] = encoded.header_digest
        self.state.places[operation_id] = len(self.state.log)
        self.state.log.append(
            FeedItem(
                sequence=len(self.state.log) + 1,
                device_id=device_id,
                operation=envelope,
                clamp_ms=clamp_ms,
            )
        )
        return PushOutcome(
            operation_id=operation_id, outcome=Outcome.ACCEPTED, clamp_ms=clamp_ms
        )


def _refused(code: ProblemCode, expected: int | None) -> Refused:
    return Refused(code, ProblemDetails(409, None, expected))


def _change(item: FeedItem) -> str:
    header = decode_operation(encoded_of(item.operation)).header
    return header.change.change_id
