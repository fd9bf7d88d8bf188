"""The device that asks, as its token named it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device that was not revoked as it was let in."""

    device_id: str
    site_id: str
    public_key: bytes
