"""Confidential notes at a desk: sealed to their readers before anything is written."""

from app.clinic import corrections
from app.clinic.desk import Desk
from app.core.access import Sensitivity, may_see
from app.core.audit import AuditKind
from app.core.change import Change, RecordKey
from app.core.confidential import NOTE, Note, SealedNote, compartment_of
from app.core.merge import Document
from app.core.projections import View
from app.core.records import ENTERED_IN_ERROR, RecordType
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
    if View(found).entered_in_error:
        raise NotAllowedError
    note = read_note(desk, desk.vault.box, found)
    desk.trail.read_note(patient_id, record_id)
    return note, found


def may_hide(desk: Desk, document: Document) -> bool:
    """Tell whether who unlocked may take a note out of sight, as entered in error.

    Its author, whoever may read it, and roles that see results: no others, for a
    disclosure that is hidden is as good as lost to its readers.
    """
    if View(document).entered_in_error:
        return False
    written = View(document).shown(NOTE)
    author = written.write.practitioner_id if written else ""
    is_theirs = author == desk.practitioner.practitioner_id
    sees = may_see(desk.practitioner.role, Sensitivity.RESULT)
    return is_theirs or sees or may_read(desk, document)


def enter_in_error(desk: Desk, document: Document, reason: str) -> None:
    """Take a note out of sight; it is kept, sealed as it was. Raises StorageError."""
    if not may_hide(desk, document):
        raise NotAllowedError
    kind, whose = AuditKind.NOTE_IN_ERROR, document.patient_id
    desk.trail.hid_note(kind, whose, document.record_id, reason)
    desk.save(corrections.enter_in_error([document], reason))


def move_note(
    desk: Desk, document: Document, right_patient_id: str, reason: str
) -> None:
    """Seal a note anew on the person whom it is about, and mark the wrong one.

    One change: both, or neither. A note opens in its own record alone, so only who
    reads it can move it: raises NotAllowedError for others, or a StorageError.
    """
    if View(document).entered_in_error:
        raise NotAllowedError
    note = read_note(desk, desk.vault.box, document)
    right = Place(desk.ids.new(), right_patient_id)
    sealed = seal_note(compartment_of(desk.vault.setup.compartments), note, right)
    kind = RecordType.CONFIDENTIAL_NOTE
    change = Change()
    change.set(
        RecordKey(kind, right.record_id, right_patient_id), {NOTE: sealed.to_json()}
    )
    marked = corrections.error(reason, wrong_person=True, moved_to=right.record_id)
    change.set(corrections.key_of(document), {ENTERED_IN_ERROR: marked})
    moved, whose = AuditKind.NOTE_MOVED, document.patient_id
    desk.trail.hid_note(moved, whose, document.record_id, reason)
    desk.save(change)


def readers(setup: Setup) -> tuple[str, ...]:
    """Return the names of those who may read confidential notes."""
    compartment = compartment_of(setup.compartments)
    allowed = () if compartment is None else compartment.readers
    who = (p for p in setup.practitioners if p.practitioner_id in allowed)
    return tuple(sorted(p.name for p in who))
