"""The peer of the sync benchmark: PouchDB on Node, its packages in a cache."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from tests.support.processes import answers, free_port, running

SCRIPTS = Path(__file__).parent / "pouchdb"
BATCH = 1_000
_NO_NODE = (
    "PouchDB runs on Node, which is not on this machine.\n"
    "  apt-get install -y --no-install-recommends nodejs npm\n"
    "brings it; or leave PouchDB out: --without-pouchdb"
)


@dataclass(frozen=True, slots=True)
class PouchTimes:
    """Seconds of one round."""

    load_s: float
    push_s: float
    pull_s: float


@dataclass(frozen=True, slots=True)
class PouchDB:
    """PouchDB as it was installed."""

    packages: Path

    @classmethod
    def install(cls) -> "PouchDB":
        """Install the pinned packages where they are not yet; exit where Node lacks."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            sys.exit(_NO_NODE)
        folder = user_cache_path("tessera") / "benchmark-pouchdb"
        wanted = (SCRIPTS / "package.json").read_text("utf-8")
        listed = folder / "package.json"
        if not listed.exists() or listed.read_text("utf-8") != wanted:
            print("installing PouchDB ...", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            made = folder / "wanted.json"
            made.write_text(wanted, "utf-8")
            packages = [
                f"{k}@{v}" for k, v in json.loads(wanted)["dependencies"].items()
            ]
            quiet = ("--no-audit", "--no-fund", "--loglevel=error")
            command = [npm, "install", "--prefix", str(folder), *quiet, *packages]
            subprocess.run(command, check=True, cwd=folder)
            made.replace(listed)  # Last: an install that was cut off is done again.
        return cls(folder / "node_modules")

    def measure(self, folder: Path, records: Sequence[str]) -> PouchTimes:
        """Push and pull records, each the JSON of a document with its `_id`."""
        server, client = folder / "server", folder / "client"
        for each in (server, client):
            each.mkdir(parents=True)
        file = folder / "records.jsonl"
        file.write_text("\n".join(records), "utf-8")
        port = free_port()
        environ = {"NODE_PATH": str(self.packages)}
        script = SCRIPTS / "server.js"
        command: list[str | Path] = ["node", script, server, str(port)]
        url = f"http://127.0.0.1:{port}/"
        log = folder / "server.log"
        with running(command, log=log, is_ready=answers(url), environ=environ):
            done = subprocess.run(
                [
                    *("node", SCRIPTS / "client.js", client, f"{url}bench"),
                    *(file, str(BATCH)),
                ],
                env={**os.environ, **environ},
                check=True,
                stdout=subprocess.PIPE,
            )
        found = json.loads(done.stdout)
        return PouchTimes(found["load_s"], found["push_s"], found["pull_s"])
