"""`tessera serve`: run the server until it is told to stop."""

import argparse
import json
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from sync_server.commands.addresses import own_addresses
from sync_server.context import Ports
from sync_server.main import create_app
from sync_server.settings import Settings

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never a default


class JsonLines(logging.Formatter):
    """One JSON object a line: what happened, and ids and counts beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON, without the text of an exception."""
        extra = {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        line = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **extra,
        }
        return json.dumps(line, ensure_ascii=False, default=str)


class _Server(uvicorn.Server):
    """Ends quietly with status 0 when it is told to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM, without raising them again afterwards."""
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Serve until SIGINT or SIGTERM."""
    app = create_app(settings, ports)
    listening = _listen(given.host, given.port)
    _log_as_json()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="none",
        forwarded_allow_ips=settings.proxies,
    )
    for address in _addresses(given.host):
        print(f"Tessera serves at http://{address}:{listening.getsockname()[1]}")
    print(f"for {app.state.deployment.controller}", flush=True)
    _Server(config).run(sockets=[listening])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"{error.strerror}: {host}:{port}") from error
    return listening


def _addresses(host: str) -> list[str]:
    """Return where tablets reach this machine."""
    if host not in _EVERYWHERE:
        return [f"[{host}]" if ":" in host else host]
    return own_addresses()


def _log_as_json() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tessera").setLevel(logging.INFO)
