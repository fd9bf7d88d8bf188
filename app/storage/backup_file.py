"""A backup's file: one stream of sealed chunks under a key of its own.

Magic, length (4) and header: JSON of how the key is wrapped. Then chunks, each length
(4) and sealed bytes; place, order and end of each are authenticated together with the
header. So a file that is cut, damaged, or put together from two is refused.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from app.core.problems import ProblemCode
from app.storage.errors import BackupKeyError, BackupUnreadableError, PinRefusedError
from app.storage.folders import sync_folder
from app.storage.hpke import BoxKey, seal_to
from app.storage.pins import normalised_pin
from app.storage.sealing import (
    PinCost,
    Sealer,
    SealError,
    derive_key,
    new_key,
    new_salt,
    place,
    stretch_pin,
)

_MAGIC = b"TESSERA-BACKUP-1\n"
_PURPOSE = b"tessera/1/backup"
_LENGTH = 4
_MOST = 1 << 24
LEAST_PASSPHRASE = 12
"""No device secret stands behind it, so a PIN would fall at once."""
CEILING = PinCost(memory_kib=64 * 1024, iterations=3)


class BackupLock(Protocol):
    """Wraps a backup's key."""

    def wrap(self, key: bytes) -> dict[str, object]:
        """Return what stands in the header of it."""


class BackupOpener(Protocol):
    """Opens a backup's key."""

    def open(self, header: dict[str, object]) -> bytes:
        """Return the key; raise BackupKeyError where this is not what opens it."""


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Locks a backup and opens it. Slow on purpose: Argon2id."""

    text: str = field(repr=False)
    cost: PinCost = CEILING

    def wrap(self, key: bytes) -> dict[str, object]:
        """Wrap a key; raise PinRefusedError for fewer than 12 characters."""
        if len(normalised_pin(self.text)) < LEAST_PASSPHRASE:
            raise PinRefusedError(ProblemCode.PIN_TOO_SHORT)
        salt, cost = new_salt(), self.cost
        sealed = self._sealer(salt, cost).seal(key, _PURPOSE)
        return {
            "kind": "passphrase",
            "salt": salt.hex(),
            "cost": [cost.memory_kib, cost.iterations, cost.parallelism],
            "sealed": base64.b64encode(sealed).decode(),
        }

    def open(self, header: dict[str, object]) -> bytes:
        """Return the key that this passphrase wraps."""
        match header:
            case {
                "kind": "passphrase",
                "salt": str(salt),
                "cost": [int(memory), int(iterations), int(parallelism)],
                "sealed": str(sealed),
            } if 0 < memory <= CEILING.memory_kib and 0 < iterations <= _MOST_ROUNDS:
                cost = PinCost(memory, iterations, parallelism)
                try:
                    sealer = self._sealer(bytes.fromhex(salt), cost)
                    return sealer.unseal(base64.b64decode(sealed), _PURPOSE)
                except SealError as error:
                    raise BackupKeyError from error
            case _:
                raise BackupKeyError

    def _sealer(self, salt: bytes, cost: PinCost) -> Sealer:
        stretched = stretch_pin(normalised_pin(self.text), salt, cost)
        return Sealer(derive_key(stretched, "backup"))


_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class RecoveryPublicKey:
    """Locks a backup to the organisation's recovery key (X25519, 32 bytes)."""

    public_key: bytes

    def wrap(self, key: bytes) -> dict[str, object]:
        """Wrap a key; raise ValueError where the public key is none."""
        sealed = seal_to(self.public_key, key, _PURPOSE)
        return {"kind": "recovery", "sealed": base64.b64encode(sealed).decode()}


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """Opens a backup with the printed recovery key."""

    key: BoxKey

    def open(self, header: dict[str, object]) -> bytes:
        """Return the key that was sealed to this recovery key."""
        match header:
            case {"kind": "recovery", "sealed": str(sealed)}:
                try:
                    return self.key.open(base64.b64decode(sealed), _PURPOSE)
                except SealError as error:
                    raise BackupKeyError from error
            case _:
                raise BackupKeyError


def write_backup(path: Path, lock: BackupLock, chunks: Iterator[bytes]) -> None:
    """Write a backup durably; it gets its name only when it is whole."""
    if path.exists():
        raise FileExistsError(path.name)
    key = new_key()
    header = json.dumps(lock.wrap(key), sort_keys=True).encode()
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + _framed(header))
            for sealed in _sealed(Sealer(key), header, chunks):
                file.write(_framed(sealed))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_backup(file: BinaryIO, opener: BackupOpener) -> Iterator[bytes]:
    """Yield a backup's chunks; raise BackupUnreadableError, or BackupKeyError."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise BackupUnreadableError
    header = _frame(file)
    try:
        shown = json.loads(header)
        if not isinstance(shown, dict):
            raise BackupUnreadableError
        sealer = Sealer(opener.open(shown))
    except ValueError as error:
        raise BackupUnreadableError from error
    index, sealed = 0, _frame(file)
    while sealed:
        following = _frame(file)
        where = _where(header, index, is_last=not following)
        try:
            yield sealer.unseal(sealed, where)
        except SealError as error:
            raise BackupUnreadableError from error
        index, sealed = index + 1, following
    if index == 0:
        raise BackupUnreadableError


def _sealed(sealer: Sealer, header: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    index, chunk = 0, next(chunks, None)
    while chunk is not None:
        following = next(chunks, None)
        yield sealer.seal(chunk, _where(header, index, is_last=following is None))
        index, chunk = index + 1, following


def _where(header: bytes, index: int, *, is_last: bool) -> bytes:
    digest = hashlib.sha256(header).hexdigest()
    return place("backup", digest, index, int(is_last))


def _framed(raw: bytes) -> bytes:
    return len(raw).to_bytes(_LENGTH) + raw


def _frame(file: BinaryIO) -> bytes:
    """Return the next frame, b"" at the end; raise where one is cut."""
    length = file.read(_LENGTH)
    if not length:
        return b""
    size = int.from_bytes(length)
    raw = file.read(size) if len(length) == _LENGTH and 0 < size <= _MOST else b""
    if not raw or len(raw) != size:
        raise BackupUnreadableError
    return raw
