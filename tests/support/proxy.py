"""A TCP proxy that cuts, stalls, repeats and corrupts at chosen bytes."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from tests.support.processes import HOST, free_port

CutAfter = Callable[[], int | None]
"""Given a new connection, after how many bytes of both ways it is cut; None: never."""

Kind = Literal["flip", "repeat", "stall"]

_CHUNK = 65536
_REPEATED = 64
_STALL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Twist:
    """What befalls a connection at one of its bytes, counted over both ways.

    A flip changes the byte's lowest bit, a repeat sends the bytes before it
    again, a stall keeps the line silent for a while.
    """

    at: int
    kind: Kind


Twists = Callable[[], Sequence[Twist]]
"""Given a new connection, what befalls it."""


@dataclass(slots=True)
class _Line:
    """One connection through the proxy, and how many bytes it may still carry."""

    client: socket.socket
    server: socket.socket
    left: int | None
    twists: Sequence[Twist] = ()
    passed: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    broken: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, data: bytes, to: socket.socket) -> bool:
        """Pass bytes on; cut both ends where the line breaks. False once it has."""
        with self.lock:
            data = self._twisted(data)
            allowed = len(data) if self.left is None else min(len(data), self.left)
            if self.left is not None:
                self.left -= allowed
            self.broken = self.broken or allowed < len(data)
        with suppress(OSError):
            to.sendall(data[:allowed])
            if not self.broken:
                return True
        self.cut()
        return False

    def _twisted(self, data: bytes) -> bytes:
        """Return what becomes of the next bytes."""
        start, self.passed = self.passed, self.passed + len(data)
        due = [t for t in self.twists if start <= t.at < self.passed]
        for twist in sorted(due, key=lambda each: -each.at):
            place = twist.at - start
            before, after = data[:place], data[place:]
            match twist.kind:
                case "flip":
                    after = bytes([after[0] ^ 1]) + after[1:]
                case "repeat":
                    before += before[-_REPEATED:]
                case "stall":
                    time.sleep(_STALL_SECONDS)
            data = before + after
            self.fired[twist.kind] += 1
        return data

    def cut(self) -> None:
        """Close both ends at once."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class CuttingProxy:
    """Forwards to one port; each connection is cut where `cut_after` says."""

    def __init__(
        self, target_port: int, cut_after: CutAfter, twists: Twists = tuple
    ) -> None:
        self._target_port = target_port
        self._cut_after = cut_after
        self._twists = twists
        # A port that was asked for by number stays ours while nobody listens on it.
        self._listener = socket.create_server((HOST, free_port()))
        self._threads: list[threading.Thread] = []
        self._lines: list[_Line] = []
        self._is_away = False

    @property
    def cuts(self) -> int:
        """How many connections were cut so far."""
        return sum(line.broken for line in self._lines)

    @property
    def fired(self) -> Counter[str]:
        """How many connections were cut, and how often each twist befell one."""
        lines = [line.fired for line in self._lines]
        return sum(lines, Counter({"cut": self.cuts}))

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """The address for an HTTP client."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Accept connections until closed."""
        self._spawn(self._accept)

    def go_away(self) -> None:
        """Cut every connection and refuse new ones, as where there is no network."""
        self._is_away = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for line in self._lines:
            line.cut()

    def cut_each_after(self, size: int | None) -> None:
        """Cut every connection of now, and later ones after so many bytes."""
        self.go_away()
        self._cut_after = lambda: size
        self.come_back()

    def come_back(self) -> None:
        """Accept connections again, at the same address."""
        self._is_away = False
        self._listener.listen()
        self._spawn(self._accept)

    def close(self) -> None:
        """Cut everything and wait for the threads."""
        self.go_away()
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._target_port), 5)
            except OSError:
                client.close()
                continue
            line = _Line(client, server, self._cut_after(), self._twists())
            self._lines.append(line)
            if self._is_away:  # accepted in the moment in which the network went
                line.cut()
            self._spawn(partial(self._pump, line, client, server))
            self._spawn(partial(self._pump, line, server, client))

    def _pump(self, line: _Line, source: socket.socket, to: socket.socket) -> None:
        while True:
            try:
                data = source.recv(_CHUNK)
            except OSError:
                data = b""
            if not data:
                line.cut()
                break
            if not line.carry(data, to):
                break
        source.close()


@contextmanager
def cutting_proxy(
    target_port: int, cut_after: CutAfter, twists: Twists = tuple
) -> Iterator[CuttingProxy]:
    """Run a proxy in front of a port of this machine."""
    proxy = CuttingProxy(target_port, cut_after, twists)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
