"""The one place that makes identifiers: random ids, card codes and their patients."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from typing import Protocol

# Crockford's base 32: no I, L, O or U, so that a code is read aloud and typed safely.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CARD_RANDOM_CHARACTERS = 10
CARD_LENGTH = CARD_RANDOM_CHARACTERS + 1
SALT_BYTES = 16
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_GROUPS = (4, 8)
# GF(32) with the primitive polynomial x^5 + x^2 + 1; 2 generates all 31 units.
_POLYNOMIAL = 0b100101
_FIELD_SIZE = 32


class Ids(Protocol):
    """Makes identifiers and salts; handed in, so that tests repeat."""

    def new(self) -> str:
        """Return a fresh random id, a UUID as text."""

    def salt(self) -> bytes:
        """Return 16 random bytes for the digest of one operation's content."""

    def instance(self) -> str:
        """Return a key for a new instance of a repeating group, [0-9a-z]+."""

    def card_code(self) -> str:
        """Return a fresh card code with its check character, without hyphens."""


class RecordIds(Ids, Protocol):
    """Makes the ids of records too that belong to another one."""

    def derived(self, parent_id: str, name: str) -> str:
        """Return the id of a record by its parent and a name, on every tablet."""


class RandomIds:
    """Ids from the operating system's randomness (UUID version 4, never 7)."""

    def new(self) -> str:
        """Return a fresh random id, a UUID as text."""
        return str(uuid.uuid4())

    def salt(self) -> bytes:
        """Return 16 random bytes for the digest of one operation's content."""
        return secrets.token_bytes(SALT_BYTES)

    def instance(self) -> str:
        """Return a key for a new instance of a repeating group, [0-9a-z]+."""
        return secrets.token_hex(5)

    def card_code(self) -> str:
        """Return a fresh card code with its check character, without hyphens."""
        body = "".join(secrets.choice(ALPHABET) for _ in range(CARD_RANDOM_CHARACTERS))
        return body + check_character(body)


class KeyedIds:
    """Random ids, and derived ones under a deployment's secret.

    The secret is read each time: it stays where it lies, and nobody else holds it.
    """

    def __init__(self, ids: Ids, read_secret: Callable[[], bytes]) -> None:
        self._ids = ids
        self._read_secret = read_secret

    def new(self) -> str:
        """Return a fresh random id, a UUID as text."""
        return self._ids.new()

    def salt(self) -> bytes:
        """Return 16 random bytes for the digest of one operation's content."""
        return self._ids.salt()

    def instance(self) -> str:
        """Return a key for a new instance of a repeating group, [0-9a-z]+."""
        return self._ids.instance()

    def card_code(self) -> str:
        """Return a fresh card code with its check character, without hyphens."""
        return self._ids.card_code()

    def derived(self, parent_id: str, name: str) -> str:
        """Return the id of a record by its parent and a name, on every tablet."""
        return derived_id(self._read_secret(), parent_id, name)


class CardCodeError(ValueError):
    """A typed card code has the wrong length, character or check character."""


def _double(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value >= _FIELD_SIZE else value


def check_character(body: str) -> str:
    """Return the check character of a card code's random part.

    A weighted sum over GF(32) with weights 2, 4, 8 ...: it sees every single
    mistyped character and every swap of two characters.
    """
    total = 0
    for character in reversed(body):
        total = _double(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def parse_card_code(typed: str) -> str:
    """Return the code as stored; raise CardCodeError if it was mistyped.

    Spaces, hyphens and letter case do not matter; I and L are read as 1, O as 0.
    """
    code = "".join(typed.split()).replace("-", "").upper().translate(_LOOKALIKES)
    if len(code) != CARD_LENGTH or any(c not in ALPHABET for c in code):
        raise CardCodeError
    if check_character(code[:-1]) != code[-1]:
        raise CardCodeError
    return code


def format_card_code(code: str) -> str:
    """Return a card code in groups, as it is printed: XXXX-XXXX-XXX."""
    first, second = _GROUPS
    return f"{code[:first]}-{code[first:second]}-{code[second:]}"


def patient_id_of_card(deployment_secret: bytes, code: str) -> str:
    """Return the Patient id of a card.

    Tablets that never met and read one card write one patient; without the
    deployment's secret nobody can tell a patient's id from a card.
    """
    return _keyed_id(deployment_secret, b"card", code)


def derived_id(deployment_secret: bytes, parent_id: str, name: str) -> str:
    """Return the id of a record that belongs to another by name.

    Two tablets that finish one response write one score, not two; without the
    deployment's secret nobody can tell from an id which form or purpose it is of.
    """
    return _keyed_id(deployment_secret, b"derived", f"{parent_id}\0{name}")


def _keyed_id(secret: bytes, kind: bytes, name: str) -> str:
    """Return a UUID (version 8) from HMAC-SHA256."""
    digest = hmac.new(secret, kind + b"\0" + name.encode(), hashlib.sha256)
    raw = bytearray(digest.digest()[:16])
    raw[6] = (raw[6] & 0x0F) | 0x80
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))
