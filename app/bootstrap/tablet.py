"""A tablet's process: one vault, one scheduler of sync, one session at a time."""

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.bootstrap.settings import PreferencesFile, Settings, known_language
from app.bootstrap.way import Way
from app.clinic.auditing import AuditTrail
from app.clinic.desk import Desk
from app.clinic.library import Library, read_library
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.parcel import ParcelHead
from app.core.summary import Station
from app.storage import (
    DeviceSecret,
    FileDeviceSecret,
    LockedError,
    StorageError,
    UnlockPolicy,
    Vault,
    VaultFile,
    unsent,
)
from app.sync.documents import DocumentSync
from app.sync.engine import SyncEngine
from app.sync.gateway import HttpGateway
from app.sync.identity import IdentitySync
from app.sync.people import PeopleSync
from app.sync.scheduler import SyncScheduler
from app.sync.steps import Steps
from app.ui.source import Source

_POLICY = UnlockPolicy()
logger = logging.getLogger("tessera.tablet")


class Guest(Protocol):
    """A session, as the process knows it."""

    @property
    def is_over(self) -> bool:
        """Whether its page has gone for good."""

    def opened(self, vault: Vault) -> None:
        """Take over an unlocked vault. Called on a thread."""

    def lock(self) -> None:
        """Begin to lock; only on the session's event loop."""

    async def locked(self) -> None:
        """Lock, and return once the keys are gone."""

    def locked_from_a_thread(self) -> None:
        """Lock, and return once the keys are gone. Blocks."""


@dataclass(frozen=True, slots=True)
class Holding:
    """An unlocked vault, and its own line to the server."""

    vault: Vault
    gateway: HttpGateway
    identity: IdentitySync


class TabletProcess:
    """What outlives sessions: the vault's file, sync, the forms."""

    def __init__(self, settings: Settings, policy: UnlockPolicy = _POLICY) -> None:
        self.settings = settings
        self.ids = RandomIds()
        self.wall = system_wall_ms
        self.preferences = PreferencesFile(settings.data)
        self.station: Source[Station] = Source(self.preferences.read().station)
        """Where this tablet stands; remembered as it changes."""
        self.station.subscribe(self._keep_station)
        self.scheduler = SyncScheduler(random.Random())  # noqa: S311 - only jitter
        self.secret: DeviceSecret = FileDeviceSecret(settings.data / "device-secret")
        self.way = Way()
        """Where the last session was as it locked; gone with the process."""
        self._policy = policy
        self.monotonic = policy.monotonic
        self._file: VaultFile | None = None
        self._guest: Guest | None = None
        self._holder: Guest | None = None
        self._guard = threading.Lock()
        self._door = threading.Lock()

    @property
    def language(self) -> str:
        """In which language a session begins: this tablet's, else the setting's."""
        return known_language(self.preferences.read().language, self.settings.language)

    def file(self) -> VaultFile:
        """Return the vault's file, opened at the first call; raises StorageError."""
        with self._guard:
            if self._file is None:
                self._file = VaultFile(
                    self.settings.data, self.secret, self.wall, self.ids, self._policy
                )
            return self._file

    def left_unsent(self) -> ParcelHead | None:
        """What the last lock left for the server; needs no key. Blocks."""
        return unsent(self.settings.data)

    def take_over(self, guest: Guest) -> None:
        """Make a new session the only one; the one before is locked."""
        before, self._guest = self._guest, guest
        if before is not None:
            before.lock()

    def unlock(self, guest: Guest, open_vault: Callable[[], Vault]) -> None:
        """Open the vault for a session once every other has let go of it. Blocks.

        Raises LockedError if yet another session began meanwhile.
        """
        with self._door:
            self._guest = guest
            # Not the newest page's: whoever opened the vault last may still lock it.
            if self._holder is not None:
                self._holder.locked_from_a_thread()
            vault = open_vault()
            try:
                guest.opened(vault)
            except BaseException:
                vault.close()
                raise
            self._holder = guest
            if self._guest is not guest or guest.is_over:
                guest.locked_from_a_thread()
                raise LockedError

    def library(self, vault: Vault) -> Library:
        """Return the forms of this site's plan, or of ours."""
        return read_library(plan=vault.setup.plan or None)

    def desk(self, vault: Vault) -> Desk:
        """Make what an unlocked session's screens need."""
        setup = vault.setup
        mine = vault.practitioner_id
        found = [p for p in setup.practitioners if p.practitioner_id == mine]
        return Desk(
            vault=vault,
            ids=vault.ids,
            wall=self.wall,
            library=self.library(vault),
            setup=setup,
            practitioner=found[0],
            read_station=lambda: self.station.value,
            wake_sync=self.scheduler.wake,
        )

    def write_locked(self, trail: AuditTrail) -> None:
        """Put into the audit what happened while nobody was unlocked. Blocks.

        Where the vault refuses, nobody is kept out: what could not be written stays for
        the next unlock, and what could not be forgotten is written once all the same.
        """
        file = self.file()
        try:
            happened = file.locked_events()
            if happened:
                trail.write_locked(happened)
                file.forget_locked_events(happened)
        except StorageError as error:
            logger.warning("audit waits", extra={"problem": error.code.value})

    def begin_sync(self, vault: Vault) -> Holding:
        """Send and receive until the lock."""
        connection = vault.connection
        gateway = HttpGateway(connection.server_url, connection.token)
        people = PeopleSync(gateway.channel, vault)
        identity = IdentitySync(gateway.channel, vault)
        steps = Steps(identity, DocumentSync(gateway.channel, vault))
        engine = SyncEngine(gateway, vault, self.wall, people, steps)
        self.scheduler.attach(engine)
        return Holding(vault, gateway, identity)

    def lock(self, held: Holding) -> None:
        """End sync, then close the vault: keys and index are dropped. Blocks."""
        try:
            self.scheduler.detach()
        finally:
            held.vault.close()
            held.gateway.close()

    async def close(self) -> None:
        """End as somebody who locks, then let another process have the vault."""
        for each in (self._holder, self._guest):
            if each is not None:
                await each.locked()
        if self._file is not None:
            file, self._file = self._file, None
            await asyncio.to_thread(file.close)

    def _keep_station(self) -> None:
        kept = replace(self.preferences.read(), station=self.station.value)
        self.preferences.write(kept)

    def keep_language(self, tag: str) -> None:
        """Remember the language in which this tablet begins."""
        kept = replace(self.preferences.read(), language=tag)
        self.preferences.write(kept)
