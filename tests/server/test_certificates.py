"""TLS from one command to an enrolled tablet, and no plain http beyond this machine."""

import re
import stat
import sys
from pathlib import Path

import pytest

from app.core.invitation import read_invitation
from tests.server.test_commands import INIT, done, environ, refused, tessera
from tests.support.processes import HOST, free_port, listens, running
from tests.sync.real import enrolled, open_file


@pytest.fixture
def port_clinic(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    done(data, *INIT)
    done(data, "site", "add", "Port", "--zone", "UTC")
    return data


def made(data: Path, *more: str) -> str:
    """Make a certificate and return its pin."""
    said = done(data, "certificate", "make", "--host", HOST, *more)
    found = re.search(r"^Pin +(\S+)$", said, re.M)
    assert found is not None
    return found.group(1)


def test_a_certificate_is_made_shown_and_renewed_with_its_key(
    port_clinic: Path,
) -> None:
    pin = made(port_clinic, "--host", "tessera.example")
    mode = (port_clinic / "certificate-key.pem").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    shown = done(port_clinic, "certificate", "show")
    assert f"{HOST}, tessera.example" in shown
    assert pin in shown
    assert made(port_clinic) == pin
    assert made(port_clinic, "--new-key") != pin


@pytest.mark.parametrize("host", ["", "no host", "a..b", "ümlaut.example", "-/x"])
def test_what_is_no_name_is_no_host(port_clinic: Path, host: str) -> None:
    result = tessera(port_clinic, "certificate", "make", f"--host={host}")
    assert "no address and no name" in refused(result)
    assert not (port_clinic / "certificate.pem").exists()


def test_a_broken_key_is_kept_and_named(port_clinic: Path) -> None:
    made(port_clinic)
    key = port_clinic / "certificate-key.pem"
    key.write_text("broken")
    result = tessera(port_clinic, "certificate", "make", "--host", HOST)
    assert "can't be read as a key" in refused(result)
    assert key.read_text() == "broken"
    result = tessera(port_clinic, "serve", "--port", "0")
    assert "are no certificate and its key" in refused(result)


def test_plain_http_stays_on_this_machine_unless_somebody_says_so(
    port_clinic: Path,
) -> None:
    beyond = ("serve", "--host", "0.0.0.0", "--port", "0")
    assert "TESSERA_PLAIN_HTTP=allow" in refused(tessera(port_clinic, *beyond))
    other = tessera(port_clinic, *beyond, TESSERA_PLAIN_HTTP="perhaps")
    assert "TESSERA_PLAIN_HTTP" in refused(other)
    port = free_port()
    command = (sys.executable, "-m", "sync_server", *beyond[:-1], str(port))
    told = environ(port_clinic, TESSERA_PLAIN_HTTP="allow")
    with running(
        command,
        log=port_clinic / "log",
        is_ready=listens(port),
        environ=told,
    ):
        pass


def test_a_certificate_without_its_key_is_refused(port_clinic: Path) -> None:
    result = tessera(port_clinic, "serve", "--certificate", "x.pem")
    assert "together" in refused(result)


def test_a_code_says_where_to_go_and_whom_to_trust(port_clinic: Path) -> None:
    arguments = ("device", "code", "--site", "Port", "--qr")
    assert "Add --address" in refused(tessera(port_clinic, *arguments))
    pin = made(port_clinic)
    svg = port_clinic / "code.svg"
    said = done(port_clinic, *arguments, "--svg", str(svg)).splitlines()
    invitation = read_invitation(said[1])
    assert invitation is not None
    assert invitation.address == f"https://{HOST}:8420"
    assert (invitation.code, invitation.pin) == (said[0], pin)
    assert any("█" in line or "▀" in line for line in said[2:])
    assert "<svg" in svg.read_text()


def test_a_tablet_is_enrolled_over_tls_by_the_text_of_a_qr_code(
    port_clinic: Path, tmp_path: Path
) -> None:
    pin = made(port_clinic)
    port = free_port()
    url = f"https://{HOST}:{port}"
    code = ("device", "code", "--site", "Port", "--qr", "--address", url)
    invitation = read_invitation(done(port_clinic, *code).splitlines()[1])
    assert invitation is not None
    command = (sys.executable, "-m", "sync_server", "serve", "--port", str(port))
    with running(
        command,
        log=port_clinic / "log",
        is_ready=listens(port),
        environ=environ(port_clinic),
    ):
        file = open_file(tmp_path / "tablet")
        try:
            enrolled(file, invitation.pinned_address, invitation.code)
            connection = file.connection
            assert connection is not None
            assert connection.server_url == f"{url}#{pin}"
        finally:
            file.close()
    assert f"serves at {url}" in (port_clinic / "log").read_text()
