"""The demo's processes: started, awaited, watched, and all ended together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync_server.services.administration import AdministrationError

HOST = "127.0.0.1"
_START_SECONDS = 90.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.2
_OF_OTHERS = frozenset({"DATABASE_URL", "FLET_APP_STORAGE_DATA"})


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and where it answers."""

    name: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    url: str


@dataclass(slots=True)
class Group:
    """Child processes that live and end together; each writes a log of its own."""

    root: Path
    logs: Path
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, program: Program) -> None:
        """Start a program and wait until it answers; raise AdministrationError."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{program.name}.log").open("ab") as log:
            self.running[program.name] = subprocess.Popen(  # noqa: S603 - our own
                [sys.executable, *program.arguments],
                cwd=self.root,
                env=_environ(program.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(program.url):
            if (name := self.ended()) is not None:
                raise AdministrationError(self._said(name, "ended"))
            if time.monotonic() > deadline:
                raise AdministrationError(self._said(program.name, "does not answer"))
            time.sleep(_POLL_SECONDS)

    def ended(self) -> str | None:
        """Return the name of a program that is no longer running."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return name
        return None

    def watch(self) -> None:
        """Return never, unless a program ends: then raise AdministrationError."""
        while (name := self.ended()) is None:
            time.sleep(_POLL_SECONDS)
        raise AdministrationError(self._said(name, "ended"))

    def stop(self) -> None:
        """End all of them, the last first; kill what does not end."""
        for process in reversed(self.running.values()):
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def _said(self, name: str, what: str) -> str:
        return f"The {name} {what}. What it said is in {self.logs / name}.log"


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _environ(own: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no setting of a real deployment is left."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TESSERA_") and name not in _OF_OTHERS
    }
    return {**kept, "PYTHONUNBUFFERED": "1", **own}


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    # The group: a program may have children of its own.
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
