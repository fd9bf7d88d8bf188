"""What an administrator hands a new tablet: address, one-time code, the server's pin.

One line of text, in a QR code or copied: `TESSERA address code pin`. The pin is the
SHA-256 of the certificate's public key (SubjectPublicKeyInfo, RFC 7469), base64url
without padding; it is left out where a proxy or a public authority does the TLS. Parts
stand between any white space, since what is copied breaks its lines.
"""

import re
from dataclasses import dataclass

MARK = "TESSERA"
PIN_CHARACTERS = 43
_PIN = re.compile(rf"[A-Za-z0-9_-]{{{PIN_CHARACTERS}}}")
_LEAST = 3
_MOST = 4


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to enrol, with which code, and whose certificate to trust."""

    address: str
    code: str
    pin: str = ""

    def to_text(self) -> str:
        """Return the line."""
        return " ".join(
            part for part in (MARK, self.address, self.code, self.pin) if part
        )

    @property
    def pinned_address(self) -> str:
        """The address as a tablet keeps it: with the pin behind it."""
        return pinned(self.address, self.pin)


def read_invitation(text: str) -> Invitation | None:
    """Read the line; None where the text is something else."""
    parts = text.split()
    if not _LEAST <= len(parts) <= _MOST or parts[0].upper() != MARK:
        return None
    _, address, code, *rest = parts
    if rest and not is_pin(rest[0]):
        return None
    return Invitation(address, code, rest[0] if rest else "")


def is_pin(text: str) -> bool:
    """Tell whether a text can be a pin."""
    return _PIN.fullmatch(text) is not None


def pinned(address: str, pin: str) -> str:
    """Return an address with a pin behind it, or as it is without one."""
    return f"{address}#{pin}" if pin else address


def parted(address: str) -> tuple[str, str]:
    """Return an address without its pin, and the pin or "".

    What stands behind a # and is no pin is left where it is.
    """
    before, _, after = address.rpartition("#")
    return (before, after) if before and is_pin(after) else (address, "")
