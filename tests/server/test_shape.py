"""The server stands alone: no screens in it, and no start without a controller."""

import subprocess
import sys
from pathlib import Path

import pytest

from sync_server.main import create_app
from sync_server.settings import Settings, SettingsError
from tests.server.deployments import TestDeployment

ROOT = Path(__file__).parents[2]
LOADS = "import sys, sync_server.commands, sync_server.main; print(*sys.modules)"


def test_the_server_loads_no_screens_and_nothing_of_a_tablet() -> None:
    result = subprocess.run(
        [sys.executable, "-c", LOADS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(result.stdout.split())
    assert "sync_server.main" in loaded
    roots = {name.partition(".")[0] for name in loaded}
    assert "flet" not in roots
    ours = {name for name in loaded if name.startswith("app.")}
    assert {name for name in ours if not name.startswith("app.core")} == set()


def test_no_way_of_running_it_goes_round_the_controller(
    on_sqlite: TestDeployment,
) -> None:
    stored = on_sqlite.context.database
    with stored.write() as connection:
        connection.exec_driver_sql("UPDATE deployment SET contact = ' '")
    unset = Settings(data=on_sqlite.settings.data, database_url="", contact=" ")
    with pytest.raises(SettingsError, match="a contact"):
        create_app(unset, on_sqlite.context.ports)
