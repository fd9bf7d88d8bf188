"""The client runs without the server's packages, and the server without Flet."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions

from packaging.utils import canonicalize_name

from tests.architecture import android
from tests.architecture.places import ROOT, modules, settings

IMPORT_ALL = """
import importlib, json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

BLOCKED, NAMES = json.loads(sys.argv[1])
sys.meta_path.insert(0, Absent())
for name in NAMES:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def import_all(names: Iterable[str], *, without: Iterable[str] = ()) -> set[str]:
    """Import modules in a new interpreter; return all that this brought in."""
    request = json.dumps([sorted(without), list(names)])
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, request],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def foreign_to_the_client() -> set[str]:
    """The top-level modules of every installed package that a tablet lacks."""
    closure = android.closure(settings()["project"]["dependencies"])
    owners: Mapping[str, list[str]] = packages_distributions()
    return {
        module
        for module, packages in owners.items()
        if not {canonicalize_name(name) for name in packages} & set(closure)
        and module not in {"app", "main", "sync_server"}
    } | {"sync_server"}


def test_what_a_tablet_lacks_is_told_from_what_it_has() -> None:
    absent = foreign_to_the_client()
    assert {"fastapi", "flet_web", "psycopg", "pytest", "segno"} <= absent
    assert absent.isdisjoint({"babel", "cryptography", "flet", "pydantic", "sqlmodel"})


def test_the_client_imports_without_the_extras() -> None:
    loaded = import_all(["main", *modules("app")], without=foreign_to_the_client())
    assert {"main", "app.core", "flet"} <= loaded


def test_decisions_import_without_flet() -> None:
    states = [name for name in modules("app.features") if name.endswith(".state")]
    assert states
    import_all(states, without=["flet", "httpx", "sqlite3", "sqlmodel"])


def test_the_server_imports_without_flet() -> None:
    names = [name for name in modules("sync_server") if ".versions." not in name]
    assert "sync_server.main" in names
    loaded = import_all([n for n in names if not n.endswith(".env")], without=["flet"])
    assert {name.partition(".")[0] for name in loaded}.isdisjoint({"flet", "flet_web"})


def test_the_server_brings_in_no_part_of_the_client_but_the_core() -> None:
    loaded = import_all(["sync_server.main"])
    client = {name for name in loaded if name == "app" or name.startswith("app.")}
    assert {n for n in client if n != "app" and not n.startswith("app.core")} == set()
