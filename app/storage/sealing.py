"""Keys, sealing, signatures: cryptography is touched here and in `hpke` alone.

Sealed bytes: format (1), nonce (12), AES-256-GCM of the zstd-compressed plaintext,
padded to a size class. Where a row belongs is authenticated with it, so that no row
can stand in for another.

Formats, each readable for ever: 1 without a dictionary, 2 with dictionary_2, 3 not
compressed, where compressing could not make the class smaller.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import zstandard
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.storage.dictionary_2 import DICTIONARY

KEY_BYTES = 32
SALT_BYTES = 16
SEED_TAG_BYTES = 8
_PLAIN_ZSTD, _DICTIONARY, _AS_IT_IS = b"\x01", b"\x02", b"\x03"
_NONCE_BYTES = 12
_HEAD_BYTES = 1 + _NONCE_BYTES
_LENGTH_BYTES = 4
_LEAST_STEP = 6
_LEAST_CLASS = 1 << _LEAST_STEP
_LEVEL = 1
"""With a dictionary as small as the third without, and faster."""
_MANY_LEVEL = -3
"""For what comes by hundreds: a quarter larger, as the dictionary finds most of what
there is to find; done in two thirds of the time, and undone in half."""
_MAX_PLAINTEXT = 1 << 30


class SealError(Exception):
    """Bytes that were not sealed with this key for this place."""


@dataclass(frozen=True, slots=True)
class PinCost:
    """Argon2id's parameters; kept in each slot, so that they can grow."""

    memory_kib: int
    iterations: int
    parallelism: int = 1

    def is_below(self, other: "PinCost") -> bool:
        """Tell whether a PIN under this cost is cheaper to search for."""
        return self.memory_kib < other.memory_kib or self.iterations < other.iterations


FLOOR = PinCost(memory_kib=19 * 1024, iterations=2)
"""OWASP's least; what a slow tablet can bear."""


class _Compressors(threading.local):
    """One compressor a thread: sharing one between threads corrupts memory."""

    def __init__(self) -> None:
        one = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_shared)
        many = zstandard.ZstdCompressor(level=_MANY_LEVEL, dict_data=_of_many)
        self.compress = one.compress
        self.many = getattr(many, "multi_compress_to_buffer", None)
        """The same of many in one call; zstandard's cffi build has none."""
        self.decompress = {
            _PLAIN_ZSTD: zstandard.ZstdDecompressor().decompress,
            _DICTIONARY: zstandard.ZstdDecompressor(dict_data=_shared).decompress,
        }


_shared = zstandard.ZstdCompressionDict(DICTIONARY)
_shared.precompute_compress(level=_LEVEL)
_of_many = zstandard.ZstdCompressionDict(DICTIONARY)
_of_many.precompute_compress(level=_MANY_LEVEL)
_compressors = _Compressors()


def new_key() -> bytes:
    """Return a fresh random key."""
    return os.urandom(KEY_BYTES)


def new_salt() -> bytes:
    """Return a fresh salt for one slot."""
    return os.urandom(SALT_BYTES)


def _many_random(count: int, size: int) -> list[bytes]:
    drawn = os.urandom(count * size)
    return [drawn[at : at + size] for at in range(0, len(drawn), size)]


def many_keys(count: int) -> list[bytes]:
    """Return fresh random keys, asked for in one go."""
    return _many_random(count, KEY_BYTES)


