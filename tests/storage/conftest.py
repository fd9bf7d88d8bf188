"""A tablet of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import Vault, VaultFile
from tests.storage.tablets import Tablet


@pytest.fixture
def tablet(tmp_path: Path) -> Tablet:
    """A tablet that was never started."""
    return Tablet(tmp_path)


@pytest.fixture
def opened(tablet: Tablet) -> Iterator[tuple[VaultFile, Vault]]:
    """An enrolled vault, unlocked by Ana."""
    vault_file, vault = tablet.unlocked()
    yield vault_file, vault
    vault_file.close()


@pytest.fixture
def vault(opened: tuple[VaultFile, Vault]) -> Vault:
    """The unlocked vault alone."""
    return opened[1]
