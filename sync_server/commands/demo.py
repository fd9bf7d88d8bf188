"""`tessera demo`: everything on this machine, with invented people, until Ctrl-C."""

import argparse
import signal
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from sync_server.context import Ports
from sync_server.demo.deployment import COORDINATOR, NURSE, ROOT, SignIns, prepare
from sync_server.demo.processes import HOST, Group, Program, free_port
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command."""
    demo = commands.add_parser("demo", help="try everything, with invented people")
    demo.add_argument("--data", type=Path, help="keep it here (else it is temporary)")
    for name in ("port", "tablet-port", "console-port"):
        demo.add_argument(f"--{name}", type=int, default=0, help="any free one")
    demo.add_argument("--server-only", action="store_true", help="no screens")
    demo.set_defaults(run=run)


def run(given: argparse.Namespace, _settings: Settings, ports: Ports) -> int:
    """Run the demo until it is stopped (0), or one of its programs ends (1)."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(number, _stop)
    with ExitStack() as stack:
        data = given.data
        if data is None:
            temporary = tempfile.TemporaryDirectory(prefix="tessera-demo-")
            data = Path(stack.enter_context(temporary))
        data = data.resolve()
        sign_ins = prepare(data, ports)
        group = Group(ROOT, data / "logs")
        stack.callback(group.stop)
        try:
            _start(group, given, data, sign_ins)
            group.watch()
        except KeyboardInterrupt:
            group.stop()
            with suppress(OSError):  # a closed terminal
                print("Stopped.", flush=True)
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start(
    group: Group, given: argparse.Namespace, data: Path, sign_ins: SignIns
) -> None:
    port = given.port or free_port()
    server = f"http://{HOST}:{port}"
    arguments = ("-m", "sync_server", "serve", "--port", str(port))
    environ = {"TESSERA_DATA": str(data / "server")}
    group.start(Program("server", arguments, environ, f"{server}/ready"))
    print(f"server   {server}", flush=True)
    if given.server_only:
        _print_sign_ins(sign_ins)
        return
    if not (ROOT / "main.py").exists():
        raise AdministrationError(f"The screens are not here: {ROOT} has no main.py.")
    tablet = given.tablet_port or free_port()
    console = given.console_port or free_port()
    for mode, web_port in (("tablet", tablet), ("console", console)):
        own = {
            "TESSERA_MODE": mode,
            "TESSERA_DATA": str(data / mode),
            "TESSERA_SERVER": server,
            "TESSERA_WEB_PORT": str(web_port),
        }
        url = f"http://{HOST}:{web_port}"
        group.start(Program(mode, ("main.py",), own, url))
        print(f"{mode:8} {url}", flush=True)
    _print_sign_ins(sign_ins)


def _print_sign_ins(sign_ins: SignIns) -> None:
    print(f"Enrol the tablet with the code {sign_ins.code}; then choose {NURSE}.")
    print(f"Sign in to the console as {COORDINATOR}: {sign_ins.passphrase}")
    print("Everybody in it is invented. Stop with Ctrl-C.", flush=True)
