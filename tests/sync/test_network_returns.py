"""A server that goes away and comes back: sync begins by itself, and nothing waits.

Nobody is asked about the network but the server itself.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from sync_server.context import Ports
from sync_server.opening import open_context, open_database
from sync_server.settings import Settings
from tests.storage.tablets import patient
from tests.support.processes import HOST, free_port
from tests.sync.real import (
    RealServer,
    RealTablet,
    made_settings,
    real_tablet,
    serving,
)
from tests.sync.test_scheduler import until

SAVES = 20


@dataclass
class Away:
    """An enrolled tablet whose server does not run."""

    settings: Settings
    port: int
    tablet: RealTablet

    @property
    def only_here(self) -> int | None:
        here = self.tablet.scheduler.status.only_here
        return None if here is None else here.records


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Away]:
    settings, site_id = made_settings(tmp_path / "server")
    port = free_port()
    with ExitStack() as stack:
        database = open_database(settings)
        stack.callback(database.close)
        server = RealServer(port, open_context(settings, Ports(), database), site_id)
        with serving(settings, port):
            at = stack.enter_context(real_tablet(tmp_path / "tablet", server))
        yield Away(settings, port, at)


def test_what_was_saved_while_it_was_away_goes_as_it_returns(away: Away) -> None:
    tablet = away.tablet
    tablet.scheduler.attach(tablet.engine)
    until(lambda: tablet.scheduler.status.online is False)
    assert tablet.scheduler.status.failure is ProblemCode.UNREACHABLE
    for number in range(SAVES):
        tablet.save(patient(f"p{number}"), birth_place="Massawa")
    until(lambda: away.only_here == SAVES)
    for _ in range(2):
        with serving(away.settings, away.port):
            until(lambda: tablet.scheduler.status.online is True)
            until(lambda: away.only_here == 0)
        until(lambda: tablet.scheduler.status.online is False)
        tablet.save(patient("late"), birth_place="Asmara")
        until(lambda: away.only_here == 1)


def test_a_portal_that_answers_is_no_server(away: Away) -> None:
    """There is a network, as the system would say, and nothing to sync with."""
    tablet = away.tablet
    tablet.save(patient("p1"), birth_place="Asmara")
    with a_portal(away.port):
        tablet.scheduler.attach(tablet.engine)
        until(lambda: tablet.scheduler.status.failure is not None)
        assert tablet.scheduler.status.failure is ProblemCode.PROTOCOL_MISMATCH
        assert tablet.scheduler.status.online is False
        assert tablet.scheduler.status.last_success_at is None
        assert away.only_here == 1
    with serving(away.settings, away.port):
        until(lambda: away.only_here == 0)


class _Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>Welcome to the harbour</html>")

    def log_message(self, *_arguments: object) -> None:
        """It says nothing."""


@contextmanager
def a_portal(port: int) -> Iterator[None]:
    """Answer everything with a page, as the network of a hotel does."""
    with HTTPServer((HOST, port), _Portal) as portal:
        thread = threading.Thread(target=portal.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            portal.shutdown()
            thread.join(10)
