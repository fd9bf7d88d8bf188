"""One session at a tablet: its way, its look, its unlocked vault, and its lock."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.bootstrap.locked_failures import LockedFailures
from app.bootstrap.locked_strip import LOCKED, LockedStrip
from app.bootstrap.screens import Session, make_screen
from app.bootstrap.strip import unlocked
from app.bootstrap.tablet import Holding, TabletProcess
from app.bootstrap.watching import watch
from app.bootstrap.way import Way
from app.clinic.desk import Desk
from app.core.problems import ProblemCode
from app.storage import StorageError, Vault, VaultCorruptError
from app.sync.look_up import look_up
from app.sync.status import SyncStatus
from app.ui.device import Device, PageDevice
from app.ui.look import Look, first_look
from app.ui.navigator import Entry, Navigator, Place
from app.ui.presence import Patience, Presence, Ticking
from app.ui.routes import Enrol, Route, Trouble, Unlock
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.work import Work

LOST_SECONDS = 30.0
"""How long a browser may be gone before its session is locked."""
_DOOR = Unlock()
logger = logging.getLogger("tessera.session")


class TabletSession(Session):
    """What belongs to one page; nothing of it is shared with another."""

    def __init__(self, process: TabletProcess, page: ft.Page, start: Route) -> None:
        self.process = process
        self._page = page
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._held: Holding | None = None
        self._desk: Desk | None = None
        self._lost: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._screens: dict[Entry, Screen] = {}
        self._stop_status: Callable[[], None] = lambda: None
        self._stop_unsent: Callable[[], None] = lambda: None
        self._is_over = False
        self.look: Source[Look] = Source(first_look(process.language, page.width))
        failures = LockedFailures(lambda: self._held is None)
        # Apart, for a lock waits until the unlocked screens' work is done, and the
        # door's own work waits for the lock.
        self.work = Work(self._loop, failures)
        self.door_work = Work(self._loop, failures)
        self.device: Device = PageDevice(page, failures)
        status = Source(LOCKED)
        self._strip = LockedStrip(status, process.wall, lambda: self._held is None)
        ticking = Ticking(process.monotonic, self.door_work.later)
        self.kit = Kit(
            Navigator(start),
            self.look,
            status,
            failures,
            lock=self.lock,
            presence=Presence(ticking, self.lock),
        )

    def open(self) -> None:
        """Show the first screen, and lock whatever session there was before."""
        self.process.take_over(self)
        self.look.subscribe(self._keep_language)
        watch(self.kit.navigator, self.work, lambda: self._desk, self._show_waiting)
        self._stop_status = self.process.scheduler.subscribe(
            lambda status: self.work.post(lambda: self._show_status(status))
        )
        self._page.on_disconnect = lambda _event: self.disconnected()
        self._page.on_connect = lambda _event: self.reconnected()
        self._page.on_close = lambda _event: self._closed()
        open_app(self._page, self.kit, self._make)
        self._stop_unsent = self.process.unsent_changed.subscribe(
            lambda _none: self.work.post(self._look_what_is_left)
        )
        self._look_what_is_left()

    @property
    def desk(self) -> Desk:
        """What screens need; only while unlocked."""
        if self._desk is None:
            raise RuntimeError("the tablet is locked")
        return self._desk

    @property
    def is_unlocked(self) -> bool:
        """Whether this session holds the vault's keys."""
        return self._held is not None

    @property
    def is_over(self) -> bool:
        """Whether its page has gone for good."""
        return self._is_over

    def unlock(self, open_vault: Callable[[], Vault]) -> None:
        """Open the vault for this session; another one is locked first. Blocks."""
        self.process.unlock(self, open_vault)

    def opened(self, vault: Vault) -> None:
        """Take over an unlocked vault. Called on a thread."""
        self._desk = self.process.desk(vault)
        self.process.write_locked(self._desk.trail)
        self._held = self.process.begin_sync(vault)
        vault.on_sent_away = lambda: self._hear_sent_away(vault)
        setup = vault.setup
        patience = Patience(setup.idle_seconds, setup.cover_seconds)
        self.work.post(lambda: self._watch(patience))

    def _watch(self, patience: Patience) -> None:
        if self.is_unlocked:
            self.kit.presence.begin(patience)

    def lock(self) -> None:
        """Leave every screen, let each save its draft, then drop the keys.

        Whoever asks (another page, the end of the process), it is this page that
        is drawn anew: in its own context.
        """
        self._context.copy().run(self._lock, self.process.lock)

    def _hear_sent_away(self, vault: Vault) -> None:
        """On the sync's thread."""
        try:
            self.work.post(lambda: self._sent_away(vault))
        except RuntimeError:  # what a closed event loop raises
            logger.info("who was revoked had gone")

    def _sent_away(self, vault: Vault) -> None:
        """Who had unlocked was revoked: what they began is kept, as at each lock."""
        if self._held is not None and self._held.vault is vault:
            door = Unlock(self.desk.practitioner.name)
            self._context.copy().run(self._lock, self.process.lock, door)

    def _lock(self, close: Callable[[Holding], bool], door: Unlock = _DOOR) -> None:
        if self._held is None:
            return
        held, self._held = self._held, None
        self.kit.presence.end()
        # Not left to the page: where the browser is gone, nothing is unmounted.
        self._remember_the_way()
        for screen in reversed(self._screens.values()):
            with self.kit.failures.guard():
                screen.loop.left()
        self._screens.clear()
        self.kit.navigator.reset(door)
        self._closing = self._loop.create_task(self._close(held, close))

    async def locked(self) -> None:
        """Lock, and return once the keys are gone."""
        self.lock()
        if self._closing is not None:
            await self._closing

    def locked_from_a_thread(self) -> None:
        """Lock, and return once the keys are gone. Blocks."""
        asyncio.run_coroutine_threadsafe(self.locked(), self._loop).result()

    async def _close(self, held: Holding, close: Callable[[Holding], bool]) -> None:
        await self.work.settled()
        is_emptied = False
        with self.kit.failures.guard():
            is_emptied = await asyncio.to_thread(close, held)
        self._desk = None
        if is_emptied:
            self.process.way = Way()
            self.kit.navigator.reset(Trouble(ProblemCode.DEVICE_REVOKED.value))
        self._strip.show()

    def begin_again(self, nothing_changed: Callable[[], None]) -> None:
        """Open the vault's file once more, and show what stands now."""
        stood = self.kit.navigator.value[0].route

        def show(start: Route) -> None:
            if start == stood:
                nothing_changed()
            else:
                self.kit.navigator.reset(start)

        self.door_work.run(lambda: first_route(self.process), show, lambda route: route)

    def _make(self, place: Place) -> Screen:
        screen = make_screen(self, place)
        standing = set(self.kit.navigator.value)
        self._screens = {e: s for e, s in self._screens.items() if e in standing}
        self._screens[place.entry] = screen
        return screen

    def _remember_the_way(self) -> None:
        navigator, scrolls = self.kit.navigator, self.kit.scrolls
        with self.kit.failures.guard():
            routes = tuple(self._route_of(entry) for entry in navigator.value)
            offsets = scrolls.of(navigator.top)
            self.process.way = self.process.way.left_at(routes, offsets)
        scrolls.forget()

    def _route_of(self, entry: Entry) -> Route:
        screen = self._screens.get(entry)
        if screen is None or screen.way_back is None:
            return entry.route
        return screen.way_back(screen.loop.model)

    def connect_again(self, code: str) -> None:
        """Enrol this tablet again with a one-time code, in a round at once.

        Raises SyncFailure for a mistyped one; what comes of the round is in its report.
        """
        if self._held is not None:
            self._held.identity.offer_code(code)
            self.process.scheduler.sync_now()

    def look_up(self, patient_id: str, reason: str) -> None:
        """Hold somebody of another site from now on. Blocks; raises SyncFailure."""
        if self._held is not None:
            channel = self._held.gateway.channel
            look_up(channel, self._held.vault, patient_id, reason)

    def way_back(self) -> tuple[Route, ...]:
        """Where whoever unlocked goes on: where this tablet was as it locked."""
        way = self.process.way
        self.kit.scrolls.return_to(way.routes[-1], way.offsets)
        return way.for_role(self.desk.practitioner.role)

    def _show_status(self, status: SyncStatus) -> None:
        if self._desk is None or self._held is None:
            self._strip.show()
            return
        if status.failure is ProblemCode.DEVICE_REVOKED:
            # Screens first: what was typed is saved, and handed over with the rest.
            self._lock(self.process.retire)
            return
        self.kit.status.set(unlocked(self._desk, status, self.process.wall()))

    def _show_waiting(self) -> None:
        """Say in the strip that the disk refuses to keep who read what."""
        if self._desk is not None and self._held is not None:
            waiting, known = self._desk.trail.waiting, self.kit.status.value
            self.kit.status.set(replace(known, unwritten=waiting))

    def _look_what_is_left(self) -> None:
        left = self.process.left_unsent
        self.door_work.run(left, self._strip.show_left, lambda unsent: unsent)

    def _keep_language(self) -> None:
        tag = self.look.value.t.tag
        if tag != self.process.preferences.read().language:
            self.process.keep_language(tag)

    def disconnected(self) -> None:
        """The browser is gone: for a moment, or for good."""
        self._forget_loss()
        self._lost = self._loop.call_later(LOST_SECONDS, self.lock)

    def reconnected(self) -> None:
        """The browser is back; what changed meanwhile was not drawn.

        A page that is reloaded is hidden first, and never says that it is in view.
        """
        self._forget_loss()
        self.kit.presence.came_back()
        top = self.kit.navigator.top.route
        if isinstance(top, Unlock):
            self.kit.navigator.reset(Unlock())

    def _forget_loss(self) -> None:
        if self._lost is not None:
            self._lost.cancel()
            self._lost = None

    def _closed(self) -> None:
        self._is_over = True
        self._stop_status()
        self._stop_unsent()
        self._forget_loss()
        self.lock()


def first_route(process: TabletProcess) -> Route:
    """Open the vault's file, and say where a session begins. Blocks."""
    try:
        return Unlock() if process.file().enrolled else Enrol()
    except VaultCorruptError as error:
        return Trouble(error.code.value, error.kept.name if error.kept else "")
    except StorageError as error:
        return Trouble(error.code.value)
