"""A tablet's folder as a death at one statement after the other would leave it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.storage import VaultFile
from tests.storage.tablets import Tablet

SOME, EVERY = 4, pytest.param(1, marks=pytest.mark.slow)
"""`make test` looks at one moment of four, `make test-slow` at each."""


@dataclass(slots=True)
class Moments:
    """Copies of the folder before statements, and how many statements there were."""

    folders: list[Path] = field(default_factory=list)
    statements: int = 0


@contextmanager
def at_statements(
    tablet: Tablet, vault_file: VaultFile, stride: int
) -> Iterator[Moments]:
    """Copy a tablet's folder, beside it, before each STRIDEth statement of a block."""
    found = Moments()

    def die(_statement: str) -> None:
        if found.statements % stride == 0:
            moment = tablet.folder.with_name(f"moment-{found.statements}")
            shutil.copytree(tablet.folder, moment)
            found.folders.append(moment)
        found.statements += 1

    with vault_file._database.read() as driver:
        driver.set_trace_callback(die)
    yield found
    with vault_file._database.read() as driver:
        driver.set_trace_callback(None)
