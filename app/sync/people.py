"""What sync tells the server of people, and asks it: before the push, and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from app.core.compartment_wire import NewCompartmentKey
from app.core.people_wire import (
    Grants,
    Kept,
    PractitionerKeys,
    Proposals,
    ProposalsAnswer,
    RecoverySlot,
    UsedGrants,
)
from app.core.problems import ProblemCode
from app.core.wire import API_PREFIX, Setup
from app.storage.enrolment import Connection
from app.sync.channel import HttpChannel
from app.sync.failures import Refused
from app.sync.gateway import HttpGateway


class GrantHolder(Protocol):
    """Where grants are kept: an open vault, or its locked file."""

    def used_grants(self) -> UsedGrants:
        """Return which were used and the server was not told of."""

    def told_grants(self, told: UsedGrants) -> None:
        """Note that the server knows which were used."""

    def keep_grants(self, answer: Grants) -> None:
        """Keep those that count."""


class PeopleVault(GrantHolder, Protocol):
    """What is told of an open vault; app.storage's Vault has these methods."""

    def proposals(self) -> Proposals:
        """Return whom the server does not name yet."""

    def record_proposals(self, answer: ProposalsAnswer) -> None:
        """Keep what became of proposals."""

    def practitioner_keys(self) -> PractitionerKeys:
        """Return everybody's public half on this device."""

    def recovery_slot(self) -> RecoverySlot | None:
        """Return what the server keeps so that a grant can open this tablet."""

    def compartment_keys(self) -> tuple[NewCompartmentKey, ...]:
        """Return what lets readers read, and the setup does not list yet."""


class PeopleSync:
    """Runs within the rounds of a SyncEngine; whatever it sends may be sent again."""

    def __init__(self, channel: HttpChannel, vault: PeopleVault) -> None:
        self._channel = channel
        self._vault = vault

    def before_push(self) -> bool:
        """Propose colleagues, so that what they wrote is taken in; say if any were.

        Raises SyncFailure: what they wrote is not pushed before they are known. Only
        an older server is sent it all the same: it sets that aside, until it is newer.
        """
        given = self._vault.proposals()
        if not given.proposals:
            return False
        path = f"{API_PREFIX}/practitioners/proposals"
        try:
            answer = self._channel.post(path, ProposalsAnswer, given)
        except Refused as refusal:
            _require_older_server(refusal)
            return False
        self._vault.record_proposals(answer)
        return True

    def before_setup(self) -> None:
        """Say what the setup is about to bring to everybody: the public halves here."""
        keys = self._vault.practitioner_keys()
        with _older_server():
            self._channel.post(f"{API_PREFIX}/practitioner-keys", Kept, keys)

    def after_setup(self) -> None:
        """Hand over what recovers this tablet, and fetch what a coordinator allows."""
        slot = self._vault.recovery_slot()
        with _older_server():
            if slot is not None:
                self._channel.post(f"{API_PREFIX}/recovery-slot", Kept, slot)
            exchange_grants(self._channel, self._vault)

    def after_all(self) -> bool:
        """Publish what lets readers read confidential notes; say if there was any.

        By the setup that the round renewed. Raises SyncFailure; nothing hangs on it.
        """
        keys = self._vault.compartment_keys()
        with _older_server():
            for key in keys:
                self._channel.hand_over(f"{API_PREFIX}/compartment-keys", key)
        return bool(keys)


def exchange_grants(channel: HttpChannel, tablet: GrantHolder) -> None:
    """Tell which grants were used, then keep those that count; locked or not."""
    used = tablet.used_grants()
    if used.grant_ids:
        channel.post(f"{API_PREFIX}/grants/used", Kept, used)
        tablet.told_grants(used)
    tablet.keep_grants(channel.get(f"{API_PREFIX}/grants", Grants))


class LockedTablet(GrantHolder, Protocol):
    """A locked vault's file; app.storage's VaultFile has these methods."""

    @property
    def connection(self) -> Connection | None:
        """How to reach the server, or None before enrolment."""

    def renew_setup(self, setup: Setup) -> None:
        """Keep a newer setup."""


def fetch_grants(
    tablet: LockedTablet, open_gateway: Callable[[str, str], HttpGateway]
) -> None:
    """Fetch what a coordinator allows here, and who works here by now. Blocks.

    Works without a PIN: how to reach the server lies under the device's own key.
    Raises SyncFailure or StorageError.
    """
    connection = tablet.connection
    if connection is None:
        raise Refused(ProblemCode.UNKNOWN_DEVICE)
    gateway = open_gateway(connection.server_url, connection.token)
    try:
        tablet.renew_setup(gateway.setup())
        exchange_grants(gateway.channel, tablet)
    finally:
        gateway.close()


@contextmanager
def _older_server() -> Iterator[None]:
    """Go on where the server is older and has no such place: nothing hangs on it."""
    try:
        yield
    except Refused as refusal:
        _require_older_server(refusal)


def _require_older_server(refusal: Refused) -> None:
    """Raise a refusal again that says anything but that there is no such place."""
    if refusal.code is not ProblemCode.NOT_FOUND:
        raise refusal
