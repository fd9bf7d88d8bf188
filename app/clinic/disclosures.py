"""Confidential notes at a desk: sealed to their readers before anything is written."""

from app.clinic.desk import Desk
from app.core.change import Change, RecordKey
from app.core.confidential import NOTE, Note, SealedNote, compartment_of
from app.core.merge import Document
from app.core.projections import View
from app.core.records import RecordType
from app.core.wire import Setup
from app.storage.compartments import Place, Reader, seal_note
from app.storage.errors import NotAllowedError
from app.storage.hpke import BoxKey


def write_note(desk: Desk, patient_id: str, note: Note) -> None:
    """Seal a note and save it; raises NoReaderYetError or another StorageError.

    Nothing of it is kept in the clear: neither in the log nor in a draft.
    """
    place = Place(desk.ids.new(), patient_id)
    sealed = seal_note(compartment_of(desk.vault.setup.compartments), note, place)
    key = RecordKey(RecordType.CONFIDENTIAL_NOTE, place.record_id, patient_id)
    change = Change()
    change.set(key, {NOTE: sealed.to_json()})
    desk.save(change)


def read_note(desk: Desk, box: BoxKey, document: Document) -> Note:
    """Return what a note says to who holds a pair; raises NotAllowedError."""
    vault = desk.vault
    sealed = SealedNote.from_json(View(document).value(NOTE))
    compartment = compartment_of(vault.setup.compartments, sealed.compartment_id)
    place = Place(document.record_id, document.patient_id)
    reader = Reader(vault.practitioner_id, vault.device_id, box)
    return reader.open_note(compartment, sealed, place)


def may_read(desk: Desk, document: Document) -> bool:
    """Tell whether a key of who unlocked opens a note; nothing of it is opened."""
    sealed = SealedNote.from_json(View(document).value(NOTE))
    compartment = compartment_of(desk.vault.setup.compartments, sealed.compartment_id)
    vault = desk.vault
    reader = Reader(vault.practitioner_id, vault.device_id, vault.box)
    return reader.may_open(compartment, sealed)


def open_note(desk: Desk, patient_id: str, record_id: str) -> tuple[Note, Document]:
    """Return what a note says, once it is written down that it is read.

    Raises NotAllowedError, also where there is no such note, or a StorageError: then it
    stays closed.
    """
    found = desk.vault.document(record_id)
    kind = RecordType.CONFIDENTIAL_NOTE
    if found is None or (found.patient_id, found.record_type) != (patient_id, kind):
        raise NotAllowedError
    note = read_note(desk, desk.vault.box, found)
    desk.trail.read_note(patient_id, record_id)
    return note, found


def readers(setup: Setup) -> tuple[str, ...]:
    """Return the names of those who may read confidential notes."""
    compartment = compartment_of(setup.compartments)
    allowed = () if compartment is None else compartment.readers
    who = (p for p in setup.practitioners if p.practitioner_id in allowed)
    return tuple(sorted(p.name for p in who))
