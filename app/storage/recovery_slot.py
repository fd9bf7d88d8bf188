"""The recovery slot: the data key, sealed to the organisation's printed key."""

import json
from dataclasses import dataclass

from app.core.people_wire import recovery_purpose
from app.storage.hpke import seal_to
from app.storage.sealing import derive_key

_MARK_BYTES = 8


@dataclass(frozen=True, slots=True, repr=False)
class KeptRecovery:
    """What is sealed, to whose key; `mark` tells a data key from the next one."""

    recovery_public: bytes
    sealed: bytes
    mark: bytes

    @classmethod
    def of(
        cls, recovery_public: bytes, data_key: bytes, device_id: str
    ) -> "KeptRecovery":
        """Seal a data key; raise ValueError where the public key is none."""
        sealed = seal_to(recovery_public, data_key, recovery_purpose(device_id))
        return cls(recovery_public, sealed, _mark(data_key))

    def is_for(self, recovery_public: bytes, data_key: bytes) -> bool:
        """Tell whether this is this key, sealed to that one."""
        mine = (self.recovery_public, self.mark)
        return mine == (recovery_public, _mark(data_key))

    def to_bytes(self) -> bytes:
        """Return what is kept."""
        parts = (self.recovery_public, self.sealed, self.mark)
        return json.dumps([part.hex() for part in parts]).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "KeptRecovery":
        """Read what to_bytes wrote."""
        return cls(*(bytes.fromhex(part) for part in json.loads(raw)))


def _mark(data_key: bytes) -> bytes:
    return derive_key(data_key, "recovery mark")[:_MARK_BYTES]
