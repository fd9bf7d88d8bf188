"""A process that saves until it is killed; it prints each thing once it is saved."""

import sys
from itertools import count
from pathlib import Path

from app.core.ids import RandomIds
from tests.storage.tablets import Tablet, change_of, named, patient


def main(folder: Path, name: str) -> None:
    """Save drafts and changes for ever; every other change replaces its draft."""
    _vault_file, vault = Tablet(folder, ids=RandomIds()).unlocked()
    for number in count():
        patient_id = f"{name}-{number}"
        draft_id = f"draft-{patient_id}"
        vault.save_draft(draft_id, patient_id, b'{"typed": true}')
        say("draft", patient_id)
        replaces = number % 2 == 1
        vault.commit(
            change_of((patient(patient_id), named(f"Amina {number}"))),
            drop_draft=draft_id if replaces else None,
        )
        say("replaced" if replaces else "kept", patient_id)


def say(word: str, patient_id: str) -> None:
    """Report what is durable by now."""
    sys.stdout.write(f"{word} {patient_id}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
