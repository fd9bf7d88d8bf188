"""Commands for what went wrong: what was set aside, what can't be read or opened."""

import base64
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, event

from app.core.change import Authorship, RecordKey
from sync_server.commands.addresses import _of_interfaces, own_addresses
from sync_server.demo.processes import _environ
from sync_server.main import create_app
from tests.server.deployments import TestDeployment, served_app
from tests.server.test_commands import INIT
from tests.support.commands import ROOT, done, environ, refused, tessera
from tests.support.operations import SequentialIds
from tests.support.processes import HOST, answers, free_port, running

ANNA = RecordKey("Patient", "anna", "anna")


def test_what_was_set_aside_is_listed_and_its_author_can_be_added_again(
    on_sqlite: TestDeployment,
) -> None:
    data = on_sqlite.settings.data
    tablet = on_sqlite.device("tablet-a")
    start = tablet.head
    tablet.author = Authorship("lost-author", on_sqlite.site_id)
    written = tablet.write((ANNA, {"sex": "female"}))
    on_sqlite.push(tablet)
    (line,) = done(data, "set-aside", "list").splitlines()
    operation_id = written[0][0].header.operation_id
    expected = ["unknown-practitioner", "tablet-a", "lost-author", on_sqlite.site_id]
    assert line.split("\t")[1:] == [*expected, operation_id]
    add = ("practitioner", "add", "Lena", "--role", "nurse", "--id", "lost-author")
    assert done(data, *add) == "lost-author"
    assert "There is a practitioner 'lost-author'" in refused(tessera(data, *add))
    tablet.head, tablet.pending = start, written
    on_sqlite.push(tablet)
    assert done(data, "set-aside", "list") == ""


@pytest.mark.parametrize("typed", [b"\xff\xfe secret words\n", b""])
def test_a_passphrase_that_is_none_is_one_line(
    on_sqlite: TestDeployment, typed: bytes
) -> None:
    where = "--passphrase-stdin" if typed else "--passphrase-prompt"
    data = on_sqlite.settings.data
    result = tessera(data, "practitioner", "passphrase", "Clara", where, typed=typed)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    said = "is not UTF-8" if typed else "No passphrase was typed"
    assert said in result.stderr.splitlines()[-1]


DIES_BEFORE_ITS_COMMIT = """
import os
from sync_server import secret_file
from sync_server.commands import main
keep = secret_file.{moment}
def dies(*given):
    {first}
    os._exit(9)
secret_file.{moment} = dies
main(["init", "--controller", "C", "--contact", "c", "--retention-days", "1"])
"""


@pytest.mark.parametrize(
    ("moment", "first"), [("create", "keep(*given)"), ("keep", "pass")]
)
def test_init_that_was_cut_off_can_be_run_again(
    tmp_path: Path, moment: str, first: str
) -> None:
    program = DIES_BEFORE_ITS_COMMIT.format(moment=moment, first=first)
    cut = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ(tmp_path), check=False
    )
    assert cut.returncode == 9
    done(tmp_path, "init")
    done(tmp_path, "site", "add", "Port", "--zone", "UTC")
    assert (tmp_path / "server-secrets.json").stat().st_mode & 0o777 == 0o600


def test_every_address_of_this_machine_is_named() -> None:
    found = own_addresses()
    assert _of_interfaces() <= set(found)
    assert "127.0.0.1" in _of_interfaces()
    for address in found:
        with socket.create_server((address, 0)) as listening:
            assert listening.getsockname()[0] == address


def test_a_disk_that_is_full_is_said_and_nothing_is_lost(
    on_sqlite: TestDeployment, caplog: pytest.LogCaptureFixture
) -> None:
    tablet = on_sqlite.device("tablet-a")
    tablet.write((ANNA, {"note": "x" * 500_000}))
    batch = tablet.batch()
    app = create_app(on_sqlite.settings, on_sqlite.context.ports)
    token = on_sqlite.enrol(tablet).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    raw = batch.model_dump_json()

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    engine = app.state.context.database.engine
    event.listen(engine, "begin", fill)
    with served_app(app) as http:
        refused_once = http.post("/v1/push", content=raw, headers=headers)
        event.remove(engine, "begin", fill)
        engine.dispose()
        accepted = http.post("/v1/push", content=raw, headers=headers)
    assert (refused_once.status_code, refused_once.json()["type"]) == (
        503,
        "server-busy",
    )
    assert "the disk is full: make room" in caplog.messages
    assert accepted.json()["outcomes"][0]["outcome"] == "accepted"


def test_a_database_that_is_damaged_while_it_serves_is_said(
    on_sqlite: TestDeployment, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(on_sqlite.settings, on_sqlite.context.ports)
    database = app.state.context.database
    database.close()
    on_sqlite.context.database.close()
    (on_sqlite.settings.data / "server.sqlite3").write_bytes(b"no database" * 500)
    with served_app(app) as http:
        answer = http.get("/ready")
    assert (answer.status_code, answer.json()["type"]) == (500, "server-fault")
    assert any("put a backup in its place" in said for said in caplog.messages)


def test_no_folder_and_no_setting_of_another_program_reach_the_demo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("FLET_APP_STORAGE_DATA", "TESSERA_DATA", "DATABASE_URL"):
        monkeypatch.setenv(name, "/somewhere")
    assert "/somewhere" not in _environ({"TESSERA_MODE": "tablet"}).values()


@pytest.mark.parametrize(("proxies", "other"), [(HOST, 403), ("192.0.2.1", 429)])
def test_whom_a_proxy_asks_for_is_believed_only_where_it_is_named(
    tmp_path: Path, proxies: str, other: int
) -> None:
    done(tmp_path, *INIT)
    port = free_port()
    command = (sys.executable, "-m", "sync_server", "serve", "--port", str(port))
    url = f"http://{HOST}:{port}"
    wrong = {"code": new_card_code(), "device_id": "d", "name": "", "version": "1"}
    wrong["public_key"] = base64.b64encode(bytes(32)).decode()

    def enrol(address: str) -> int:
        headers = {"X-Forwarded-For": address}
        answer = httpx.post(
            f"{url}/v1/enrol", json=wrong, headers=headers, trust_env=False
        )
        return answer.status_code

    with running(
        command,
        log=tmp_path / "log",
        is_ready=answers(f"{url}/ready"),
        environ=environ(tmp_path, TESSERA_PROXIES=proxies),
    ):
        assert [enrol("198.51.100.1") for _ in range(6)] == [403] * 5 + [429]
        assert enrol("198.51.100.2") == other


def new_card_code() -> str:
    """A code that nobody gave, with its check character."""
    return SequentialIds("nobody").card_code()
