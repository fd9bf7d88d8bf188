"""The server's secrets: one file, readable by its owner alone, beside no backup.

Whoever reads a dump of the database must not be able to turn a printed card into a
person's record, to guess an enrolment code, or to answer in the server's name.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync_server.settings import SettingsError

NAME = "server-secrets.json"
_PENDING = "server-secrets.json.new"
_MEMBERS = ("identity", "card_secret", "token_key")
_SIZE = 32
_OWNER_ONLY = 0o600
_SEALING = b"tessera/1/server sealing"

RandomBytes = Callable[[int], bytes]
"""Returns that many random bytes; handed in, so that tests repeat."""


@dataclass(frozen=True, slots=True, repr=False)
class ServerSecrets:
    """The Ed25519 identity, what makes cards patients, and what makes tokens."""

    identity: bytes
    card_secret: bytes
    token_key: bytes

    @property
    def public_key(self) -> bytes:
        """The server's Ed25519 public key, 32 bytes raw."""
        private = Ed25519PrivateKey.from_private_bytes(self.identity)
        return private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return this server's signature (Ed25519) of a message."""
        return Ed25519PrivateKey.from_private_bytes(self.identity).sign(message)

    @property
    def sealing_key(self) -> bytes:
        """X25519's private half, 32 bytes raw: it opens what was sealed to this server.

        Derived from the identity, so that deployments made before there was one have
        it too, and every worker the same.
        """
        return HKDF(SHA256(), _SIZE, salt=None, info=_SEALING).derive(self.identity)

    @property
    def sealing_public_key(self) -> bytes:
        """The public half, which every tablet gets in its setup."""
        private = X25519PrivateKey.from_private_bytes(self.sealing_key)
        return private.public_key().public_bytes_raw()

    def keyed_hash(self, purpose: str, *parts: bytes) -> bytes:
        """Return an HMAC that nobody without this file can compute or search."""
        message = b"".join(
            len(part).to_bytes(4, "big") + part for part in (purpose.encode(), *parts)
        )
        return hmac.new(self.token_key, message, hashlib.sha256).digest()


def create(folder: Path, random_bytes: RandomBytes) -> ServerSecrets:
    """Make new secrets and write them durably, to be kept once their deployment is.

    Whatever ends the program in between, the next `tessera init` makes it anew, or
    the first `load` finds them.
    """
    made = ServerSecrets(*(random_bytes(_SIZE) for _ in _MEMBERS))
    values = {m: base64.b64encode(getattr(made, m)).decode() for m in _MEMBERS}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _PENDING).unlink(missing_ok=True)
    write_private(folder / _PENDING, json.dumps(values).encode())
    return made


def put_back(folder: Path, text: str) -> None:
    """Write secrets that come out of a backup, where there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    write_private(folder / NAME, text.encode())


def write_private(path: Path, raw: bytes) -> None:
    """Write a new file durably, readable by its owner alone; raise FileExistsError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as sink:
        sink.write(raw)
        sink.flush()
        os.fsync(sink.fileno())


def keep(folder: Path) -> None:
    """Let new secrets take their place: their deployment is in the database.

    Another process that began at once may have done it already.
    """
    try:
        (folder / _PENDING).replace(folder / NAME)
    except FileNotFoundError:
        if not exists(folder):
            raise


def exists(folder: Path) -> bool:
    """Tell whether a folder holds secrets."""
    return (folder / NAME).exists()


def load(folder: Path) -> ServerSecrets:
    """Read the secrets; raise SettingsError that says what to do if it can't be.

    Asked only where the database holds their deployment.
    """
    path, pending = folder / NAME, folder / _PENDING
    if pending.exists() and not path.exists():
        keep(folder)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = [base64.b64decode(values[m], validate=True) for m in _MEMBERS]
    except FileNotFoundError:
        raise SettingsError(
            f"{path} is missing. Put it back from your copy; for a new deployment "
            "run: tessera init"
        ) from None
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise SettingsError(
            f"{path} is damaged. Put it back from your copy; nothing was changed."
        ) from error
    if any(len(value) != _SIZE for value in found):
        raise SettingsError(f"{path} is damaged. Put it back from your copy.")
    return ServerSecrets(*found)
