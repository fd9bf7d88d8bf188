"""Content-Digest (RFC 9530): a body that was damaged on its way is never read.

Where there is no TLS nothing else covers a whole body: a push is signed, its answer
and a page of the feed are not. This finds what breaks on a line, not who changes it.
"""

import base64
import hashlib

DIGEST_HEADER = "Content-Digest"
_NAME = "sha-256"


def body_digest(content: bytes) -> str:
    """Return the header's value for a body as it travels, in its content coding."""
    return digest_value(hashlib.sha256(content).digest())


def digest_value(sha256: bytes) -> str:
    """Return the header's value for a SHA-256."""
    return f"{_NAME}=:{base64.b64encode(sha256).decode()}:"


def is_digest(value: str, sha256: bytes) -> bool:
    """Tell whether a header's value names this SHA-256, perhaps beside others."""
    parts = (part.strip() for part in value.split(","))
    return digest_value(sha256) in parts
