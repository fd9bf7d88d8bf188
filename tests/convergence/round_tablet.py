"""A tablet as a process without screens: a real vault, real rounds over HTTP.

    python -m tests.convergence.round_tablet FOLDER URL

Each line on its standard input is a seed: it writes and syncs as that seed says, tells
what it saved as soon as it is saved, and answers with a line at the end. It may be
killed at any moment.
"""

import random
import sys
from pathlib import Path

import httpx

from app.core.change import Change, RecordKey
from app.core.clock import system_wall_ms
from app.core.records import RecordType
from app.storage.vault import Vault
from app.storage.vault_file import VaultFile
from app.sync.engine import SyncEngine
from app.sync.gateway import HttpGateway
from app.sync.people import PeopleSync
from app.sync.report import SyncReport
from tests.sync.real import NURSE, PIN, open_file

RECORDS = [
    RecordKey(RecordType.PATIENT, "patient-1", "patient-1"),
    RecordKey(RecordType.PATIENT, "patient-2", "patient-2"),
    RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, "response-1", "patient-1"),
    RecordKey("OfANewerVersion", "new-1", "patient-2"),
]
FIELDS = ["name", "sex", "answer.tb/cough", "of_a_newer_version"]
STEPS = 4
_TIMEOUT_SECONDS = 2.0
"""A line that says nothing is given up soon: there are many rounds to come."""


class Talker:
    """An unlocked tablet and its rounds with the server at an address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.file = open_file(folder)
        self.vault = unlocked(self.file)
        connection = self.vault.connection
        self.gateway = HttpGateway(url, connection.token)
        self.gateway.channel._client.timeout = httpx.Timeout(_TIMEOUT_SECONDS)
        people = PeopleSync(self.gateway.channel, self.vault)
        self.engine = SyncEngine(self.gateway, self.vault, system_wall_ms, people)

    def live(self, seed: int) -> str:
        """Do what a seed says; return how the last round ended."""
        rng = random.Random(seed)
        report = SyncReport(0, 0)
        for _ in range(STEPS):
            for _ in range(rng.randrange(3)):
                say("saved", *self.write(rng))
            report = self.engine.round(asked=rng.random() < 0.3)
        return report.failure.value if report.failure else "well"

    def write(self, rng: random.Random) -> tuple[str, ...]:
        """Save a change and return its operations' ids."""
        change = Change()
        for key in rng.sample(RECORDS, rng.choice([1, 1, 2])):
            value = f"{rng.randrange(1_000_000)}" * rng.choice([1, 1, 1, 300])
            change.set(key, {rng.choice(FIELDS): value})
        return self.vault.commit(change).operation_ids

    def close(self) -> None:
        """Lock, and let others have the file."""
        self.gateway.close()
        self.file.close()


def unlocked(file: VaultFile) -> Vault:
    """Unlock as the nurse, who chooses a PIN the first time."""
    (nurse,) = [
        entry.practitioner.practitioner_id
        for entry in file.practitioners()
        if entry.practitioner.name == NURSE
    ]
    return file.unlock(nurse, PIN) if file.has_slots else file.choose_pin(nurse, PIN)


def say(*words: str) -> None:
    """Tell the parent, at once."""
    print(*words, flush=True)


def main() -> None:
    """Live until the parent closes the line."""
    talker = Talker(Path(sys.argv[1]), sys.argv[2])
    say("ready")
    for line in sys.stdin:
        say("ended", talker.live(int(line)))
    talker.close()


if __name__ == "__main__":
    main()
