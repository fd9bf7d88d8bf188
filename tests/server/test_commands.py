"""The commands, as an administrator runs them: processes, exit codes, sentences."""

import re
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from app.core.ids import parse_card_code
from tests.support.commands import done, environ, refused, tessera
from tests.support.processes import HOST, answers, free_port, running

GIVEN = ("--controller", "Clinic", "--contact", "dpo@example.org")
INIT = ("init", *GIVEN, "--retention-days", "365")
FORM = '{"resourceType": "Questionnaire", "status": "active", "item": []}'


@pytest.fixture(scope="module")
def camp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployment with one site, for commands that change nothing."""
    data = tmp_path_factory.mktemp("camp")
    done(data, *INIT)
    done(data, "site", "add", "Camp", "--zone", "UTC")
    return data


def test_from_nothing_to_a_serving_deployment(tmp_path: Path) -> None:
    assert "new deployment" in done(tmp_path, *INIT)
    done(tmp_path, "site", "add", "Port", "--zone", "Europe/Athens")
    done(tmp_path, "practitioner", "add", "Nadia", "--role", "nurse")
    done(
        tmp_path,
        *("practitioner", "add", "Clara", "--role", "coordinator"),
        "--passphrase-stdin",
        typed="correct horse battery\n",
    )
    code = done(tmp_path, "device", "code", "--site", "Port", "--name", "Tablet 1")
    assert re.fullmatch(r"\w{4}-\w{4}-\w{3}", code)
    assert parse_card_code(code)
    assert done(tmp_path, "device", "list") == ""
    port, log = free_port(), tmp_path / "log"
    command = (sys.executable, "-m", "sync_server", "serve", "--port", str(port))
    is_ready = answers(f"http://{HOST}:{port}/ready")
    with running(
        command, log=log, is_ready=is_ready, environ=environ(tmp_path)
    ) as server:
        clara = {"name": "Clara", "passphrase": "correct horse battery"}
        url = f"http://{HOST}:{port}/v1/sessions"
        assert httpx.post(url, json=clara, trust_env=False).is_success
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
    assert f"http://{HOST}:{port}" in log.read_text()


def test_the_secrets_and_the_database_are_the_owners_alone(camp: Path) -> None:
    for name in ("server-secrets.json", "server.sqlite3"):
        assert (camp / name).stat().st_mode & 0o077 == 0


def test_init_again_changes_words_and_keeps_the_identity(tmp_path: Path) -> None:
    done(tmp_path, *INIT)
    secrets = (tmp_path / "server-secrets.json").read_bytes()
    assert "already" in done(tmp_path, "init", "--controller", "Another")
    assert (tmp_path / "server-secrets.json").read_bytes() == secrets


def test_it_does_not_serve_before_init(tmp_path: Path) -> None:
    assert "Run: tessera init" in refused(tessera(tmp_path, "serve"))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), "a data controller, a contact and a retention time"),
        (GIVEN, "a retention time"),
        (("--retention-days", "30"), "a data controller and a contact"),
    ],
)
def test_it_does_not_serve_without_who_answers_for_the_data(
    tmp_path: Path, given: tuple[str, ...], missing: str
) -> None:
    done(tmp_path, "init", *given)
    line = refused(tessera(tmp_path, "serve"))
    assert f"does not start without {missing}." in line
    assert "TESSERA_CONTROLLER" in line


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("site", "add", "Port", "--zone", "Moon/Base"), "no time zone 'Moon/Base'"),
        (("site", "add", "Camp", "--zone", "UTC"), "a site called 'Camp' already"),
        (("device", "code", "--site", "Nowhere"), "The sites are: Camp."),
        (("device", "revoke", "nobody"), "There is no device 'nobody'"),
        (("cards", "0", "--out", "cards.html"), "between 1 and 10000"),
        (("cards", "1", "--out", "/nowhere/cards.html"), "No such file"),
        (("serve", "--host", "192.0.2.1"), "plain http beyond this machine"),
    ],
)
def test_what_can_not_be_done_is_one_line(
    camp: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(tessera(camp, *arguments))


def test_an_address_that_is_not_this_machines_is_named(camp: Path) -> None:
    tried = tessera(camp, "serve", "--host", "192.0.2.1", TESSERA_PLAIN_HTTP="allow")
    assert "192.0.2.1" in refused(tried)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("DATABASE_URL", f"postgresql://x@{HOST}:1/x", "does not answer"),
        ("DATABASE_URL", "postgresql://h:abc/db", "DATABASE_URL can't be read"),
        ("TESSERA_RETENTION_DAYS", "many", "TESSERA_RETENTION_DAYS"),
    ],
)
def test_a_wrong_setting_is_one_line(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    result = tessera(tmp_path, "migrate", **{name: value})
    assert sentence in refused(result)


def test_lost_or_damaged_secrets_are_never_made_anew(tmp_path: Path) -> None:
    done(tmp_path, *INIT)
    path = tmp_path / "server-secrets.json"
    kept = path.read_bytes()
    path.write_text("{")
    assert "damaged" in refused(tessera(tmp_path, *INIT))
    path.unlink()
    assert "missing" in refused(tessera(tmp_path, *INIT))
    path.write_bytes(kept)
    (tmp_path / "server.sqlite3").unlink()
    assert "not in this database" in refused(tessera(tmp_path, *INIT))
    assert path.read_bytes() == kept


def test_a_damaged_database_is_one_line_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "server.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    assert "damaged" in refused(tessera(tmp_path, "migrate"))
    assert path.read_bytes() == b"this is no database" * 100


def test_cards_are_printed_with_codes_that_are_never_given_twice(
    tmp_path: Path,
) -> None:
    done(tmp_path, *INIT)
    codes: list[str] = []
    for _ in range(2):
        out = tmp_path / "cards.html"
        done(tmp_path, "cards", "25", "--out", str(out))
        page = out.read_text(encoding="utf-8")
        assert page.count("<svg") == 25
        assert page.count("<main>") == 2
        codes += re.findall(r"<figcaption>([^<]+)</figcaption>", page)
    assert len({parse_card_code(code) for code in codes}) == 50


def test_forms_are_checked_a_line_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(FORM)
    bad.write_text("no json")
    missing = tmp_path / "missing.json"
    result = tessera(tmp_path, "check-form", str(good), str(bad), str(missing))
    assert (result.returncode, result.stderr) == (1, "")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "good.json",
        "bad.json",
        "missing.json",
    ]
    assert ": refused: " in result.stdout.splitlines()[1]
    assert result.stdout.splitlines()[2] == "missing.json: refused: cannot be read"


@pytest.mark.parametrize("arguments", [("--help",), ("site", "add", "--help")])
def test_every_command_has_help(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert "usage: tessera" in done(tmp_path, *arguments)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_the_demo_serves_invented_people_and_stops_when_told(
    tmp_path: Path, told: signal.Signals
) -> None:
    said = tmp_path / "said"
    port = free_port()
    command = (
        *(sys.executable, "-m", "sync_server", "demo", "--server-only"),
        *("--data", str(tmp_path / "demo"), "--port", str(port)),
    )
    is_ready = answers(f"http://{HOST}:{port}/ready")
    more = {"TESSERA_CONTROLLER": "Real", "DATABASE_URL": "postgresql://nowhere/real"}
    with running(
        command, log=said, is_ready=is_ready, environ=environ(tmp_path, **more)
    ) as demo:
        passphrase = awaited(said, r"Sign in .*: (\S+)")
        url = f"http://{HOST}:{port}/v1"
        given = {"name": "Clara (coordinator)", "passphrase": passphrase}
        session = httpx.post(f"{url}/sessions", json=given, trust_env=False).json()
        headers = {"Authorization": f"Bearer {session['token']}"}
        found = httpx.post(
            f"{url}/patients/search", json={}, headers=headers, trust_env=False
        ).json()
        assert found["total"] == 16
        demo.process.send_signal(told)
        assert demo.process.wait(30) == 0
    assert not answers(f"http://{HOST}:{port}/health")()


def awaited(path: Path, pattern: str) -> str:
    """Wait until a program has said something, and return what matters of it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if match := re.search(pattern, path.read_text(encoding="utf-8")):
            return match.group(1)
        time.sleep(0.1)
    raise AssertionError(path.read_text(encoding="utf-8"))
