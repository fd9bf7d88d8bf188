"""TLS that trusts one public key: the one whose pin came with the enrolment.

No authority, name or date is asked: a laptop in a camp has none of them. Whoever holds
the private key is the server, whatever certificate it shows, so a renewed one with the
same key works. The check is made before a byte of ours is sent.
"""

import base64
import hashlib
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class WrongKeyError(ssl.SSLError):
    """The other side holds another key than the pinned one."""


def pin_of(certificate: bytes) -> str:
    """Return the pin of a certificate in DER: its public key's SHA-256, base64url."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()


class _PinnedContext(ssl.SSLContext):
    """A client's context; its sockets compare the key at the handshake."""

    pin = ""


class _PinnedSocket(ssl.SSLSocket):
    """Ends the handshake unless the other side proved the pinned key.

    The handshake itself verifies that it holds the private half of the certificate.
    """

    def do_handshake(self, *arguments: Any, **options: Any) -> None:
        """Shake hands, then compare."""
        super().do_handshake(*arguments, **options)
        shown = self.getpeercert(binary_form=True)
        context = self.context
        assert isinstance(context, _PinnedContext)  # noqa: S101 - made below alone
        if shown is None or _pin_or_nothing(shown) != context.pin:
            raise WrongKeyError("another key")


def _pin_or_nothing(certificate: bytes) -> str:
    try:
        return pin_of(certificate)
    except ValueError:
        return ""


def pinned_context(pin: str) -> ssl.SSLContext:
    """Return a context that talks to the holder of the pinned key and nobody else."""
    context = _PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the pin decides instead
    context.sslsocket_class = _PinnedSocket
    context.pin = pin
    return context
