"""What goes to a tablet is main.py, app, assets and locales, and nothing else."""

import subprocess

from tests.architecture.places import ROOT, settings

SHIPPED = {"main.py", "app", "assets", "locales"}
# Not in the repository, but there once a command has run.
GENERATED = {"build", "tessera.egg-info"}
APP: dict[str, object] = settings()["tool"]["flet"]["app"]


def excluded() -> set[str]:
    listed = APP["exclude"]
    assert isinstance(listed, list)
    return set(listed)


def visible() -> set[str]:
    # What is in the repository: a sheet of cards that lies about here is nobody's.
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {path.partition("/")[0] for path in listed.stdout.split("\0") if path}
    # Flet itself leaves out what is hidden at the top.
    return {name for name in names if not name.startswith(".")}


def test_flet_packs_the_root_and_starts_main() -> None:
    assert (APP["path"], APP["module"]) == (".", "main")
    assert "default_excludes" not in APP
    assert "include" not in APP


def test_exactly_the_client_ships() -> None:
    assert visible() - excluded() == SHIPPED


def test_the_list_of_exclusions_names_nothing_that_is_not_there() -> None:
    assert excluded() - GENERATED <= visible()
    assert excluded() >= GENERATED


def test_what_a_build_leaves_behind_is_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"build/", "*.egg-info/", ".venv*/"} <= set(ignored)