def many_nonces(count: int) -> list[bytes]:
    """Return fresh random nonces for `Sealer.seal_body`."""
    return _many_random(count, _NONCE_BYTES)


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Return the key for one purpose; other purposes give unrelated keys."""
    hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"tessera/1/{purpose}".encode())
    return hkdf.derive(secret)


def key_of_seed(maker: bytes, seed: bytes, where: bytes) -> tuple[bytes, bytes]:
    """Return the key that a random seed gives at one place, under a maker's key.

    Keyed BLAKE2b: without the maker's key, or once the seed is gone, nobody makes it.
    Beside it a tag of 8 bytes, which tells another seed or place from this one.
    """
    size = KEY_BYTES + SEED_TAG_BYTES
    made = hashlib.blake2b(seed + where, digest_size=size, key=maker).digest()
    return made[:KEY_BYTES], made[KEY_BYTES:]


def stretch_pin(pin: str, salt: bytes, cost: PinCost) -> bytes:
    """Return Argon2id of a PIN: slow on purpose, never call it on a session's loop."""
    return hash_secret_raw(
        pin.encode(),
        salt,
        time_cost=cost.iterations,
        memory_cost=cost.memory_kib,
        parallelism=cost.parallelism,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def place(*parts: str | int) -> bytes:
    """Return what names a row unambiguously; authenticated, never stored."""
    return "".join([f"{len(text)}:{text}" for text in map(str, parts)]).encode()


def _pad(raw: bytes) -> bytes:
    """Round up to a step of an eighth at most, so that sizes tell little."""
    size = len(raw) + _LENGTH_BYTES
    step = 1 << max(_LEAST_STEP, size.bit_length() - 4)
    padded = (size + step - 1) & -step
    return len(raw).to_bytes(_LENGTH_BYTES) + raw.ljust(padded - _LENGTH_BYTES, b"\0")


Body = tuple[bytes, bytes]
"""A format, and plaintext in it: what is padded and sealed."""


def as_it_is(plain: bytes) -> Body:
    """Return a plaintext that is too short to be compressed; see `Sealer.seal`."""
    return _AS_IT_IS, plain


def _body(plain: bytes) -> Body:
    if len(plain) <= _LEAST_CLASS - _LENGTH_BYTES:
        return as_it_is(plain)
    return _DICTIONARY, _compressors.compress(plain)


def bodies(plains: Sequence[bytes]) -> list[Body]:
    """Return many plaintexts as `seal_body` takes them.

    Compressing holds nobody up meanwhile: it is one call without the interpreter.
    """
    many = _compressors.many
    if many is None or any(len(p) <= _LEAST_CLASS - _LENGTH_BYTES for p in plains):
        return [_body(plain) for plain in plains]
    return [(_DICTIONARY, each.tobytes()) for each in many(plains)] if plains else []


class Sealer:
    """Seals and opens bytes under one key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, where: bytes) -> bytes:
        """Return the plaintext compressed, padded and sealed for one place."""
        return self.seal_body(_body(plain), where, os.urandom(_NONCE_BYTES))

    def seal_body(self, body: Body, where: bytes, nonce: bytes) -> bytes:
        """Do so with what is compressed already, and a nonce that was never used."""
        kind, raw = body
        return kind + nonce + self._cipher.encrypt(nonce, _pad(raw), kind + where)

    def unseal(self, sealed: bytes, where: bytes) -> bytes:
        """Return the plaintext; raise SealError if one bit, or the place, differs."""
        return _plain(sealed[:1], self._padded(sealed, where))

    def moved(self, sealed: bytes, where: bytes, to: bytes) -> tuple[bytes, bytes]:
        """Return the same sealed for another place, and the plaintext.

        Nothing is compressed again. Raises SealError as `unseal` does.
        """
        kind, padded = sealed[:1], self._padded(sealed, where)
        nonce = os.urandom(_NONCE_BYTES)
        again = kind + nonce + self._cipher.encrypt(nonce, padded, kind + to)
        return again, _plain(kind, padded)

    def _padded(self, sealed: bytes, where: bytes) -> bytes:
        nonce = sealed[1:_HEAD_BYTES]
        try:
            return self._cipher.decrypt(nonce, sealed[_HEAD_BYTES:], sealed[:1] + where)
        except (InvalidTag, ValueError) as error:
            raise SealError from error


def _plain(kind: bytes, padded: bytes) -> bytes:
    body = padded[
        _LENGTH_BYTES : _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES])
    ]
    if kind == _AS_IT_IS:
        return body
    decompress = _compressors.decompress.get(kind)
    if decompress is None:
        raise SealError
    return decompress(body, max_output_size=_MAX_PLAINTEXT)


class Namer:
    """Gives readable names opaque ones, always the same under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, name: str) -> str:
        """Return HMAC-SHA256 of a name, in hexadecimal."""
        return hmac.digest(self._key, name.encode(), "sha256").hex()


class SigningKey:
    """A device's Ed25519 key."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Return a fresh key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def private_bytes(self) -> bytes:
        """The private key, 32 bytes raw; sealed before it is stored."""
        return self._key.private_bytes_raw()

    @property
    def public_bytes(self) -> bytes:
        """The public key, 32 bytes raw."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return self._key.sign(message)


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the holder of an Ed25519 key signed a message."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
