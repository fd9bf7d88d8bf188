"""TLS with a pinned key: one server is talked to, and to no other goes a byte."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.core.invitation import pinned
from app.core.problems import ProblemCode
from app.core.wire import Health
from app.sync.channel import HttpChannel, server_address
from app.sync.failures import ProtocolMismatch, SyncFailure, WrongCertificate
from sync_server import certificates
from sync_server.certificates import TlsFiles
from sync_server.digests import AnswerDigests
from tests.support.processes import HOST

NOW = datetime(2026, 11, 28, tzinfo=UTC)
BODY = b'{"status": "ok", "version": "0.1.0"}'


class Recorder:
    """Answers /health, and counts who got as far as asking."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.asked += 1
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})


@contextmanager
def behind_tls(app: Recorder, files: TlsFiles) -> Iterator[int]:
    """Serve over TLS on a port of its own."""
    config = uvicorn.Config(
        AnswerDigests(app),
        HOST,
        0,
        log_config=None,
        lifespan="off",
        ws="none",
        ssl_certfile=files.certificate,
        ssl_keyfile=files.key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


def made(folder: Path, host: str = HOST) -> tuple[TlsFiles, str]:
    files = certificates.files_in(folder)
    return files, certificates.make(files, [host], NOW, new_key=False).pin


def asked(port: int, pin: str) -> Health:
    with closing(HttpChannel(pinned(f"https://{HOST}:{port}", pin))) as channel:
        return channel.get("/health", Health)


def failure(port: int, pin: str) -> SyncFailure:
    with pytest.raises(SyncFailure) as raised:
        asked(port, pin)
    return raised.value


def test_the_holder_of_the_pinned_key_is_talked_to(tmp_path: Path) -> None:
    files, pin = made(tmp_path)
    with behind_tls(Recorder(), files) as port:
        assert asked(port, pin).status == "ok"


def test_another_key_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    _, pin = made(tmp_path / "ours")
    theirs, other_pin = made(tmp_path / "theirs")
    assert pin != other_pin
    app = Recorder()
    with behind_tls(app, theirs) as port:
        refused = failure(port, pin)
    assert isinstance(refused, WrongCertificate)
    assert refused.code is ProblemCode.SERVER_CERTIFICATE_WRONG
    assert app.asked == 0


def test_a_renewed_certificate_with_the_same_key_works(tmp_path: Path) -> None:
    before, pin = made(tmp_path)
    first = before.certificate.read_bytes()
    renewed, again = made(tmp_path, "tessera.example")
    assert renewed.certificate.read_bytes() != first
    assert again == pin
    with behind_tls(Recorder(), renewed) as port:
        assert asked(port, pin).status == "ok"


def test_a_new_key_is_another_server(tmp_path: Path) -> None:
    files, pin = made(tmp_path)
    fresh = certificates.make(files, [HOST], NOW, new_key=True)
    assert fresh.pin != pin
    with behind_tls(Recorder(), files) as port:
        assert isinstance(failure(port, pin), WrongCertificate)


def test_without_a_pin_nobody_vouches_for_such_a_certificate(tmp_path: Path) -> None:
    app = Recorder()
    files, _ = made(tmp_path)
    with behind_tls(app, files) as port:
        assert isinstance(failure(port, ""), WrongCertificate)
    assert app.asked == 0


def test_a_pin_is_kept_with_its_address_and_only_with_https() -> None:
    pin = "A" * 43
    kept = server_address(f" https://10.0.0.7:8420/#{pin}")
    assert kept == f"https://10.0.0.7:8420#{pin}"
    assert server_address(kept) == kept
    assert server_address(f"10.0.0.7:8420#{pin}") == kept
    with pytest.raises(ProtocolMismatch):
        server_address(f"http://10.0.0.7:8420#{pin}")
