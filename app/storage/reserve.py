"""Room that is taken beforehand, so that a full disk still keeps who read what.

A file of a fixed size beside the vault, written in place: on most file systems that
takes no more room. What lies in it is sealed under the device's key. Its two halves are
written in turn, so a write that was cut leaves the one before.
"""

import json
import os
from pathlib import Path

from app.storage.database import typed_errors
from app.storage.sealing import Sealer, SealError, place

NAME = "audit.reserve"
HALF_BYTES = 64 * 1024
_LENGTH_BYTES = 4


class Reserve:
    """Keeps one value; "" until there is one."""

    def __init__(self, folder: Path, device_sealer: Sealer) -> None:
        """Take the room where it is not taken yet; raise DiskError."""
        self._path = folder / NAME
        self._sealer = device_sealer
        with typed_errors():
            size = self._path.stat().st_size if self._path.exists() else 0
            if size < 2 * HALF_BYTES:
                with self._path.open("ab") as file:
                    file.write(bytes(2 * HALF_BYTES - size))
                    file.flush()
                    os.fsync(file.fileno())

    def keep(self, text: str) -> bool:
        """Keep a text durably in place of the one before; False where it has no room.

        Raises DiskError: then the one before stays.
        """
        number = self._newest()[0] + 1
        raw = json.dumps([number, text]).encode()
        sealed = self._sealer.seal(raw, place("reserve", number % 2))
        if len(sealed) > HALF_BYTES - _LENGTH_BYTES:
            return False
        with typed_errors(), self._path.open("r+b") as file:
            file.seek(number % 2 * HALF_BYTES)
            file.write(len(sealed).to_bytes(_LENGTH_BYTES) + sealed)
            file.flush()
            os.fsync(file.fileno())
        return True

    def kept(self) -> str:
        """Return what is kept; raise DiskError."""
        return self._newest()[1]

    def _newest(self) -> tuple[int, str]:
        with typed_errors():
            whole = self._path.read_bytes()
        found = [self._half(whole, 0), self._half(whole, 1)]
        return max(found)

    def _half(self, whole: bytes, which: int) -> tuple[int, str]:
        """Return the number and the text of a half; one that was cut has none."""
        half = whole[which * HALF_BYTES :][:HALF_BYTES]
        length = int.from_bytes(half[:_LENGTH_BYTES])
        sealed = half[_LENGTH_BYTES:][:length]
        try:
            raw = self._sealer.unseal(sealed, place("reserve", which))
        except SealError:
            return 0, ""
        number, text = json.loads(raw)
        return int(number), str(text)
