"""A new identity for this tablet: it was a copy, or its server no longer knows it.

A copy proves itself and goes on at once; one that the server does not know (it was
restored from before the enrolment) needs a new one-time code. Either way the tablet
keeps its next key first, so whatever is lost on the way may be asked again.
"""

from threading import Lock
from typing import Protocol

from app.core.identity_wire import NewIdentity
from app.core.ids import CardCodeError, parse_card_code
from app.core.problems import ProblemCode
from app.core.version import VERSION
from app.core.wire import API_PREFIX, EnrolRequest, EnrolResponse, Setup
from app.storage.enrolment import Connection, DeviceIdentity, Enrolment
from app.sync.channel import HttpChannel
from app.sync.failures import Refused


class IdentityVault(Protocol):
    """Who this tablet is; app.storage's Vault has these methods."""

    @property
    def device_id(self) -> str:
        """This device, as its chain names it."""

    @property
    def setup(self) -> Setup:
        """What the server said about the deployment."""

    @property
    def connection(self) -> Connection:
        """How to reach the server, and as whom."""

    @property
    def next_identity(self) -> DeviceIdentity:
        """Who this device will be, made and kept when first asked for."""

    def ask_for_identity(self) -> NewIdentity:
        """Return what proves who asks."""

    def take_identity(self, enrolment: Enrolment) -> None:
        """Go on as `next_identity`; durable before this returns."""


class IdentitySync:
    """Runs within the rounds of a SyncEngine."""

    def __init__(self, channel: HttpChannel, vault: IdentityVault) -> None:
        self._channel = channel
        self._vault = vault
        self._code = ""
        self._lock = Lock()

    def offer_code(self, typed: str) -> None:
        """Let the next round enrol this tablet again with a one-time code.

        From any thread. Raises Refused where it was mistyped: nothing is sent then.
        """
        try:
            code = parse_card_code(typed)
        except CardCodeError:
            raise Refused(ProblemCode.ENROLMENT_CODE_WRONG) from None
        with self._lock:
            self._code = code

    def before_round(self) -> bool:
        """Enrol again, if a code was typed; say so. Raises SyncFailure, StorageError.

        A code counts for one round: whoever typed it is told what came of it.
        """
        with self._lock:
            code, self._code = self._code, ""
        if not code:
            return False
        wanted, devices = self._vault.next_identity, self._vault.setup.devices
        mine = self._vault.device_id
        request = EnrolRequest(
            code=code,
            device_id=wanted.device_id,
            public_key=wanted.public_key,
            name=next((d.name for d in devices if d.device_id == mine), ""),
            version=VERSION,
        )
        path = f"{API_PREFIX}/enrol"
        self._take(self._channel.post(path, EnrolResponse, request))
        return True

    def after_fork(self) -> None:
        """Go on as another device; raises SyncFailure or StorageError."""
        asked = self._vault.ask_for_identity()
        path = f"{API_PREFIX}/identity"
        self._take(self._channel.post(path, EnrolResponse, asked))

    def _take(self, answer: EnrolResponse) -> None:
        address = self._vault.connection.server_url
        self._vault.take_identity(Enrolment.of(address, answer))
        self._channel.token = answer.token
