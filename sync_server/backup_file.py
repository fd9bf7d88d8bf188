"""A server's backup as a file: one compressed stream in sealed chunks.

Magic, length (4) and header: JSON of how the key follows from the passphrase. Then
chunks, each length (4) and AES-256-GCM of up to CHUNK bytes; header, place and end are
authenticated with each. So a file that is cut, damaged or put together from two is
refused. The key is the file's own: its salt is random, and chunks count the nonce.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import zstandard
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync_server.context import Ports
from sync_server.services.administration import AdministrationError

MAGIC = b"TESSERA-SERVER-BACKUP-1\n"
LEAST_PASSPHRASE = 12
CHUNK = 256 * 1024
_FAMILY = b"TESSERA-SERVER-BACKUP-"
_LENGTH = 4
_MOST_HEADER = 4096
_TAG = 16
_NONCE = 12
_KEY = 32
_SALT = 16
_LEVEL = 6
_LEAST_KIB = 8
_MOST_KIB, _MOST_ROUNDS, _MOST_LANES = 1024 * 1024, 16, 8
_DAMAGED = (
    "The file is damaged or was cut short: nothing was restored. Use another copy."
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's parameters; the file's own are used to read it."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Lock:
    """What a backup is sealed with. Raises AdministrationError for a short one."""

    passphrase: str = field(repr=False)
    cost: Cost = Cost()

    def __post_init__(self) -> None:
        """Refuse what a machine would guess."""
        if len(self.passphrase) < LEAST_PASSPHRASE:
            raise AdministrationError(
                f"The passphrase of a backup needs at least {LEAST_PASSPHRASE} "
                "characters: whoever finds the file may try as often as they like."
            )


def write(path: Path, lock: Lock, parts: Iterable[bytes], ports: Ports) -> None:
    """Write a backup durably; it gets its name only when it is whole.

    Raises FileExistsError where there is a file of that name.
    """
    if path.exists():
        raise FileExistsError(17, "There is a file of that name already", str(path))
    salt = ports.random_bytes(_SALT)
    cost = lock.cost
    header = json.dumps(
        {
            "kdf": "argon2id",
            "salt": salt.hex(),
            "cost": [cost.memory_kib, cost.iterations, cost.lanes],
        }
    ).encode()
    sealer = AESGCM(_key(lock.passphrase, salt, cost))
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(MAGIC + _framed(header))
            for index, (chunk, is_last) in enumerate(_chunks(_packed(parts))):
                nonce, where = _place(header, index, is_last=is_last)
                sink.write(_framed(sealer.encrypt(nonce, chunk, where)))
            sink.flush()
            os.fsync(sink.fileno())
        fresh.rename(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def read(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """Yield a backup's stream in parts.

    Raises AdministrationError: no backup, of a newer version, a wrong passphrase,
    damaged. What was yielded before that counts for nothing.
    """
    _check_magic(source.read(len(MAGIC)))
    header = _frame(source, _MOST_HEADER)
    sealer = AESGCM(_key_of(header, passphrase))
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    index, sealed = 0, _frame(source, CHUNK + _TAG)
    while sealed:
        following = _frame(source, CHUNK + _TAG)
        nonce, where = _place(header, index, is_last=not following)
        try:
            yield unpacker.decompress(sealer.decrypt(nonce, sealed, where))
        except InvalidTag:
            raise AdministrationError(
                "The passphrase is not this backup's, or the file is damaged. Nothing "
                "was restored."
                if index == 0
                else _DAMAGED
            ) from None
        except zstandard.ZstdError:
            raise AdministrationError(_DAMAGED) from None
        index, sealed = index + 1, following
    if index == 0:
        raise AdministrationError(_DAMAGED)


def lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream; raise AdministrationError where the last is cut."""
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
    if rest:
        raise AdministrationError(_DAMAGED)


def _check_magic(found: bytes) -> None:
    if found == MAGIC:
        return
    if found.startswith(_FAMILY):
        raise AdministrationError(
            "This backup was made by a newer version of Tessera. Install that version; "
            "nothing was restored."
        )
    raise AdministrationError("This file is no backup of a Tessera server.")


def _key_of(header: bytes, passphrase: str) -> bytes:
    try:
        match json.loads(header):
            case {
                "kdf": "argon2id",
                "salt": str(salt),
                "cost": [int(memory), int(rounds), int(lanes)],
            } if (
                _LEAST_KIB <= memory <= _MOST_KIB
                and 0 < rounds <= _MOST_ROUNDS
                and 0 < lanes <= _MOST_LANES
            ):
                cost = Cost(memory, rounds, lanes)
                return _key(passphrase, bytes.fromhex(salt), cost)
    except ValueError:
        pass  # As anything else that is no header.
    raise AdministrationError(_DAMAGED)


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        cost.iterations,
        cost.memory_kib,
        cost.lanes,
        _KEY,
        Type.ID,
    )


def _place(header: bytes, index: int, *, is_last: bool) -> tuple[bytes, bytes]:
    """Return a chunk's nonce, and what is authenticated with it."""
    where = b"".join((MAGIC, hashlib.sha256(header).digest(), bytes([is_last])))
    return index.to_bytes(_NONCE), where


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def _chunks(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield chunks of one size, and whether each is the last."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


def _framed(raw: bytes) -> bytes:
    return len(raw).to_bytes(_LENGTH) + raw


def _frame(source: BinaryIO, most: int) -> bytes:
    """Return the next frame, b"" at the end; raise where one is cut."""
    length = source.read(_LENGTH)
    if not length:
        return b""
    size = int.from_bytes(length)
    raw = source.read(size) if len(length) == _LENGTH and 0 < size <= most else b""
    if not raw or len(raw) != size:
        raise AdministrationError(_DAMAGED)
    return raw
