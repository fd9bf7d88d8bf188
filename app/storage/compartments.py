"""Closed sections on a tablet: what a reader's own pair opens, and nobody else's.

A compartment's private half is never in the clear: it lies sealed to the public halves
of its readers. So neither this tablet's data key nor the server's operator opens it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from app.core.compartment_wire import (
    Compartment,
    CompartmentKey,
    NewCompartmentKey,
    SealedHalf,
)
from app.core.confidential import (
    Note,
    SealedNote,
    half_purpose,
    note_purpose,
    writing_keys,
)
from app.core.ids import Ids
from app.storage.errors import NoReaderYetError, NotAllowedError
from app.storage.hpke import BoxKey, seal_to
from app.storage.sealing import SealError


class PublicHalf(Protocol):
    """A practitioner's public half on one device, as the setup lists them."""

    @property
    def practitioner_id(self) -> str:
        """Whose it is."""

    @property
    def device_id(self) -> str:
        """Where its private half is."""

    @property
    def public_key(self) -> bytes:
        """X25519, 32 bytes raw."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which record a note stands in."""

    record_id: str
    patient_id: str

    @property
    def purpose(self) -> bytes:
        """What a note is sealed for here."""
        return note_purpose(self.record_id, self.patient_id)


def seal_note(compartment: Compartment | None, note: Note, place: Place) -> SealedNote:
    """Seal a note to a compartment's readers; raise NoReaderYetError if it has none.

    Whoever seals it can't open it afterwards, unless they are allowed to read.
    """
    keys = () if compartment is None else writing_keys(compartment)
    if compartment is None or not keys:
        raise NoReaderYetError
    raw = note.to_bytes()
    sealed = {k.key_id: seal_to(k.public_key, raw, place.purpose) for k in keys}
    return SealedNote(compartment.compartment_id, sealed)


@dataclass(frozen=True, slots=True, repr=False)
class Reader:
    """A practitioner with the pair that their slot opened, on this device."""

    practitioner_id: str
    device_id: str
    box: BoxKey

    def open_note(
        self, compartment: Compartment | None, sealed: SealedNote, place: Place
    ) -> Note:
        """Return what a note says; raise NotAllowedError where no key of theirs opens.

        Each key is tried that is theirs: two first readers may each have made one.
        """
        held = dict(self._held(compartment)) if compartment is not None else {}
        for key_id, raw in sealed.by_key.items():
            if key_id in held:
                with suppress(SealError, ValueError):
                    return Note.from_bytes(held[key_id].open(raw, place.purpose))
        raise NotAllowedError

    def may_open(self, compartment: Compartment | None, sealed: SealedNote) -> bool:
        """Tell whether a key of theirs is among those that a note is sealed to."""
        if compartment is None:
            return False
        return any(key_id in sealed.by_key for key_id, _box in self._held(compartment))

    def owed(
        self, compartment: Compartment, halves: Iterable[PublicHalf], ids: Ids
    ) -> tuple[NewCompartmentKey, ...]:
        """Return what this reader's tablet is to publish; nothing once all is there.

        Each key that they hold is sealed to those readers who lack it. Where every
        key is retired, or there is none, they make the next.
        """
        if self.practitioner_id not in compartment.readers:
            return ()
        known = [h for h in halves if h.practitioner_id in compartment.readers]
        held = dict(self._held(compartment))
        wanted = [
            (key, held[key.key_id]) for key in compartment.keys if key.key_id in held
        ]
        if all(key.retired for key in compartment.keys):
            wanted.append(self._made(ids))
        made = (_missing(compartment, key, box, known) for key, box in wanted)
        return tuple(each for each in made if each.key.halves)

    def _made(self, ids: Ids) -> tuple[CompartmentKey, BoxKey]:
        box = BoxKey.generate()
        return CompartmentKey(key_id=ids.new(), public_key=box.public_bytes), box

    def _held(self, compartment: Compartment) -> Iterator[tuple[str, BoxKey]]:
        me = self.practitioner_id, self.device_id
        for key in compartment.keys:
            purpose = half_purpose(compartment.compartment_id, key.key_id)
            for half in key.halves:
                if (half.practitioner_id, half.device_id) != me:
                    continue
                with suppress(SealError, ValueError):
                    box = BoxKey(self.box.open(half.sealed, purpose))
                    # One that somebody put in its place opens nothing of ours.
                    if box.public_bytes == key.public_key:
                        yield key.key_id, box


def _missing(
    compartment: Compartment,
    key: CompartmentKey,
    box: BoxKey,
    readers: Iterable[PublicHalf],
) -> NewCompartmentKey:
    """Return a key with the halves that readers lack, each on each of their devices.

    What another tablet published as a public half, and is none, keeps no other reader
    waiting.
    """
    there = {(half.practitioner_id, half.device_id) for half in key.halves}
    purpose = half_purpose(compartment.compartment_id, key.key_id)
    halves: list[SealedHalf] = []
    for reader in readers:
        who, device = reader.practitioner_id, reader.device_id
        if (who, device) in there:
            continue
        with suppress(ValueError):
            sealed = seal_to(reader.public_key, box.private_bytes, purpose)
            half = SealedHalf(
                practitioner_id=who,
                device_id=device,
                sealed=sealed,
                sealed_to=reader.public_key,
            )
            halves.append(half)
    return NewCompartmentKey(
        compartment_id=compartment.compartment_id,
        key=CompartmentKey(
            key_id=key.key_id, public_key=key.public_key, halves=tuple(halves)
        ),
    )
