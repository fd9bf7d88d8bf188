"""The scripts behind `make` are well-formed, and CI runs what people run."""

import subprocess
from pathlib import Path

from tests.architecture.places import ROOT, settings


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code == ["set -e", 'cd "$(dirname "$0")/.."', "exec make test"]
    assert "run: .ci/run" in (ROOT / ".github/workflows/ci.yml").read_text("utf-8")


def test_the_scripts_can_be_run() -> None:
    for name in ("run", "install", "install-system"):
        path = ROOT / ".ci" / name
        assert path.stat().st_mode & 0o111, name
        subprocess.run(["bash", "-n", path], check=True, stdin=subprocess.DEVNULL)


def test_the_program_is_called_tessera() -> None:
    assert settings()["project"]["scripts"] == {"tessera": "sync_server.commands:main"}


def test_every_target_can_be_planned() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    for target in phony.split()[1:]:
        done = subprocess.run(
            ["make", "-n", target, "NAME=none"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{target}: {done.stderr}"


def test_no_page_or_script_names_a_machine() -> None:
    for folder in (ROOT / ".ci", ROOT / ".github"):
        for path in (p for p in folder.rglob("*") if p.suffix != ".png"):
            assert not _names_a_machine(path), path


def _names_a_machine(path: Path) -> bool:
    if path.is_dir():
        return False
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in ("/home/", "/root/", "://10.", "index-url"))
