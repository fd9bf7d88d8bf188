"""A locales folder of its own for each test that changes one."""

import shutil
from pathlib import Path

import pytest

from app.i18n.languages import LOCALES


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    folder = tmp_path / "locales"
    shutil.copytree(LOCALES, folder, ignore=shutil.ignore_patterns("*.mo"))
    return folder
