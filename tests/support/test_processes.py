import sys
import time
from pathlib import Path

import pytest

from tests.support.processes import (
    DidNotAnswer,
    answers,
    free_port,
    listens,
    running,
)

GRANDPARENT = (
    "import subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-m', 'http.server', '--bind', '127.0.0.1', "
    "sys.argv[1]]); time.sleep(60)"
)


def server(port: int) -> list[str]:
    return [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]


def test_a_child_answers_inside_the_block_and_is_gone_after_it(tmp_path: Path) -> None:
    port = free_port()
    ready = answers(f"http://127.0.0.1:{port}/")
    with running(server(port), log=tmp_path / "log", is_ready=ready) as child:
        assert child.process.poll() is None
        assert "GET /" in child.tail()
    assert child.process.poll() is not None
    assert not listens(port)()


def test_the_children_of_a_child_end_with_it(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", GRANDPARENT, str(port)]
    with running(command, log=tmp_path / "log", is_ready=listens(port)):
        pass
    assert not listens(port)()


def test_a_child_that_ends_at_once_is_an_error_that_shows_its_log(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such clinic')"]
    with (
        pytest.raises(DidNotAnswer, match="status 1") as failure,
        running(command, log=tmp_path / "log", is_ready=listens(free_port())),
    ):
        pytest.fail("the block must not run")
    assert "no such clinic" in "\n".join(failure.value.__notes__)


def test_a_failure_inside_the_block_carries_the_log_and_still_ends_the_child(
    tmp_path: Path,
) -> None:
    port = free_port()
    with (
        pytest.raises(ValueError, match="mine") as failure,
        running(server(port), log=tmp_path / "log", is_ready=listens(port)) as child,
    ):
        raise ValueError("mine")
    assert failure.value.__notes__
    assert child.process.poll() is not None


def test_a_killed_child_is_gone_at_once(tmp_path: Path) -> None:
    port = free_port()
    with running(server(port), log=tmp_path / "log", is_ready=listens(port)) as child:
        started = time.monotonic()
        child.kill()
        assert time.monotonic() - started < 5
        assert child.process.returncode == -9
