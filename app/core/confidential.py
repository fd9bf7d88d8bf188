"""Confidential notes: disclosures that anybody may write and few may read. Pure shapes.

What is said, its category too, is sealed before it becomes an operation's value. In the
clear stand who wrote it, when, on whom, and which keys open it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core import canonical
from app.core.canonical import Json
from app.core.compartment_wire import Compartment, CompartmentKey
from app.core.document_json import as_mapping

DISCLOSURES = "disclosures"
"""The compartment of confidential notes."""

NOTE = "note"
"""The field of a ConfidentialNote."""

_FORMAT = 1


class Category(StrEnum):
    """What a disclosure is about."""

    VIOLENCE = "violence"
    HIV = "hiv"
    OTHER = "other"


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """What somebody disclosed, in any language."""

    category: str
    text: str

    def to_bytes(self) -> bytes:
        """Return what is sealed."""
        return canonical.encode([_FORMAT, self.category, self.text])

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Note":
        """Read what to_bytes wrote; raise ValueError on anything else."""
        match canonical.decode(raw):
            case [int(_), str(category), str(text), *_]:
                return cls(category, text)
            case _:
                raise ValueError("not a note")


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note as a record holds it: sealed once for each key, by the key's id."""

    compartment_id: str
    by_key: Mapping[str, bytes]

    def to_json(self) -> Json:
        """Return the field's value."""
        sealed = {key_id: raw.hex() for key_id, raw in self.by_key.items()}
        return {"compartment": self.compartment_id, "sealed": sealed}

    @classmethod
    def from_json(cls, value: Json) -> "SealedNote":
        """Read a field's value; what can't be read is sealed for nobody."""
        members = as_mapping(value)
        found: dict[str, bytes] = {}
        for key_id, text in as_mapping(members.get("sealed")).items():
            try:
                found[key_id] = bytes.fromhex(text if isinstance(text, str) else "")
            except ValueError:
                continue
        name = members.get("compartment")
        return cls(name if isinstance(name, str) else "", found)


def note_purpose(record_id: str, patient_id: str) -> bytes:
    """Return what a note is sealed for: it opens in its own record alone."""
    return canonical.encode(["tessera/confidential-note/1", record_id, patient_id])


def half_purpose(compartment_id: str, key_id: str) -> bytes:
    """Return what a private half is sealed for."""
    return canonical.encode(["tessera/compartment-key/1", compartment_id, key_id])


def writing_keys(compartment: Compartment) -> tuple[CompartmentKey, ...]:
    """Return the keys to which a note is sealed: all that are not retired.

    Where every one is retired, because no reader's tablet has made the next yet, the
    last that there were: a disclosure that is lost is worse.
    """
    standing = tuple(key for key in compartment.keys if not key.retired)
    return standing or compartment.keys


def compartment_of(
    compartments: tuple[Compartment, ...], compartment_id: str = DISCLOSURES
) -> Compartment | None:
    """Return a compartment by its id, or None where the deployment has none."""
    found = (each for each in compartments if each.compartment_id == compartment_id)
    return next(found, None)
