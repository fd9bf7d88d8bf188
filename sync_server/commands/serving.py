"""`tessera serve`: run the server until it is told to stop."""

import argparse
import gc
import ipaddress
import json
import logging
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from sync_server import certificates
from sync_server.certificates import TlsFiles
from sync_server.commands.addresses import own_addresses
from sync_server.context import Ports
from sync_server.main import create_app
from sync_server.settings import ALLOW, Settings, SettingsError

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
_YOUNG_OBJECTS = 200_000
_LOCAL_NAME = "localhost"
_PLAIN = (
    "Tessera does not serve plain http beyond this machine: tokens and records could "
    "be read on the way. Run: tessera certificate make --host ADDRESS. Where a proxy "
    "does the TLS and nobody else reaches this port, set TESSERA_PLAIN_HTTP=allow."
)
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
    tls = _tls(given, settings)
    app = create_app(settings, ports)
    try:
        if tls is None and not app.state.deployment.demo:
            _refuse_plain(given.host, settings)
        config = _config(app, settings, tls)
        listening = _listen(given.host, given.port)
    except BaseException:
        app.state.context.database.close()
        raise
    _log_as_json()
    _collect_rarely()
    scheme = "http" if tls is None else "https"
    for address in _addresses(given.host):
        print(f"Tessera serves at {scheme}://{address}:{listening.getsockname()[1]}")
    print(f"for {app.state.deployment.controller}", flush=True)
    _Server(config).run(sockets=[listening])
    return 0


def _config(app: FastAPI, settings: Settings, tls: TlsFiles | None) -> uvicorn.Config:
    """Return how to serve; raise SettingsError where the TLS files are wrong."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="none",
        forwarded_allow_ips=settings.proxies,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
    )
    if tls is not None:
        try:
            config.load()  # it would read them only once it listens
        except ssl.SSLError:
            raise SettingsError(
                f"{tls.certificate} and {tls.key} are no certificate and its key."
            ) from None
    return config


def _tls(given: argparse.Namespace, settings: Settings) -> TlsFiles | None:
    """Return what was named, else what `tessera certificate make` made, if anything."""
    if (given.certificate is None) != (given.key is None):
        raise SettingsError("Give --certificate and --key together.")
    if given.certificate is not None:
        return TlsFiles(given.certificate, given.key)
    made = certificates.files_in(settings.data)
    return made if made.exist else None


def _refuse_plain(host: str, settings: Settings) -> None:
    """Raise SettingsError where tokens would cross a network as they are."""
    if settings.plain_http != ALLOW and not _is_loopback(host):
        raise SettingsError(_PLAIN)


def _is_loopback(host: str) -> bool:
    if host == _LOCAL_NAME:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # another name may stand for any address
        return False


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


def _collect_rarely() -> None:
    """Look for garbage less often, and never among what stays.

    A batch makes some ten thousand objects and no cycles: looking for some among them
    took a quarter of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)


def _log_as_json() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tessera").setLevel(logging.INFO)
