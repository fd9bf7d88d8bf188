"""What of a vault can't be read any more: one list, for screens to show."""

from dataclasses import dataclass
from enum import StrEnum


class DamageKind(StrEnum):
    """What was damaged."""

    FILE = "file"
    """A whole vault that was set aside; its id is the file's new name."""
    LOG = "log"
    """The last changes before a sudden end, which the tablet's disk lost; its id is
    the file that tells so. The server, or another tablet, may have them."""
    DOCUMENT = "document"
    """A record, made again from its operations where they can be read."""
    OPERATION = "operation"
    LINK = "link"
    """An own operation that is gone; its id is its number in this device's chain."""
    DRAFT = "draft"
    SET_ASIDE = "set-aside"
    VALUE = "value"
    """Something of this device, by name. Its state and its index are made again; the
    deployment's secret (card_secret) comes only with a new enrolment."""
    TABLE = "table"
    """Rows of a table that this app did not write, or that are gone; by its name."""
    ROLLED_BACK = "rolled-back"
    """An older copy of the whole vault lies where a newer one was."""
    PATIENT = "patient"
    """Somebody whose records are whole, but such that no list can show them."""


@dataclass(frozen=True, slots=True, order=True)
class Damage:
    """One thing that was damaged or tampered with, and whose it is, if known."""

    kind: DamageKind
    id: str
    patient_id: str = ""
