"""Bodies of /v1 about a device's SyncScope: whom it holds, and whole patients."""

from pydantic import Field

from app.core.page_wire import DocumentItem
from app.core.wire_base import Id, WireModel

MAX_WANTED = 100


class WantedPatients(WireModel):
    """Of whom a device lacks something: it asks for all their documents."""

    patient_ids: tuple[Id, ...] = Field(max_length=MAX_WANTED)


class WholePatients(WireModel):
    """Every document of those patients whom the device's scope holds.

    `answered` names whom this answer speaks of; of one who is in no scope of the device
    it brings nothing. Whoever is not named is asked for again: answers have a size.
    """

    documents: tuple[DocumentItem, ...]
    answered: tuple[Id, ...]
    server_ms: int


class LookUp(WireModel):
    """Somebody at a tablet looks a person up whom it does not hold, for a reason.

    `patient_id` comes from a card's code, or is known. From then on the device holds
    that patient (SyncScope `patient:<id>`); who asked, and why, is in the audit.
    """

    patient_id: Id
    practitioner_id: Id
    reason: str = Field(min_length=1, max_length=200)


class UnitChecks(WireModel):
    """What each patient whom a device holds counts (see unit_check), by their ids.

    `check` is what all of them count together, as a page of the feed says it.
    """

    check: str
    patients: dict[str, str]
