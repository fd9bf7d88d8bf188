"""A line as a camp has it: slow, long, lossy, cut now and then; shared by all on it.

TCP hides a lost packet and makes it late: it crosses the line a second time, and what
follows it on its connection waits for it. So no privileges are needed to have one.
"""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.support.processes import HOST

PACKET_BYTES = 1_200
_READ_AHEAD_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class Quality:
    """What a line is like; each way has the whole of its rate."""

    bits_per_second: int
    round_trip_seconds: float
    loss: float
    """How many packets of a hundred are lost, as a fraction."""

    def serial_seconds(self, size: int) -> float:
        """Return how long bytes keep the line."""
        return size * 8 / self.bits_per_second


class SlowLine:
    """Forwards to one port of this machine, as slowly as its quality says."""

    def __init__(self, target_port: int, quality: Quality, rng: random.Random) -> None:
        self._target_port = target_port
        self._quality = quality
        self._rng = rng
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_away = False
        self._port = 0
        self.cuts = 0
        """How often the line was cut."""
        self.cut_connections = 0
        """How many connections were open when it was."""

    @property
    def url(self) -> str:
        """The address for an HTTP client."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Accept connections until closed."""
        self._thread.start()
        self._started.wait()

    def go_away(self) -> None:
        """Cut every connection; new ones end at once, until `come_back`."""
        self._is_away = True
        self.cuts += 1
        self._loop.call_soon_threadsafe(self._cut)

    def come_back(self) -> None:
        """Carry connections again."""
        self._is_away = False

    def close(self) -> None:
        """Cut everything, and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._ways = (asyncio.Lock(), asyncio.Lock())
        serving = asyncio.start_server(self._carry, HOST, 0, limit=_READ_AHEAD_BYTES)
        server = self._loop.run_until_complete(serving)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._cut()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _cut(self) -> None:
        self.cut_connections += len(self._writers) // 2
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._is_away:
            writer.transport.abort()
            return
        await asyncio.sleep(self._quality.round_trip_seconds)  # TCP's handshake.
        there = asyncio.open_connection(
            HOST, self._target_port, limit=_READ_AHEAD_BYTES
        )
        far_reader, far_writer = await there
        both = {writer, far_writer}
        self._writers |= both
        up, down = self._ways
        with suppress(OSError):
            await asyncio.gather(
                self._pump(reader, far_writer, up), self._pump(far_reader, writer, down)
            )
        for each in both:
            each.close()
        self._writers -= both

    async def _pump(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, way: asyncio.Lock
    ) -> None:
        quality, due = self._quality, 0.0
        deliveries: set[asyncio.Task[None]] = set()
        while packet := await source.read(PACKET_BYTES):
            async with way:
                await asyncio.sleep(quality.serial_seconds(len(packet)))
            late = quality.round_trip_seconds / 2
            while self._rng.random() < quality.loss:
                late += quality.round_trip_seconds  # Until the sender sees it.
                async with way:
                    await asyncio.sleep(quality.serial_seconds(len(packet)))
            due = max(due, self._loop.time() + late)
            delivery = asyncio.create_task(
                _deliver(to, packet, due - self._loop.time())
            )
            deliveries.add(delivery)
            delivery.add_done_callback(deliveries.discard)
        await asyncio.gather(*deliveries)
        if not to.is_closing():
            to.write_eof()


async def _deliver(to: asyncio.StreamWriter, packet: bytes, seconds: float) -> None:
    await asyncio.sleep(seconds)
    if not to.is_closing():
        to.write(packet)


@contextmanager
def slow_line(
    target_port: int, quality: Quality, rng: random.Random
) -> Iterator[SlowLine]:
    """Run a slow line in front of a port of this machine."""
    line = SlowLine(target_port, quality, rng)
    line.start()
    try:
        yield line
    finally:
        line.close()
