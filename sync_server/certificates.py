"""A certificate for the local network, and the pin of its key.

Tablets trust the key, not the certificate: it is signed by itself, and made anew with
the same key when its names change or its date nears.
"""

import base64
import datetime
import hashlib
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sync_server.settings import SettingsError

CERTIFICATE_NAME = "certificate.pem"
KEY_NAME = "certificate-key.pem"
VALID_DAYS = 3650
_OWNER_ONLY = 0o600
_SKEW = datetime.timedelta(days=1)
"""How far a tablet's clock may be behind that looks at the dates."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path

    @property
    def exist(self) -> bool:
        """Whether both are there."""
        return self.certificate.exists() and self.key.exists()


@dataclass(frozen=True, slots=True)
class Shown:
    """What an administrator wants to know of a certificate."""

    pin: str
    hosts: tuple[str, ...]
    ends_at: datetime.datetime


def files_in(folder: Path) -> TlsFiles:
    """Return where `tessera certificate make` writes."""
    return TlsFiles(folder / CERTIFICATE_NAME, folder / KEY_NAME)


def make(
    files: TlsFiles, hosts: Sequence[str], now: datetime.datetime, *, new_key: bool
) -> Shown:
    """Make a certificate for names and addresses; a key that is there is kept.

    With a new key every tablet must be enrolled again. Raises SettingsError on a name
    that is none, and where a key is there and can't be read.
    """
    names = [_name(host) for host in hosts]
    key = _key(files.key, new_key=new_key)
    certificate = _signed(key, hosts[0], names, now)
    files.certificate.parent.mkdir(parents=True, exist_ok=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _replace(files.key, private)
    _replace(files.certificate, certificate.public_bytes(Encoding.PEM))
    return _shown(certificate)


def read(path: Path) -> Shown:
    """Read a certificate; raise SettingsError if it is none."""
    try:
        return _shown(x509.load_pem_x509_certificate(path.read_bytes()))
    except (ValueError, OSError):
        raise SettingsError(
            f"{path} is no certificate. Run: tessera certificate make --host ADDRESS"
        ) from None


def _signed(
    key: ec.EllipticCurvePrivateKey,
    name: str,
    names: Sequence[x509.GeneralName],
    now: datetime.datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .sign(key, SHA256())
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    plain = host.isascii() and all(
        label and label.replace("-", "").isalnum() for label in labels
    )
    if not plain:
        raise SettingsError(f"{host!r} is no address and no name of a machine.")
    return x509.DNSName(host)


def _key(path: Path, *, new_key: bool) -> ec.EllipticCurvePrivateKey:
    if new_key or not path.exists():
        return ec.generate_private_key(ec.SECP256R1())
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, OSError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingsError(
            f"{path} can't be read as a key. Put it back from your copy, or add "
            "--new-key: then every tablet must be enrolled again."
        )
    return key


def _replace(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read; it takes its place whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(path)


def _shown(certificate: x509.Certificate) -> Shown:
    raw = certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    pin = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()
    return Shown(pin, _hosts(certificate), certificate.not_valid_after_utc)


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in found)
