"""The processes of a round: a server and tablets that are killed and come back."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.support.processes import (
    HOST,
    STOP_SECONDS,
    Child,
    answers,
    wait_until_ready,
)

_LAST_SECONDS = 60.0
"""For a round under way and a lock, on a busy machine."""


class ServerProcess:
    """`python -m sync_server serve`, on one port for its whole life."""

    def __init__(self, port: int, log: Path, environ: Mapping[str, str]) -> None:
        self.port = port
        self._log = log
        self._environ = {**os.environ, **environ}
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "sync_server", "serve"]
        with self._log.open("ab") as sink:
            process = subprocess.Popen(
                [*command, "--host", HOST, "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=self._environ,
                start_new_session=True,
            )
        self._child = Child(process, self._log)
        wait_until_ready(self._child, answers(f"{self.url}/ready"))

    def kill(self) -> None:
        """End it as a lost battery would."""
        if self._child is not None:
            self._child.kill()

    def stop(self) -> None:
        """Ask it to end."""
        if self._child is not None:
            self._child.stop()


class TabletProcess:
    """A tablet's process; what it said it saved is kept over its deaths."""

    def __init__(self, folder: Path, url: str, log: Path) -> None:
        self.folder = folder
        self._url = url
        self._log = log
        self.saved: list[str] = []
        self.ends: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._quiet = threading.Event()

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def live(self, seed: int) -> None:
        """Let it do what a seed says; it is started if it is dead."""
        if not self.is_alive:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        self._quiet.clear()
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()

    def wait(self, seconds: float) -> bool:
        """Wait until it ended what it was told, or died."""
        return self._quiet.wait(seconds)

    def kill(self) -> None:
        """End it as a lost battery would, and hear what it still said."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._ended()

    def stop(self) -> None:
        """Let it lock and end."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            assert self._ended() == 0, self._log.read_text()[-2000:]

    def _start(self) -> None:
        module = "tests.convergence.round_tablet"
        with self._log.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(self.folder), self._url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._listen, args=(self._process,))
        self._reader.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            word, *rest = line.split()
            if not line.endswith("\n"):
                break  # It died while it spoke.
            if word == "saved":
                self.saved += rest
            elif word == "ended":
                self.ends += rest
                self._quiet.set()
        self._quiet.set()

    def _ended(self) -> int:
        """Wait for its end and return its status."""
        process, self._process = self._process, None
        assert process is not None
        with process:
            status = process.wait(_LAST_SECONDS)
            if self._reader is not None:
                self._reader.join(STOP_SECONDS)
        return status
