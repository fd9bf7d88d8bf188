"""Confidential notes: anybody seals, and only a reader's own pair opens."""

from dataclasses import dataclass, replace

import pytest

from app.core.compartment_wire import Compartment, CompartmentKey, NewCompartmentKey
from app.core.confidential import Category, Note, SealedNote
from app.storage.compartments import Place, Reader, seal_note
from app.storage.errors import NoReaderYetError, NotAllowedError
from app.storage.hpke import BoxKey
from tests.support.operations import SequentialIds

NOTE = Note(Category.VIOLENCE.value, "قالت إنها ضُربت في الطريق")
HERE = Place("note-1", "amina")
EMPTY = Compartment(compartment_id="disclosures", name="Disclosures")
IDS = SequentialIds("keys")


@dataclass(frozen=True)
class Half:
    practitioner_id: str
    device_id: str
    public_key: bytes


def reader(name: str, device: str = "tablet-a") -> Reader:
    return Reader(name, device, BoxKey.generate())


def half_of(who: Reader) -> Half:
    return Half(who.practitioner_id, who.device_id, who.box.public_bytes)


def published(known: Compartment, news: tuple[NewCompartmentKey, ...]) -> Compartment:
    """What the setup lists once the server has taken these in."""
    keys = {key.key_id: key for key in known.keys}
    for each in news:
        before = keys.get(each.key.key_id)
        halves = (*(before.halves if before else ()), *each.key.halves)
        key = before or each.key
        keys[key.key_id] = key.model_copy(update={"halves": halves})
    return known.model_copy(update={"keys": tuple(keys.values())})


def allowing(known: Compartment, *names: str) -> Compartment:
    return known.model_copy(update={"readers": names})


def begun(*readers: Reader) -> Compartment:
    """A compartment whose first reader's tablet made the key, sealed to all of them."""
    allowed = allowing(EMPTY, *(who.practitioner_id for who in readers))
    return published(allowed, readers[0].owed(allowed, map(half_of, readers), IDS))


def test_who_wrote_a_note_can_not_read_it_and_a_reader_can() -> None:
    nurse, doctor = reader("nurse"), reader("doctor")
    compartment = begun(doctor)
    sealed = seal_note(compartment, NOTE, HERE)
    assert doctor.open_note(compartment, sealed, HERE) == NOTE
    with pytest.raises(NotAllowedError):
        nurse.open_note(compartment, sealed, HERE)


def test_neither_the_words_nor_the_category_are_in_what_is_written() -> None:
    sealed = seal_note(begun(reader("doctor")), NOTE, HERE)
    written = str(sealed.to_json())
    assert "violence" not in written
    assert NOTE.text not in written
    assert SealedNote.from_json(sealed.to_json()) == sealed


def test_without_a_reader_nothing_is_sealed_for_nobody() -> None:
    for compartment in (None, EMPTY):
        with pytest.raises(NoReaderYetError):
            seal_note(compartment, NOTE, HERE)


def test_a_note_opens_in_its_own_record_alone() -> None:
    doctor = reader("doctor")
    compartment = begun(doctor)
    sealed = seal_note(compartment, NOTE, HERE)
    for elsewhere in (replace(HERE, patient_id="x"), replace(HERE, record_id="x")):
        with pytest.raises(NotAllowedError):
            doctor.open_note(compartment, sealed, elsewhere)


def test_a_reader_s_tablet_seals_the_key_to_who_is_allowed_later() -> None:
    doctor, midwife = reader("doctor"), reader("midwife", "tablet-b")
    compartment = begun(doctor)
    sealed = seal_note(compartment, NOTE, HERE)
    allowed = allowing(compartment, "doctor", "midwife")
    assert midwife.owed(allowed, [half_of(doctor), half_of(midwife)], IDS) == ()
    news = doctor.owed(allowed, [half_of(doctor), half_of(midwife)], IDS)
    both = published(allowed, news)
    assert midwife.open_note(both, sealed, HERE) == NOTE
    assert doctor.owed(both, [half_of(doctor), half_of(midwife)], IDS) == ()


def test_two_first_readers_may_each_make_a_key_and_read_what_is_sealed_to_both() -> (
    None
):
    doctor, midwife = reader("doctor"), reader("midwife", "tablet-b")
    allowed = allowing(EMPTY, "doctor", "midwife")
    one = doctor.owed(allowed, [half_of(doctor)], IDS)
    two = midwife.owed(allowed, [half_of(midwife)], IDS)
    compartment = published(allowed, (*one, *two))
    sealed = seal_note(compartment, NOTE, HERE)
    assert len(sealed.by_key) == 2
    for who in (doctor, midwife):
        assert who.open_note(compartment, sealed, HERE) == NOTE


def test_after_a_withdrawal_the_next_key_is_made_and_only_readers_get_it() -> None:
    doctor, gone = reader("doctor"), reader("gone", "tablet-b")
    compartment = begun(doctor, gone)
    earlier = seal_note(compartment, NOTE, HERE)
    retired = [key.model_copy(update={"retired": True}) for key in compartment.keys]
    withdrawn = allowing(compartment, "doctor").model_copy(
        update={"keys": tuple(retired)}
    )
    halves = [half_of(doctor), half_of(gone)]
    assert gone.owed(withdrawn, halves, IDS) == ()
    renewed = published(withdrawn, doctor.owed(withdrawn, halves, IDS))
    later = seal_note(renewed, NOTE, HERE)
    assert doctor.open_note(renewed, later, HERE) == NOTE
    assert doctor.open_note(renewed, earlier, HERE) == NOTE
    with pytest.raises(NotAllowedError):
        gone.open_note(renewed, later, HERE)


def test_what_is_no_public_half_keeps_no_other_reader_waiting() -> None:
    doctor, midwife = reader("doctor"), reader("midwife", "tablet-b")
    allowed = allowing(EMPTY, "doctor", "midwife", "broken")
    none = Half("broken", "tablet-c", bytes(32))
    halves = [none, half_of(doctor), half_of(midwife)]
    compartment = published(allowed, doctor.owed(allowed, halves, IDS))
    sealed = seal_note(compartment, NOTE, HERE)
    assert midwife.open_note(compartment, sealed, HERE) == NOTE
    assert doctor.owed(compartment, halves, IDS) == ()


def test_somebody_who_is_not_allowed_makes_no_key() -> None:
    nurse = reader("nurse")
    assert nurse.owed(allowing(EMPTY, "doctor"), [half_of(nurse)], IDS) == ()


def test_a_half_that_belongs_to_another_key_opens_nothing() -> None:
    doctor = reader("doctor")
    compartment = begun(doctor)
    (key,) = compartment.keys
    forged = CompartmentKey(
        key_id=key.key_id,
        public_key=BoxKey.generate().public_bytes,
        halves=key.halves,
    )
    sealed = seal_note(compartment, NOTE, HERE)
    with pytest.raises(NotAllowedError):
        doctor.open_note(
            compartment.model_copy(update={"keys": (forged,)}), sealed, HERE
        )


def test_what_can_not_be_read_as_a_note_is_sealed_for_nobody() -> None:
    for odd in (None, 3, {"sealed": {"k": "zz"}}, {"sealed": [1]}, {"compartment": 1}):
        assert SealedNote.from_json(odd).by_key == {}
