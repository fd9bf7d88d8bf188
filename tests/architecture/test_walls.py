"""Each contract on who may import whom stands, and falls when it is broken."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.places import ROOT, settings

# A house with one thing in each room, and nothing through the walls.
HOUSE = (
    "app/bootstrap.py",
    "app/clinic/visits.py",
    "app/core/clock.py",
    "app/features/home/effects.py",
    "app/features/home/state.py",
    "app/features/home/view.py",
    "app/features/register/effects.py",
    "app/features/register/state.py",
    "app/features/register/view.py",
    "app/i18n/formats.py",
    "app/storage/vault.py",
    "app/sync/engine.py",
    "app/ui/loop.py",
    "app/ui/theme.py",
    "sync_server/main.py",
    "sync_server/routes/push.py",
    "sync_server/services/ingest.py",
)
RUN = "from importlinter.cli import lint_imports_command as run; run()"
LAYERS = "Client layers point inwards"
FEATURES = "Features do not know each other"
CORE = "The core is pure: no UI, no database, no network"
QUIET = "Storage and sync draw nothing"
STATE = "Decisions are separate from drawing"
DRAWING = "Drawing never reads or sends data"
SERVER = "The server sees only the shared core"
CLIENT = "The client never imports the server"
CYCLES = "No cycles between siblings"
VIOLATIONS = [
    (LAYERS, "app/core/clock.py", "import app.storage.vault"),
    (LAYERS, "app/sync/engine.py", "import app.clinic.visits"),
    (LAYERS, "app/storage/vault.py", "import app.sync.engine"),
    (LAYERS, "app/ui/loop.py", "import app.features.home.view"),
    (LAYERS, "app/features/home/effects.py", "import app.bootstrap"),
    (LAYERS, "app/an_unplaced_room.py", ""),
    (FEATURES, "app/features/register/view.py", "import app.features.home.view"),
    (CORE, "app/core/clock.py", "import sqlite3"),
    (CORE, "app/core/clock.py", "import flet"),
    (CORE, "app/core/clock.py", "import httpx"),
    (QUIET, "app/storage/vault.py", "import flet"),
    (QUIET, "app/sync/engine.py", "import flet"),
    (STATE, "app/features/home/state.py", "import flet"),
    (STATE, "app/features/home/state.py", "import app.ui.theme"),
    (STATE, "app/features/home/state.py", "import app.storage.vault"),
    (DRAWING, "app/ui/loop.py", "import app.storage.vault"),
    (DRAWING, "app/features/home/view.py", "import app.sync.engine"),
    (DRAWING, "app/features/home/view.py", "import app.features.home.effects"),
    (SERVER, "sync_server/main.py", "import flet"),
    (SERVER, "sync_server/routes/push.py", "import app.storage.vault"),
    (CLIENT, "app/bootstrap.py", "import sync_server.main"),
    (CLIENT, "app/sync/engine.py", "import fastapi"),
    (CYCLES, "sync_server/services/ingest.py", "import sync_server.routes.push"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name in HOUSE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for folder in {path for path in tmp_path.rglob("*") if path.is_dir()}:
        (folder / "__init__.py").touch()
    (tmp_path / "sync_server/routes/push.py").write_text(
        "import sync_server.services.ingest\n"
    )
    (tmp_path / "app/features/home/effects.py").write_text(
        "import app.storage.vault\nimport app.sync.engine\n"
    )
    (tmp_path / "app/ui/theme.py").write_text("import flet\n")
    (tmp_path / "app/features/home/state.py").write_text("import app.ui.loop\n")
    return tmp_path


def broken_contracts(house: Path) -> set[str]:
    done = subprocess.run(
        [
            # Run so, the house in the current folder comes before the real one.
            *(sys.executable, "-c", RUN),
            *("--config", str(ROOT / "pyproject.toml"), "--no-cache"),
        ],
        capture_output=True,
        text=True,
        cwd=house,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    broken = set(re.findall(r"^(.+?) BROKEN$", done.stdout, re.M))
    assert done.returncode == (1 if broken else 0), done.stdout + done.stderr
    return broken


def test_a_house_that_keeps_the_rules_stands(house: Path) -> None:
    assert broken_contracts(house) == set()


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS)
def test_a_forbidden_import_breaks_its_contract(
    house: Path, contract: str, module: str, line: str
) -> None:
    path = house / module
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}{line}\n")
    assert contract in broken_contracts(house)


def test_every_contract_is_seen_to_fail() -> None:
    contracts = settings()["tool"]["importlinter"]["contracts"]
    assert {c["name"] for c in contracts} == {name for name, _, _ in VIOLATIONS}
