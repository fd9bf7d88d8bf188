"""The server of the simulation as a pure object, whose power may go at a write."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.clock import WallClock
from app.core.erasure_wire import ErasedPage
from app.core.identity_wire import NewIdentity
from app.core.merge import Document
from app.core.operation import Operation, decode_operation
from app.core.page_wire import DocumentPage
from app.core.problems import ProblemCode
from app.core.scope_wire import UnitChecks, WholePatients
from app.core.wire import (
    ChainStatus,
    EnrolResponse,
    OperationEnvelope,
    Outcome,
    PullResponse,
    PushOutcome,
    PushRequest,
    PushResponse,
    Setup,
)
from tests.convergence.faults import Crashed
from tests.sync.model_link import SETUP
from tests.sync.model_server import ModelServer, ServerState, encoded_of


class ModelLog(ModelServer):
    """A ModelServer that sets strangers' changes aside."""

    schema = 1

    def __init__(self, wall: WallClock, strangers: frozenset[str]) -> None:
        super().__init__(wall)
        self.strangers = strangers
        self.aside: dict[str, str] = {}
        self._plug = 0

    def enrol(self, device_id: str, public_key: bytes, site_id: str) -> None:
        """A model takes every device."""

    def renew(self, device_id: str, asked: NewIdentity) -> EnrolResponse:
        """A model takes every device, and tells it what it tells everybody."""
        assert device_id != asked.device_id
        return EnrolResponse(
            token=asked.device_id,
            epoch=self.epoch,
            card_secret=b"",
            server_public_key=b"",
            setup=SETUP,
        )

    def pull_as(self, device_id: str, cursor: str, limit: int) -> PullResponse:
        """Everybody reads the same log."""
        assert device_id
        return self.pull(cursor, limit)

    def documents_page(self, device_id: str, cursor: str, limit: int) -> DocumentPage:
        """Model tablets read the feed."""
        raise NotImplementedError(device_id, cursor, limit)

    def whole(self, device_id: str, patients: Sequence[str]) -> WholePatients:
        """Model tablets read the feed."""
        raise NotImplementedError(device_id, patients)

    def erasures(self, after: str) -> ErasedPage:
        """Nobody is erased from a model."""
        raise NotImplementedError(after)

    def checks(self, device_id: str) -> UnitChecks:
        """A model counts nothing."""
        raise NotImplementedError(device_id)

    def setup(self, device_id: str) -> Setup:
        assert device_id
        return SETUP

    def pull_plug_at(self, statement: int) -> None:
        self._plug = statement

    def plug_in(self) -> None:
        self._plug = 0

    def restart(self) -> None:
        """All that it knows is on its disk."""

    def push(self, batch: PushRequest) -> PushResponse:
        """Take a batch, whole or not at all, wherever the power goes."""
        plug, self._plug = self._plug, 0
        if not plug:
            return super().push(batch)
        before = self.backup()
        if plug % 3:
            super().push(batch)
        if plug % 3 == 1:
            self.restore(before, self.epoch)
        raise Crashed

    def take_in(self, parcel: object) -> None:
        """Take a stick's batches, by the same door as a push."""
        assert isinstance(parcel, tuple)
        for batch in parcel:
            self.push(batch)

    def chain(self, device_id: str) -> ChainStatus:
        status = super().chain(device_id)
        own = [one for one, device in self.aside.items() if device == device_id]
        return status.model_copy(update={"set_aside": tuple(own)})

    def backup(self) -> Any:
        """A copy; what it holds is never changed in place."""
        return self._copied(self.state), dict(self.aside)

    def _copied(self, now: ServerState) -> ServerState:
        chains = {device: [*heads] for device, heads in now.chains.items()}
        return ServerState(chains, [*now.log], dict(now.places), dict(now.digests))

    def restore(self, backup: Any, epoch: str) -> None:
        state, aside = backup
        self.state, self.aside = self._copied(state), dict(aside)
        self.epoch = epoch

    def hire(self, practitioner_id: str) -> None:
        """Come to know somebody."""
        self.strangers -= {practitioner_id}

    def logged(self) -> frozenset[str]:
        """Ids of what was accepted."""
        return frozenset(self.state.places)

    def operations(self) -> Mapping[str, tuple[Operation, int | None]]:
        """What was accepted, each with its clamp; an id twice is an error."""
        found: dict[str, tuple[Operation, int | None]] = {}
        for item in self.state.log:
            operation = decode_operation(encoded_of(item.operation))
            assert operation.header.operation_id not in found
            found[operation.header.operation_id] = operation, item.clamp_ms
        return found

    def all_documents(self) -> Mapping[str, Document]:
        return self.documents()

    def close(self) -> None:
        return

    def _take(self, device_id: str, envelope: OperationEnvelope) -> PushOutcome:
        header = decode_operation(encoded_of(envelope)).header
        if header.practitioner_id in self.strangers:
            self.aside[header.operation_id] = device_id
            return PushOutcome(
                operation_id=header.operation_id,
                outcome=Outcome.REJECTED,
                reason=ProblemCode.UNKNOWN_PRACTITIONER,
            )
        self.aside.pop(header.operation_id, None)
        return super()._take(device_id, envelope)
