"""What the console is told of devices and of its own sessions: bodies of /v1."""

from app.core.wire_base import Id, WireModel


class DeviceState(WireModel):
    """A device and what it said of itself when it last asked; times in UTC ms."""

    device_id: Id
    name: str
    site: str
    version: str
    enrolled_at: int
    revoked_at: int | None = None
    handed_over_at: int | None = None
    """When a revoked device said that it had handed over what only it had."""
    acknowledged: int = 0
    """Changes of this device that the server holds, also those set aside."""
    heard_at: int | None = None
    unsent: int = 0
    """Records that existed only there when it last said so."""
    oldest_unsent_at: int | None = None
    clock_ahead_ms: int | None = None
    """How far its clock was ahead of the server's; negative is behind."""


class DeviceStates(WireModel):
    """Every device, by site and name."""

    devices: tuple[DeviceState, ...]


class ConsoleSessionInfo(WireModel):
    """One open session of the console."""

    session_id: Id
    practitioner_id: Id
    name: str
    opened_at: int
    used_at: int
    expires_at: int
    is_mine: bool = False


class ConsoleSessions(WireModel):
    """Open sessions, the one used last first."""

    sessions: tuple[ConsoleSessionInfo, ...]
