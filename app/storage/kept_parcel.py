"""A parcel of a vault that was set aside: it is saved to a stick, never sent."""

from dataclasses import dataclass
from pathlib import Path

from app.core.parcel import HEAD_BYTES, Parcel, ParcelError, read_head
from app.core.wire import PushResponse
from app.storage.database import typed_errors
from app.storage.errors import ParcelUnreadableError
from app.storage.locked_parcel import Unsent, parsed
from app.storage.opening import KEPT_PREFIX

_SUFFIX = ".parcel"


@dataclass(frozen=True, slots=True)
class KeptParcel:
    """It lies beside a vault that begins anew; what becomes of it is noted nowhere."""

    path: Path

    def unsent(self) -> Unsent | None:
        """Return how much is in it; raise ParcelUnreadableError."""
        return self.unsent_of(self.parcel())

    def unsent_of(self, parcel: Parcel) -> Unsent:
        """Return how much is in it."""
        return Unsent(parcel.head)

    def parcel(self) -> Parcel:
        """Return it; raise ParcelUnreadableError, DiskError."""
        return parsed(self.parcel_bytes())

    def parcel_bytes(self) -> bytes:
        """Return it as it is saved; raise ParcelUnreadableError, DiskError."""
        with typed_errors():
            if not self.path.exists():
                raise ParcelUnreadableError
            raw = self.path.read_bytes()
        parsed(raw)
        return raw

    def keep_answer(self, parcel: Parcel, index: int, answer: PushResponse) -> None:
        """Nobody asks: this vault is not the one that it came from."""

    def mark_sent(self, parcel: Parcel, now_ms: int, *, by_file: bool) -> None:
        """The vault that would want to know is set aside."""


def kept_parcels(folder: Path) -> tuple[str, ...]:
    """Return the names of parcels with records, of vaults that were set aside here.

    Those that can't be read any more are not among them: nothing can be done for them
    at this tablet.
    """
    found = sorted(folder.glob(f"{KEPT_PREFIX}*{_SUFFIX}"))
    return tuple(path.name for path in found if _has_records(path))


def _has_records(path: Path) -> bool:
    try:
        with path.open("rb") as source:
            return read_head(source.read(HEAD_BYTES)).records > 0
    except (OSError, ParcelError):
        return False
