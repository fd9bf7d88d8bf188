"""The commands, as an administrator runs them: processes, exit codes, sentences."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).parents[2]
Result = subprocess.CompletedProcess[str]


class Forks:
    """Runs commands one at a time, each a fork of a process that imported them.

    To import them takes longer than most commands do.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fork_commands"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End the process that forks."""
        self._process.communicate()

    def run(
        self, arguments: tuple[str, ...], environ: dict[str, str], typed: bytes
    ) -> Result:
        """Run one command to its end; the suite's own limit ends one that hangs."""
        with self._lock, tempfile.TemporaryDirectory() as folder:
            streams = Path(folder, "streams")
            streams.with_suffix(".in").write_bytes(typed)
            asked = {
                "arguments": arguments,
                "environ": environ,
                "streams": str(streams),
            }
            stdin, stdout = self._process.stdin, self._process.stdout
            assert stdin is not None
            assert stdout is not None
            print(json.dumps(asked), file=stdin, flush=True)
            status = int(stdout.readline())
            out, err = (
                streams.with_suffix(suffix).read_text(encoding="utf-8")
                for suffix in (".out", ".err")
            )
            return subprocess.CompletedProcess(arguments, status, out, err)


forks = cache(Forks)


def environ(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command for a folder, with no setting of this machine."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TESSERA_") and name != "DATABASE_URL"
    }
    return kept | {"TESSERA_DATA": str(data)} | more


def tessera(
    data: Path, *arguments: str, typed: str | bytes = "", **more: str
) -> Result:
    """Run a command to its end."""
    given = typed.encode() if isinstance(typed, str) else typed
    return forks().run(arguments, environ(data, **more), given)


def done(data: Path, *arguments: str, typed: str = "") -> str:
    """What a command printed that must succeed."""
    result = tessera(data, *arguments, typed=typed)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.strip()


def refused(result: Result) -> str:
    """The one line that a failed command says."""
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("tessera: ")
    return line
