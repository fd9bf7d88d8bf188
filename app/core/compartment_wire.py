"""Bodies of /v1 about closed sections: who may read them, and their keys."""

from pydantic import Field

from app.core.wire_base import Bytes, Id, WireModel

MAX_HALVES = 500


class SealedHalf(WireModel):
    """A key's private half, sealed to one reader's public half on one device.

    `sealed_to` is that public half, as the tablet that publishes knows it: where the
    reader has another by now, nobody could open it, and the server does not keep it.
    """

    practitioner_id: Id
    device_id: Id
    sealed: Bytes = Field(max_length=256)
    sealed_to: Bytes = Field(default=b"", max_length=32)


class CompartmentKey(WireModel):
    """A key of a compartment: its public half (X25519, 32 bytes raw) for everybody.

    A retired one opens what was sealed to it, and nothing new is sealed to it.
    """

    key_id: Id
    public_key: Bytes = Field(min_length=32, max_length=32)
    halves: tuple[SealedHalf, ...] = Field(default=(), max_length=MAX_HALVES)
    retired: bool = False


class Compartment(WireModel):
    """A closed section: anybody may write in it, those named may read it."""

    compartment_id: Id
    name: str
    readers: tuple[Id, ...] = ()
    keys: tuple[CompartmentKey, ...] = ()


class NewCompartmentKey(WireModel):
    """A key, or more sealed halves of one that is known; sent again it adds nothing."""

    compartment_id: Id
    key: CompartmentKey
