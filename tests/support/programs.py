"""Where Chromium and PostgreSQL are; run as a module it names what is missing.

It needs the standard library alone, since `.ci/install-system` asks it first.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

HEADLESS_SHELL = "chromium-headless-shell"
"""Debian's Chromium without a window: a sixth less work for the same pages."""
CHROMIUM_NAMES = (
    HEADLESS_SHELL,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FOLDERS = (Path("/usr/bin"), Path("/usr/local/bin"))
POSTGRESQL_ROOT = Path("/usr/lib/postgresql")


def chromium(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The browser to test with: TESSERA_CHROMIUM, else what the system has."""
    if chosen := environ.get("TESSERA_CHROMIUM"):
        return Path(chosen) if _is_program(Path(chosen)) else None
    found = (_program(name, environ.get("PATH", "")) for name in CHROMIUM_NAMES)
    return next((path for path in found if path), None)


def postgresql_bin(
    environ: Mapping[str, str] = os.environ, root: Path = POSTGRESQL_ROOT
) -> Path | None:
    """The folder that holds initdb and postgres; the newest version wins."""
    versions = [path for path in root.glob("*/bin") if path.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda path: -int(path.parent.name)):
        if _holds_a_server(folder):
            return folder
    on_path = shutil.which("initdb", path=environ.get("PATH", ""))
    if on_path is None:
        return None
    beside = Path(on_path).resolve().parent
    return beside if _holds_a_server(beside) else None


def missing_packages() -> list[str]:
    """Debian's names of what the tests need and this machine lacks."""
    found = {HEADLESS_SHELL: chromium(), "postgresql": postgresql_bin()}
    return [package for package, path in found.items() if path is None]


def _program(name: str, path: str) -> Path | None:
    if found := shutil.which(name, path=path):
        return Path(found)
    known = (folder / name for folder in FOLDERS)
    return next((program for program in known if _is_program(program)), None)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _holds_a_server(folder: Path) -> bool:
    return all(_is_program(folder / name) for name in ("initdb", "postgres"))


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing_packages()) + "\n")
