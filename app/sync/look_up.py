"""Looking a person up whom this tablet does not hold: online, for a reason."""

from typing import Protocol

from app.core.scope_wire import LookUp, WholePatients
from app.core.wire import API_PREFIX
from app.sync.channel import HttpChannel

PATH = f"{API_PREFIX}/look-ups"


class LookUpVault(Protocol):
    """Where whoever is found is kept; app.storage's Vault has these methods."""

    practitioner_id: str

    def take_whole(self, answer: WholePatients) -> None:
        """Take in patients whole."""


def look_up(
    channel: HttpChannel, vault: LookUpVault, patient_id: str, reason: str
) -> None:
    """Ask the server for a patient, and hold them from now on. Blocks.

    The server writes down who asked, and why. Raises Refused(NOT_FOUND) where nobody
    has that id, another SyncFailure, or StorageError.
    """
    asked = LookUp(
        patient_id=patient_id, practitioner_id=vault.practitioner_id, reason=reason
    )
    vault.take_whole(channel.post(PATH, WholePatients, asked))
