"""Breaks each rule of `mutations` in a copy of the tree, and sees who notices.

    python -m tests.convergence.mutate [NAME ...]

First the named tests must be green without any patch. It ends with 1 unless every
mutation turns one of its tests red.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.convergence.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]
_COPIED = (
    "app",
    "assets",
    "locales",
    "sync_server",
    "tests",
    "main.py",
    "pyproject.toml",
)
_RED = 1
"""What pytest ends with where tests ran and some failed."""


def copy_tree(target: Path) -> None:
    """Copy what the tests need."""
    left_out = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=left_out)
        else:
            shutil.copy(source, target / name)


def run_tests(root: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """Run tests of a tree until one fails; return the status and its name."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--no-header", "--tb=no", *tests],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    said = failed[0].removeprefix("FAILED ").partition(" - ")[0] if failed else ""
    return done.returncode, said.rpartition("/")[2] or done.stdout[-300:]


def try_mutation(root: Path, mutation: Mutation) -> tuple[bool, str]:
    """Break a rule in a copy, run its tests, mend it; say who noticed."""
    path = root / mutation.patch.path
    before = path.read_text(encoding="utf-8")
    path.write_text(mutation.patch.applied(root), encoding="utf-8")
    try:
        status, said = run_tests(root, mutation.tests)
    finally:
        path.write_text(before, encoding="utf-8")
    return status == _RED, said


def main() -> int:
    """Try every mutation, or those named."""
    names = sys.argv[1:]
    chosen = [m for m in MUTATIONS if not names or m.name in names]
    with tempfile.TemporaryDirectory(prefix="tessera-mutate-") as folder:
        root = Path(folder)
        copy_tree(root)
        everything = tuple({test for mutation in chosen for test in mutation.tests})
        status, said = run_tests(root, everything)
        if status:
            print(f"Red before anything was broken: {said}")
            return 1
        caught = 0
        for number, mutation in enumerate(chosen, 1):
            is_caught, said = try_mutation(root, mutation)
            caught += is_caught
            verdict = "caught" if is_caught else "NOT CAUGHT"
            print(f"{number:>2}  {mutation.name:<55} {verdict:<10}  {said}", flush=True)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
