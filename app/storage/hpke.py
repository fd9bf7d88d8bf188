"""Sealing to a public key, for whoever holds the private half (HPKE, RFC 9180).

Base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Sealed bytes: the
encapsulated key (32), then the ciphertext. It says nothing of who sealed.
"""

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, PyHPKEError

from app.storage.sealing import SealError

PUBLIC_BYTES = 32
_SUITE = CipherSuite.new(
    KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM
)


def seal_to(public_key: bytes, plain: bytes, purpose: bytes) -> bytes:
    """Return bytes that only the holder of the private half opens, for one purpose.

    Raises ValueError where the key is not 32 bytes of X25519.
    """
    receiver = KEMKey.from_pyca_cryptography_key(
        X25519PublicKey.from_public_bytes(public_key)
    )
    encapsulated, sender = _SUITE.create_sender_context(receiver, info=purpose)
    return encapsulated + sender.seal(plain)


class BoxKey:
    """The private half of an X25519 pair."""

    def __init__(self, private: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private)

    @classmethod
    def generate(cls) -> "BoxKey":
        """Return a fresh pair."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @property
    def private_bytes(self) -> bytes:
        """The private half, 32 bytes raw; sealed before it is stored."""
        return self._key.private_bytes_raw()

    @property
    def public_bytes(self) -> bytes:
        """The public half, 32 bytes raw."""
        return self._key.public_key().public_bytes_raw()

    def open(self, sealed: bytes, purpose: bytes) -> bytes:
        """Return what `seal_to` sealed to this key; raise SealError otherwise."""
        private = KEMKey.from_pyca_cryptography_key(self._key)
        encapsulated, body = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
        try:
            receiver = _SUITE.create_recipient_context(
                encapsulated, private, info=purpose
            )
            return receiver.open(body)
        except (PyHPKEError, ValueError) as error:
            raise SealError from error
