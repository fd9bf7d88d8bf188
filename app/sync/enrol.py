"""Enrolment: a one-time code makes this tablet a device of a deployment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.core.ids import CardCodeError, parse_card_code
from app.core.problems import ProblemCode
from app.core.wire import EnrolRequest
from app.storage.enrolment import DeviceIdentity, Enrolment
from app.sync.channel import server_address
from app.sync.failures import Refused
from app.sync.gateway import Gateway

_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class EnrolmentForm:
    """What a person types to enrol a tablet; `version` is this app's."""

    address: str
    code: str
    name: str
    version: str


class EnrolmentStore(Protocol):
    """Where a tablet keeps who it is; app.storage's VaultFile has these methods."""

    @property
    def identity(self) -> DeviceIdentity:
        """This device's id and public key, made and kept when first asked for."""

    def enrol(self, enrolment: Enrolment) -> None:
        """Keep what the server answered; durable before this returns."""


OpenGateway = Callable[[str], Gateway]
"""Returns a gateway without a token to a checked address."""


def enrol(
    form: EnrolmentForm, store: EnrolmentStore, open_gateway: OpenGateway
) -> Enrolment:
    """Enrol this tablet; it is done when this returns, and not before.

    Raises SyncFailure or StorageError. Whatever was lost on the way, the same code
    typed again on the same tablet gives the same enrolment: its key is kept first.
    A mistyped code is refused here, before it costs an attempt at the server.
    """
    code = _code(form.code)
    address = server_address(form.address)
    identity = store.identity
    answer = open_gateway(address).enrol(
        EnrolRequest(
            code=code,
            device_id=identity.device_id,
            public_key=identity.public_key,
            name=form.name.strip()[:_MAX_NAME],
            version=form.version,
        )
    )
    enrolment = Enrolment.of(address, answer)
    store.enrol(enrolment)
    return enrolment


def _code(typed: str) -> str:
    try:
        return parse_card_code(typed)
    except CardCodeError:
        raise Refused(ProblemCode.ENROLMENT_CODE_WRONG) from None
