"""A tablet's process: one vault, one scheduler of sync, one session at a time."""

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.bootstrap.announcer import Announcer
from app.bootstrap.settings import PreferencesFile, Settings, known_language
from app.bootstrap.way import Way
from app.clinic.auditing import AuditTrail, Spare
from app.clinic.desk import Desk
from app.clinic.library import Library, read_library
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.summary import Station
from app.storage import (
    DeviceSecret,
    FileDeviceSecret,
    LockedError,
    Passphrase,
    Reopening,
    RestoreRefusedError,
    StorageError,
    UnlockPolicy,
    Unsent,
    Vault,
    VaultFile,
    restore_in_place,
    tuned_cost,
    wipe,
)
from app.sync.documents import DocumentSync
from app.sync.engine import SyncEngine
from app.sync.erasures import ErasureSync
from app.sync.failures import SyncFailure
from app.sync.gateway import HttpGateway
from app.sync.hand_over import hand_over, report_of
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
        self.unsent_changed = Announcer()
        """Tells after each lock, and as what it left is sent."""
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

    def restore(self, source: Path, opener: Passphrase, who: str, pin: str) -> None:
        """Make a backup this tablet's records; its empty vault goes. Blocks.

        Raises RestoreRefusedError where there is more than nothing, and as
        `restore_backup` does: then all is as it was.
        """
        file = self.file()
        with self._guard:
            if file.enrolled or file.has_slots:
                raise RestoreRefusedError
            file.close()
            self._file = None
            cost = self._policy.cost or tuned_cost(self.monotonic)
            new = Reopening(self.secret, self.wall, self.ids, who, pin, cost)
            restore_in_place(source, self.settings.data, opener, new)

    def left_unsent(self) -> Unsent | None:
        """What the last lock left for the server; needs no PIN. Blocks.

        None, too, where it can't be read: an unlock sends it from the vault.
        """
        try:
            return self.file().unsent()
        except StorageError as error:
            logger.warning("what is unsent: %s", error.code.value)
            return None

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
            keep_events=self.write_locked,
            spare=self._spare(),
        )

    def write_locked(self, trail: AuditTrail) -> None:
        """Put into the audit what no chain holds yet, of PINs above all. Blocks.

        Where the vault refuses, nobody is kept out: what could not be written stays for
        the next unlock, and what could not be forgotten is written once all the same.
        """
        file = self.file()
        trail.take_up()
        try:
            happened = file.locked_events()
            if happened:
                trail.write_locked(happened)
                file.forget_locked_events(happened)
        except StorageError as error:
            logger.warning("audit waits", extra={"problem": error.code.value})

    def _spare(self) -> Spare | None:
        """Return the room for what a full disk refuses; None where it has none."""
        try:
            return self.file().reserve()
        except StorageError as error:
            logger.warning("no room for audit", extra={"problem": error.code.value})
            return None

    def begin_sync(self, vault: Vault) -> Holding:
        """Send and receive until the lock."""
        connection = vault.connection
        self._settle_sent(vault)
        gateway = HttpGateway(connection.server_url, connection.token)
        gateway.channel.reporter = lambda: report_of(vault, self.wall)
        people = PeopleSync(gateway.channel, vault)
        identity = IdentitySync(gateway.channel, vault)
        steps = Steps(
            identity,
            DocumentSync(gateway.channel, vault, is_ahead=True),
            ErasureSync(gateway.channel, vault),
            is_ahead=True,
        )
        engine = SyncEngine(gateway, vault, self.wall, people, steps)
        self.scheduler.attach(engine)
        return Holding(vault, gateway, identity)

    def _settle_sent(self, vault: Vault) -> None:
        """Record what the server answered while this was locked.

        Where the vault refuses, the answers stay for the next unlock, and a push in
        between is answered as known.
        """
        try:
            vault.settle_sent()
        except StorageError as error:
            logger.warning("answers wait", extra={"problem": error.code.value})

    def lock(self, held: Holding) -> bool:
        """End sync, then close the vault: keys and index are dropped. Blocks.

        Returns whether the tablet was emptied, which a lock never does.
        """
        try:
            self.scheduler.detach()
        finally:
            held.vault.close()
            held.gateway.close()
            self.unsent_changed.tell()
        return False

    def retire(self, held: Holding) -> bool:
        """Hand over what a revoked tablet has, and empty it; else only lock. Blocks."""
        try:
            self.scheduler.detach()
            hand_over(held.gateway, held.vault)
        except (SyncFailure, StorageError) as failure:
            problem = failure.code.value
            logger.warning("the hand-over waits", extra={"problem": problem})
            return self.lock(held)
        self.lock(held)
        with self._guard:
            file, self._file = self._file, None
        if file is not None:
            file.close()
        wipe(self.settings.data, self.secret)
        return True

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
