"""Child processes of a test: on a free port, awaited, logged, always ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
ORPHAN_SECONDS = 1.0
_POLL_SECONDS = 0.05
_TAIL_LINES = 40


class DidNotAnswer(AssertionError):
    """A child ended, or did not answer in time; its log's end is in the message."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running program and the file that holds what it said."""

    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = _TAIL_LINES) -> str:
        """The last lines that the program wrote."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def kill(self) -> None:
        """End it as a lost battery would: no signal handler runs."""
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        _wait_for_group(self.process)

    def stop(self) -> None:
        """Ask it and its children to end; kill what is left of them."""
        _signal_group(self.process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.kill()


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> Callable[[], bool]:
    """A question for `running`: does this address answer without a fault?"""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code < 400
        except httpx.TransportError:
            return False

    return ask


def listens(port: int) -> Callable[[], bool]:
    """A question for `running`: does anybody listen on this port?"""

    def ask() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, port)) == 0

    return ask


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    is_ready: Callable[[], bool],
    environ: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Iterator[Child]:
    """Run a program until the block ends; an error in it carries the log's end."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environ or {})},
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    child = Child(process, log)
    try:
        wait_until_ready(child, is_ready)
        yield child
    except BaseException as error:
        error.add_note(f"the end of {log.name}:\n{child.tail()}")
        raise
    finally:
        child.stop()


def wait_until_ready(
    child: Child, is_ready: Callable[[], bool], timeout_seconds: float = START_SECONDS
) -> None:
    """Return when the child answers; raise if it ends or stays silent."""
    deadline = time.monotonic() + timeout_seconds
    while not is_ready():
        if (status := child.process.poll()) is not None:
            raise DidNotAnswer(f"it ended with status {status}")
        if time.monotonic() > deadline:
            raise DidNotAnswer(f"no answer within {timeout_seconds:.0f} s")
        time.sleep(_POLL_SECONDS)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> bool:
    # The group is asked even where its leader has ended: it may have left children.
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def _wait_for_group(process: subprocess.Popen[bytes]) -> None:
    # Bounded: where nobody reaps orphans, a dead child stays in its group for ever.
    deadline = time.monotonic() + ORPHAN_SECONDS
    while _signal_group(process, 0) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
