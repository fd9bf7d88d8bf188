"""TLS from one command to an enrolled tablet, and no plain http beyond this machine."""

import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.invitation import read_invitation
from sync_server.commands import main
from tests.server.deployments import TestDeployment
from tests.support.commands import environ
from tests.support.processes import HOST, free_port, listens, running
from tests.sync.real import enrolled, open_file

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def data(on_sqlite: TestDeployment) -> Path:
    """The folder of a deployment with one site, Port."""
    return on_sqlite.settings.data


@pytest.fixture
def tessera(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run a command in this process: its status, and what it said."""
    for name, value in environ(data, TESSERA_PLAIN_HTTP="refuse").items():
        if name.startswith("TESSERA_"):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        said = capsys.readouterr()
        return status, (said.err if status else said.out).strip()

    return run


def done(tessera: Run, *arguments: str) -> str:
    status, said = tessera(*arguments)
    assert status == 0, said
    return said


def refused(tessera: Run, *arguments: str) -> str:
    status, said = tessera(*arguments)
    assert status != 0
    return said


def made(tessera: Run, *more: str) -> str:
    """Make a certificate and return its pin."""
    said = done(tessera, "certificate", "make", "--host", HOST, *more)
    found = re.search(r"^Pin +(\S+)$", said, re.M)
    assert found is not None
    return found.group(1)


def test_a_certificate_is_made_shown_and_renewed_with_its_key(
    tessera: Run, data: Path
) -> None:
    pin = made(tessera, "--host", "tessera.example")
    mode = (data / "certificate-key.pem").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    shown = done(tessera, "certificate", "show")
    assert f"{HOST}, tessera.example" in shown
    assert pin in shown
    assert made(tessera) == pin
    assert made(tessera, "--new-key") != pin


@pytest.mark.parametrize("host", ["", "no host", "a..b", "ümlaut.example", "-/x"])
def test_what_is_no_name_is_no_host(tessera: Run, data: Path, host: str) -> None:
    said = refused(tessera, "certificate", "make", f"--host={host}")
    assert "no address and no name" in said
    assert not (data / "certificate.pem").exists()


def test_a_broken_key_is_kept_and_named(tessera: Run, data: Path) -> None:
    made(tessera)
    key = data / "certificate-key.pem"
    key.write_text("broken")
    said = refused(tessera, "certificate", "make", "--host", HOST)
    assert "can't be read as a key" in said
    assert key.read_text() == "broken"
    said = refused(tessera, "serve", "--port", "0")
    assert "are no certificate and its key" in said


def test_plain_http_stays_on_this_machine_unless_somebody_says_so(
    tessera: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.10", "tessera.example"):
        said = refused(tessera, "serve", "--host", host, "--port", "0")
        assert "TESSERA_PLAIN_HTTP=allow" in said
    monkeypatch.setenv("TESSERA_PLAIN_HTTP", "perhaps")
    assert "TESSERA_PLAIN_HTTP" in refused(tessera, "serve", "--port", "0")
    port = free_port()
    serve = ("serve", "--host", "0.0.0.0", "--port", str(port))
    with running(
        (sys.executable, "-m", "sync_server", *serve),
        log=data / "log",
        is_ready=listens(port),
        environ=environ(data, TESSERA_PLAIN_HTTP="allow"),
    ):
        pass


def test_a_certificate_without_its_key_is_refused(tessera: Run) -> None:
    assert "together" in refused(tessera, "serve", "--certificate", "x.pem")


def test_a_code_says_where_to_go_and_whom_to_trust(tessera: Run, data: Path) -> None:
    arguments = ("device", "code", "--site", "Port", "--qr")
    assert "Add --address" in refused(tessera, *arguments)
    pin = made(tessera)
    svg = data / "code.svg"
    said = done(tessera, *arguments, "--svg", str(svg)).splitlines()
    invitation = read_invitation(said[1])
    assert invitation is not None
    assert invitation.address == f"https://{HOST}:8420"
    assert (invitation.code, invitation.pin) == (said[0], pin)
    assert any("█" in line or "▀" in line for line in said[2:])
    assert "<svg" in svg.read_text()


def test_a_tablet_is_enrolled_over_tls_by_the_text_of_a_qr_code(
    tessera: Run, data: Path, tmp_path: Path
) -> None:
    pin = made(tessera)
    port = free_port()
    url = f"https://{HOST}:{port}"
    code = ("device", "code", "--site", "Port", "--qr", "--address", url)
    invitation = read_invitation(done(tessera, *code).splitlines()[1])
    assert invitation is not None
    with running(
        (sys.executable, "-m", "sync_server", "serve", "--port", str(port)),
        log=data / "log",
        is_ready=listens(port),
        environ=environ(data),
    ):
        file = open_file(tmp_path / "tablet")
        try:
            enrolled(file, invitation.pinned_address, invitation.code)
            connection = file.connection
            assert connection is not None
            assert connection.server_url == f"{url}#{pin}"
        finally:
            file.close()
    assert f"serves at {url}" in (data / "log").read_text()
    row = done(tessera, "device", "list").split("\t")
    assert row[1:5] == ["Port", "Tablet", "0", "enrolled"]
    assert "empties itself" in done(tessera, "device", "revoke", row[0])
    assert done(tessera, "device", "list").split("\t")[4] == "revoked"
    assert done(tessera, "session", "list") == ""
    assert "no such session" in refused(tessera, "session", "end", "x")
