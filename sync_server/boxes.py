"""Sealing to a public key (HPKE, RFC 9180), the same suite as the tablets'.

Base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Sealed bytes: the
encapsulated key (32), then the ciphertext. It says nothing of who sealed.
"""

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, PyHPKEError

PUBLIC_BYTES = 32
_SUITE = CipherSuite.new(
    KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM
)


class BoxError(ValueError):
    """Bytes that were not sealed to this key for this purpose."""


def seal_to(public_key: bytes, plain: bytes, purpose: bytes) -> bytes:
    """Return bytes that only the holder of the private half opens, for one purpose.

    Raises ValueError where the key is not 32 bytes of X25519.
    """
    receiver = KEMKey.from_pyca_cryptography_key(
        X25519PublicKey.from_public_bytes(public_key)
    )
    encapsulated, sender = _SUITE.create_sender_context(receiver, info=purpose)
    return encapsulated + sender.seal(plain)


def open_box(private_key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    """Return what was sealed to a private half; raise BoxError otherwise."""
    key = KEMKey.from_pyca_cryptography_key(
        X25519PrivateKey.from_private_bytes(private_key)
    )
    encapsulated, body = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
    try:
        receiver = _SUITE.create_recipient_context(encapsulated, key, info=purpose)
        return receiver.open(body)
    except (PyHPKEError, ValueError) as error:
        raise BoxError from error
