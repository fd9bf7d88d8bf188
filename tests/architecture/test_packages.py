"""Every package that the client installs can be installed on a tablet."""

import re

from packaging.requirements import Requirement

from tests.architecture import android
from tests.architecture.places import ROOT, settings

DEPENDENCIES: list[str] = settings()["project"]["dependencies"]
CLOSURE = android.closure(DEPENDENCIES)
SERVER_ONLY = {"alembic", "fastapi", "flet-web", "psycopg", "segno", "uvicorn"}


def test_the_closure_reaches_what_dependencies_ask_for() -> None:
    assert {"antlr4-python3-runtime", "httpcore", "msgpack", "six"} <= set(CLOSURE)


def test_every_client_package_is_pure_or_has_an_android_wheel() -> None:
    compiled = {name for name, package in CLOSURE.items() if not package.is_pure}
    assert compiled - set(android.WHEELS) == set()
    assert {"cryptography", "pydantic-core"} <= compiled


def test_the_project_admits_the_versions_of_a_tablet() -> None:
    asked = (Requirement(text) for text in DEPENDENCIES)
    assert [bad for r in asked if (bad := android.refused(r, prereleases=False))] == []


def test_no_package_of_the_closure_excludes_the_versions_of_a_tablet() -> None:
    speaking = [p for p in CLOSURE.values() if p.speaks_for_the_tablet]
    asked = [range_ for package in speaking for range_ in package.requirements]
    assert [bad for r in asked if (bad := android.refused(r, prereleases=True))] == []


def test_a_range_that_excludes_a_tablet_is_seen() -> None:
    range_ = Requirement("cryptography>=49")
    assert android.refused(range_, prereleases=False) == (
        "cryptography>=49 excludes 48.0.0"
    )
    assert android.refused(Requirement("pydantic>=2.12"), prereleases=False)


def test_nothing_of_the_server_is_installed_on_a_tablet() -> None:
    assert set(CLOSURE).isdisjoint(SERVER_ONLY)


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(
        r"^(?:dependencies|server|dev) = \[\n(.*?)^\]", text, re.M | re.S
    )
    lines = [line for block in lists for line in block.splitlines()]
    assert len(lists) == 3
    assert [line for line in lines if not re.search(r'^  "[^"]+", # \w', line)] == []


def test_every_installed_package_is_pinned_without_a_host() -> None:
    pins = (ROOT / ".ci/constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    names = {re.sub(r"[._-]+", "-", pin.split("==")[0].lower()) for pin in pins}
    assert set(CLOSURE) <= names
