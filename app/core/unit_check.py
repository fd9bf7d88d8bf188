"""A checksum of a unit of scope: what two sides hold, in one number. Pure.

Each record counts as keyed BLAKE2b-128 over its id and the heads of its fields, and a
unit is the sum of its records modulo 2^128: a record that changes is taken out and
added again, and no order matters. Equal numbers say that both sides show the same; what
was written and not yet sent differs rightly. See PowerSync's bucket checksums.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from app.core.document_pack import PackedFields
from app.core.merge import Document, FieldState

MODULUS = 1 << 128
NOTHING = f"{0:032x}"
"""What an empty unit counts, as it travels."""
_MAX_KEY = 64


def record_value(deployment_id: str, document: Document) -> int:
    """Return what one record counts in a deployment."""
    key = deployment_id.encode()[:_MAX_KEY]
    text = document.record_id + _heads_text(document.fields)
    return int.from_bytes(blake2b(text.encode(), digest_size=16, key=key).digest())


def total_of(values: Iterable[int]) -> int:
    """Return what records, or units, count together."""
    return sum(values) % MODULUS


def to_text(total: int) -> str:
    """Return a total as it travels: 32 digits in hex."""
    return f"{total % MODULUS:032x}"


def _heads_text(fields: Mapping[str, FieldState]) -> str:
    if isinstance(fields, PackedFields) and len(fields.writes) == 1:  # Mostly so.
        operation_id, *_who, values = fields.writes[0]
        names = f"\1{operation_id}\0".join(sorted(values))
        return f"\0{names}\1{operation_id}" if values else ""
    heads = sorted(_heads(fields))
    return "".join([f"\0{name}\1{operation_id}" for name, operation_id in heads])


def _heads(fields: Mapping[str, FieldState]) -> Iterable[tuple[str, str]]:
    if isinstance(fields, PackedFields):
        return ((name, each[0]) for each in fields.writes for name in each[5])
    return ((name, one) for name, state in fields.items() for one in state.heads)
