"""A throw-away PostgreSQL: own cluster, own socket and folder, gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import psycopg

from tests.support.processes import STOP_SECONDS, running

# PostgreSQL refuses to run as root; Debian's package makes this account.
ACCOUNT = "postgres"
OWNER = "tessera"
# Nothing here outlives the test, so nothing has to reach the disk.
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=60",
)
DURABLE = ("listen_addresses=", "max_connections=60")
"""For who measures: what is committed has reached the disk."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server that anybody on this machine may use."""

    folder: Path
    numbers: Iterator[int]

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new, empty database, dropped afterwards."""
        name = f"test_{next(self.numbers)}"
        self._administer(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"
        finally:
            self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        with connect(self.folder) as connection:
            connection.execute(statement.encode())


@contextmanager
def cluster(binaries: Path, settings: tuple[str, ...] = _SETTINGS) -> Iterator[Cluster]:
    """Start a server from the programs in a folder, and remove it afterwards."""
    user = ACCOUNT if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="tessera-postgres-"))
    try:
        if user:
            shutil.chown(folder, user, user)
        data, log = folder / "data", folder / "log"
        _initialise(binaries, data, user)
        command: list[str | Path] = [binaries / "postgres", "-D", data]
        # A socket in a folder of its own: no port that somebody else may take.
        settings = (*settings, f"unix_socket_directories={folder}")
        command += [part for setting in settings for part in ("-c", setting)]
        is_ready = partial(_accepts, folder)
        with running(command, log=log, is_ready=is_ready, user=user) as server:
            try:
                yield Cluster(folder, count(1))
            finally:
                # Its fast shutdown; at SIGTERM it waits for clients to go.
                server.process.send_signal(signal.SIGINT)
                server.process.wait(STOP_SECONDS)
    finally:
        shutil.rmtree(folder)


def _initialise(binaries: Path, data: Path, user: str | None) -> None:
    subprocess.run(
        [
            *(binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd=data.parent,
    )


def _accepts(folder: Path) -> bool:
    try:
        connect(folder).close()
    except psycopg.OperationalError:
        return False
    return True


def connect(folder: Path) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to the cluster's own database, as its owner."""
    return psycopg.connect(
        host=str(folder), user=OWNER, dbname="postgres", autocommit=True
    )
