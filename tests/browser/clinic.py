"""A clinic of real processes: a server, tablets each on its own network, a console."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.browser import ROOT
from tests.support.processes import HOST, Child, answers, free_port, running
from tests.support.proxy import CuttingProxy, cutting_proxy

ENTRY = ROOT / "main.py"
SITE = "Reception centre"
NURSE = "Eleni Papadaki"
MEDIATOR = "Samir Haddad"
COORDINATOR = "Marta Rossi"
PASSPHRASE = "correct horse battery"
PIN = "274915"
_COMMAND_SECONDS = 60
_EACH = (
    "import json, sys; from sync_server.commands import main; "
    "codes = map(main, json.loads(sys.argv[1])); "
    "sys.exit(next(filter(None, codes), 0))"
)


@dataclass(slots=True)
class Program:
    """One of the clinic's processes; it can end and begin again on its port."""

    name: str
    command: tuple[str | Path, ...]
    environ: dict[str, str]
    log: Path
    port: int
    ready: str = "/"
    _stack: ExitStack = field(default_factory=ExitStack)
    _child: Child | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Begin, and return once it answers."""
        is_ready = answers(self.url + self.ready)
        self._child = self._stack.enter_context(
            running(self.command, log=self.log, is_ready=is_ready, environ=self.environ)
        )

    def kill(self) -> None:
        """End as by a lost battery."""
        if self._child is not None:
            self._child.kill()
        self.stop()

    def stop(self) -> None:
        """End as one who closes the app."""
        self._stack.close()
        self._child = None

    def said(self) -> str:
        """All that it has logged."""
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass(slots=True)
class Tablet:
    """A tablet's process, the folder of its vault, and the network between."""

    program: Program
    folder: Path
    network: CuttingProxy
    code: str

    @property
    def name(self) -> str:
        """What the administrator calls it."""
        return self.program.name


@dataclass(slots=True)
class Clinic:
    """One deployment: its server runs; tablets and a console are asked for."""

    folder: Path
    server: Program
    programs: list[Program] = field(default_factory=list)

    @property
    def crashes(self) -> list[str]:
        """The names of the processes whose log holds an error that nobody expected."""
        return [each.name for each in self.programs if "Traceback" in each.said()]

    def tessera(self, *arguments: str | Path, typed: str = "") -> str:
        """Run an administrator's command and return what it printed."""
        return self._run_command(["-m", "sync_server", *map(str, arguments)], typed)

    def tessera_each(self, commands: Sequence[Sequence[str]]) -> None:
        """Run several that ask for nothing, in one process: each start costs a second.

        The first that fails ends it.
        """
        seconds = _COMMAND_SECONDS * len(commands)
        self._run_command(["-c", _EACH, json.dumps(commands)], seconds=seconds)

    def _run_command(
        self, python: Sequence[str], typed: str = "", seconds: int = _COMMAND_SECONDS
    ) -> str:
        done = subprocess.run(
            [sys.executable, *python],
            cwd=ROOT,
            env={**os.environ, **self.server.environ},
            input=typed,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def add_site(self, site: str) -> None:
        """Add a place whose people are not those of other tests."""
        self.tessera("site", "add", site, "--zone", "Europe/Athens")

    def device_code(self, name: str, site: str = SITE) -> str:
        """A one-time code for a new tablet."""
        return self.tessera("device", "code", "--site", site, "--name", name)

    def cards(self, count: int) -> list[str]:
        """The codes of a freshly made sheet of cards, as they are printed."""
        sheet = self.folder / "cards.html"
        self.tessera("cards", str(count), "--out", sheet)
        found = re.findall(
            r"<figcaption>(.*?)</figcaption>", sheet.read_text("utf-8"), re.DOTALL
        )
        return ["".join(code.split()) for code in found]

    @contextmanager
    def tablet(
        self, name: str, site: str = SITE, language: str = "en"
    ) -> Iterator[Tablet]:
        """Run a tablet that reaches the server through a network of its own."""
        with cutting_proxy(self.server.port, lambda: None) as network:
            folder = self.folder / name.replace(" ", "-")
            environ = {
                "TESSERA_DATA": str(folder),
                "TESSERA_SERVER": network.url,
                "TESSERA_LANGUAGE": language,
            }
            program = self._app(name, "tablet", environ)
            with self._run(program):
                yield Tablet(program, folder, network, self.device_code(name, site))

    @contextmanager
    def console(self, language: str = "en") -> Iterator[Program]:
        """Run the coordinators' console."""
        environ = {"TESSERA_SERVER": self.server.url, "TESSERA_LANGUAGE": language}
        program = self._app(f"console-{language}", "console", environ)
        with self._run(program):
            yield program

    def _app(self, name: str, mode: str, environ: dict[str, str]) -> Program:
        port = free_port()
        common = {"TESSERA_MODE": mode, "TESSERA_WEB_PORT": str(port)}
        log = self.folder / f"{name}.log"
        command = (sys.executable, ENTRY)
        return Program(name, command, {**_BARE, **common, **environ}, log, port)

    @contextmanager
    def _run(self, program: Program) -> Iterator[None]:
        self.programs.append(program)
        program.start()
        try:
            yield
        finally:
            program.stop()


# No setting of a real deployment, and none of Flet's own, reaches a test.
_BARE = {"PYTHONUNBUFFERED": "1", "FLET_APP_STORAGE_DATA": "", "DATABASE_URL": ""}


@contextmanager
def opened_clinic(folder: Path) -> Iterator[Clinic]:
    """Set a deployment up in a folder and run its server until the block ends."""
    port = free_port()
    environ = {**_BARE, "TESSERA_DATA": str(folder / "server")}
    command = (sys.executable, "-m", "sync_server", "serve", "--port", str(port))
    log = folder / "server.log"
    server = Program("server", command, environ, log, port, "/ready")
    clinic = Clinic(folder, server, [server])
    _set_up(clinic)
    server.start()
    try:
        yield clinic
    finally:
        server.stop()


def _set_up(clinic: Clinic) -> None:
    clinic.tessera_each(
        [
            [
                *("init", "--name", "Island clinic"),
                *("--controller", "Island Health Trust"),
                *("--contact", "privacy@example.org", "--retention-days", "365"),
            ],
            ["site", "add", SITE, "--zone", "Europe/Athens"],
            ["practitioner", "add", NURSE, "--role", "nurse"],
            ["practitioner", "add", MEDIATOR, "--role", "mediator"],
        ]
    )
    coordinator = ("practitioner", "add", COORDINATOR, "--role", "coordinator")
    clinic.tessera(*coordinator, "--passphrase-stdin", typed=PASSPHRASE)
