from pathlib import Path

import pytest

from tests.support import programs
from tests.support.programs import chromium, postgresql_bin


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_chosen_browser_is_used(tmp_path: Path) -> None:
    chosen = program(tmp_path / "my-browser")
    assert chromium({"TESSERA_CHROMIUM": str(chosen)}) == chosen


def test_a_chosen_browser_that_is_not_there_is_not_replaced(tmp_path: Path) -> None:
    assert chromium({"TESSERA_CHROMIUM": str(tmp_path / "none")}) is None


def test_a_browser_on_the_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "FOLDERS", ())  # What this machine has is its own.
    assert chromium({"PATH": str(tmp_path)}) is None
    found = program(tmp_path / "google-chrome")
    assert chromium({"PATH": str(tmp_path)}) == found
    lighter = program(tmp_path / programs.HEADLESS_SHELL)
    assert chromium({"PATH": str(tmp_path)}) == lighter


def test_the_newest_postgresql_wins(tmp_path: Path) -> None:
    for version in ("9", "15", "16"):
        for name in ("initdb", "postgres"):
            program(tmp_path / version / "bin" / name)
    assert postgresql_bin({}, tmp_path) == tmp_path / "16" / "bin"


def test_postgresql_off_debian_is_found_on_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "pg" / "bin"
    for name in ("initdb", "postgres"):
        program(folder / name)
    assert postgresql_bin({"PATH": str(folder)}, tmp_path / "none") == folder


def test_a_client_without_a_server_is_not_a_postgresql(tmp_path: Path) -> None:
    program(tmp_path / "15" / "bin" / "initdb")
    assert postgresql_bin({"PATH": ""}, tmp_path) is None
