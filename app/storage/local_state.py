"""What this device knows about itself: its clock, its chain, how far it has read."""

from dataclasses import dataclass

from app.core import canonical
from app.core.chain import GENESIS, ChainHead
from app.core.clock import HybridTimestamp

STATE = "state"
"""The name of the sealed value that it is kept under."""


@dataclass(frozen=True, slots=True)
class LocalState:
    """Written in each transaction that changes it; memory follows the commit."""

    clock: HybridTimestamp
    head: ChainHead
    position: int = 0
    """The last position given to a document."""
    cursor: str = ""

    def to_bytes(self) -> bytes:
        """Return what is sealed."""
        return canonical.encode(
            {
                "clock": self.clock.to_json(),
                "head": [self.head.device_id, self.head.number, self.head.digest.hex()],
                "position": self.position,
                "cursor": self.cursor,
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "LocalState":
        """Read what to_bytes wrote; raise ValueError on anything else."""
        match canonical.decode(raw):
            case {
                "clock": stamp,
                "head": [str(device_id), int(number), str(digest)],
                "position": int(position),
                "cursor": str(cursor),
            }:
                head = ChainHead(device_id, number, bytes.fromhex(digest))
                clock = HybridTimestamp.from_json(stamp)
                return cls(clock, head, position, cursor)
            case _:
                raise ValueError("not a device's state")


def first_state(device_id: str) -> LocalState:
    """Return the state of a device that has written nothing."""
    return LocalState(
        HybridTimestamp(0, 0, device_id), ChainHead(device_id, 0, GENESIS)
    )
