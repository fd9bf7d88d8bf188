"""What a tablet keeps of its enrolment, and what of it is read before unlock."""

import base64
import json
from dataclasses import dataclass

from app.core.wire import EnrolResponse, Setup


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Who this device is: what it shows when it enrols. The private key stays here."""

    device_id: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the server, and as whom."""

    device_id: str
    server_url: str
    token: str
    server_public_key: bytes
    epoch: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the server answered to a one-time code."""

    server_url: str
    token: str
    epoch: str
    server_public_key: bytes
    card_secret: bytes
    setup: Setup
    erased: tuple[str, ...] = ()
    """Whom the server erased: a vault that was restored has them still."""

    @classmethod
    def of(cls, server_url: str, answer: EnrolResponse) -> "Enrolment":
        """Return the enrolment in a server's answer."""
        return cls(
            server_url=server_url,
            token=answer.token,
            epoch=answer.epoch,
            server_public_key=answer.server_public_key,
            card_secret=answer.card_secret,
            setup=answer.setup,
            erased=answer.erased,
        )


def connection_bytes(enrolment: Enrolment) -> bytes:
    """Return what is sealed of how to reach the server."""
    key = base64.b64encode(enrolment.server_public_key).decode()
    return json.dumps(
        [enrolment.server_url, enrolment.token, key, enrolment.epoch]
    ).encode()


def connection_from_bytes(device_id: str, raw: bytes) -> Connection:
    """Read what connection_bytes wrote."""
    server_url, token, key, epoch = json.loads(raw)
    return Connection(device_id, server_url, token, base64.b64decode(key), epoch)
