"""Bearer tokens and enrolment codes: made here, stored only as hashes."""

import base64
import hashlib

from sync_server.secret_file import ServerSecrets


def token_hash(token: str) -> bytes:
    """Return what is stored of a bearer token of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def text_of(raw: bytes) -> str:
    """Return 32 random bytes as the text of a bearer token."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def code_hash(secrets: ServerSecrets, code: str) -> bytes:
    """Return what is stored of an enrolment code, which is too short for a plain hash.

    Fifty bits are searched in a day by whoever has the table; not without the file.
    """
    return secrets.keyed_hash("enrolment-code", code.encode())


def device_token(
    secrets: ServerSecrets, code: str, device_id: str, public_key: bytes
) -> str:
    """Return the token of a device, the same each time that it asks with its code.

    A tablet whose first answer was cut off asks again, and what it has then counts.
    """
    parts = (code.encode(), device_id.encode(), public_key)
    return text_of(secrets.keyed_hash("device-token", *parts))


def next_token(
    secrets: ServerSecrets, before: str, device_id: str, public_key: bytes
) -> str:
    """Return the token of a device that was another one, the same each time."""
    parts = (before.encode(), device_id.encode(), public_key)
    return text_of(secrets.keyed_hash("next-device-token", *parts))
