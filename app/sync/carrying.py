"""The coordinator's side of files from sticks: taking one in, and one back."""

from dataclasses import dataclass
from urllib.parse import quote

from app.core.answer import AnswerFile, TakenIn
from app.core.parcel import ParcelUpload
from app.sync.console_session import ConsoleSession
from app.sync.handover import PARCELS, Sending, parts_of


@dataclass(frozen=True, slots=True)
class Carrying:
    """Speaks to the server for a coordinator who is signed in; raises SyncFailure."""

    session: ConsoleSession

    def take_in(self, sending: Sending) -> TakenIn | None:
        """Hand a tablet's file over; return what became of it, None if cancelled first.

        What was taken in before it was cancelled or broke off stays; doing it again is
        safe.
        """
        channel = self.session.channel
        found: TakenIn | None = None
        for index in parts_of(sending, channel):
            upload = ParcelUpload(parcel=sending.parcel.only(index))
            taken = channel.post(f"{PARCELS}/carried", TakenIn, upload)
            found = taken if found is None else _together(found, taken)
        return found

    def answer_for(self, device_id: str) -> AnswerFile:
        """Return what is carried back to a tablet."""
        path = f"{PARCELS}/answers/{quote(device_id, safe='')}"
        return self.session.channel.get(path, AnswerFile)


def _together(one: TakenIn, other: TakenIn) -> TakenIn:
    return other.model_copy(
        update={
            "accepted": one.accepted + other.accepted,
            "duplicates": one.duplicates + other.duplicates,
            "set_aside": one.set_aside + other.set_aside,
        }
    )
