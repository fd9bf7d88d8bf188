"""A Flet client made of records: components run in process, without a screen.

What the app sends is packed as for a real client, so that later patches are
differences, and kept; what a person does is sent back as a real client would.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    InvokeMethodRequestBody,
    Message,
    PatchControlBody,
    SessionCrashedBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

TABLET: Mapping[str, object] = {"width": 800.0, "height": 1280.0}
SETTLE_SECONDS = 20.0
_PLAIN = (str, int, float, bytes, Enum, type(None))
_encode = configure_encode_object_for_msgpack(BaseControl)


class ScreenCrashed(AssertionError):
    """A handler or a component raised; Flet's own report is in the message."""


class NotOnScreen(AssertionError):
    """No mounted control has this key; the keys that there are stand in it."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One difference that the client was sent, and its size on the wire."""

    operations: list[Any]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Call:
    """A method that the app asked the client to run."""

    name: str
    arguments: Any


class RecordingConnection(Connection):
    """Keeps what is sent; answers method calls from `answers`, else with nothing."""

    def __init__(self, answers: Mapping[str, object] | None = None) -> None:
        Connection.__init__(self)
        self.loop = asyncio.get_running_loop()
        self.executor = ThreadPoolExecutor(2)
        self.pubsubhub = PubSubHub(self.loop, self.executor)
        self.answers = dict(answers or {})
        self.patches: list[Patch] = []
        self.calls: list[Call] = []
        self.crashes: list[str] = []
        self.reply: Callable[[InvokeMethodRequestBody, object], None] | None = None

    def send_message(self, message: Message) -> None:
        """Record one message."""
        size = len(pack([message.action, message.body]))
        match message.body:
            case PatchControlBody(patch=operations):
                self.patches.append(Patch(operations, size))
            case SessionCrashedBody(message=report):
                self.crashes.append(report)
            case InvokeMethodRequestBody() as request:
                self._answer(request)
            case other:
                raise TypeError(f"no client knows {type(other).__name__}")

    def dispose(self) -> None:
        """End the threads."""
        self.executor.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: InvokeMethodRequestBody) -> None:
        self.calls.append(Call(request.name, request.args))
        if self.reply:
            answer = self.answers.get(request.name)
            self.loop.call_soon(self.reply, request, answer)


@dataclass(slots=True)
class Client:
    """A mounted page, and the hands of the person before it."""

    session: Session
    connection: RecordingConnection
    _seen_crashes: int = field(default=0)

    @property
    def page(self) -> ft.Page:
        """The page that components are mounted on."""
        page: ft.Page = self.session.page
        return page

    @property
    def sizes(self) -> list[int]:
        """The size of each patch, in bytes."""
        return [patch.size_bytes for patch in self.connection.patches]

    def controls(self) -> Iterator[BaseControl]:
        """Every mounted control, parents before children."""
        return _controls(self.page, set())

    def texts(self) -> list[str]:
        """Every text on the screen, from the top."""
        return [c.value for c in self.controls() if isinstance(c, ft.Text)]

    def keys(self) -> list[str]:
        """The key of every control that has one."""
        return [str(c.key) for c in self.controls() if c.key is not None]

    def find(self, key: str) -> BaseControl:
        """The one mounted control of this key."""
        found = [c for c in self.controls() if _has_key(c, key)]
        if not found:
            raise NotOnScreen(f"{key!r}; there are {sorted(self.keys())}")
        assert len(found) == 1, f"{len(found)} controls have the key {key!r}"
        return found[0]

    def shows(self, key: str) -> bool:
        """Whether a control of this key is mounted."""
        return any(_has_key(c, key) for c in self.controls())

    async def fire(self, key: str, event: str, data: object = None) -> None:
        """Send one event of a control, as the client would, and let it settle."""
        await self.session.dispatch_event(self.find(key)._i, event, data)
        await self.settle()

    async def tap(self, key: str) -> None:
        """Press a button or a tile."""
        await self.fire(key, "click")

    async def enter(self, key: str, value: object) -> None:
        """Put a value into a field or a choice: its state first, then its event."""
        self.session.apply_patch(self.find(key)._i, {"value": value})
        await self.fire(key, "change", value)

    async def settle(self) -> None:
        """Let scheduled renders and effects run; raise what crashed meanwhile."""
        for _ in range(3):
            await asyncio.sleep(0)
        crashes = self.connection.crashes[self._seen_crashes :]
        self._seen_crashes = len(self.connection.crashes)
        if crashes:
            raise ScreenCrashed("\n".join(crashes))

    async def until(
        self, holds: Callable[[], bool], timeout_seconds: float = SETTLE_SECONDS
    ) -> None:
        """Wait for what a thread brings back; raise TimeoutError if it does not."""
        async with asyncio.timeout(timeout_seconds):
            while not holds():
                await asyncio.sleep(0.01)
                await self.settle()


@asynccontextmanager
async def connected(
    size: Mapping[str, object] = TABLET, answers: Mapping[str, object] | None = None
) -> AsyncIterator[Client]:
    """A session with an empty page of this size; components are mounted on it."""
    connection = RecordingConnection(answers)
    session = Session(connection)
    connection.reply = lambda request, answer: session.handle_invoke_method_results(
        request.control_id, request.call_id, answer, None
    )
    token = _context_page.set(session.page)
    session.apply_page_patch(dict(size))
    # Packing the page records what the client has, so that what follows are diffs.
    pack(session.get_page_patch())
    try:
        yield Client(session, connection)
    finally:
        session.close()
        await asyncio.sleep(0)
        connection.dispose()
        _context_page.reset(token)


@asynccontextmanager
async def mounted(
    component: Callable[..., Any], *arguments: object, **size: float
) -> AsyncIterator[Client]:
    """A session whose page shows one component; its first render has settled."""
    async with connected({**TABLET, **size}) as client:
        client.page.render(component, *arguments)
        await client.settle()
        yield client


def pack(message: object) -> bytes:
    """The bytes of a message on Flet's wire."""
    packed: bytes = msgpack.packb(message, default=_encode)
    return packed


def _has_key(control: BaseControl, key: str) -> bool:
    return control.key is not None and str(control.key) == key


def _controls(value: object, seen: set[int]) -> Iterator[BaseControl]:
    if id(value) in seen:
        return
    if is_dataclass(value):
        seen.add(id(value))
    if isinstance(value, BaseControl):
        yield value
    for child in _children(value):
        if not isinstance(child, _PLAIN):
            yield from _controls(child, seen)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple):
        return value
    kind: Any = type(value)
    return (getattr(value, name, None) for name in _kept(kind))


@cache
def _kept(kind: type[Any]) -> tuple[str, ...]:
    """The names of a kind's fields in which controls may stand."""
    if not is_dataclass(kind):
        return ()
    kept = (field.name for field in fields(kind) if not field.metadata.get("skip"))
    return tuple(name for name in kept if name != "_parent")
