"""What a role is answered: the server leaves out what it may not see, and says so."""

import json
from collections.abc import Iterable, Mapping

from app.core.access import Sensitivity, may_see, part_for, sensitivity_of
from app.core.console_wire import PatientList, PatientRecord
from app.core.merge import Document
from app.core.wire import FeedItem


def record_for(role: str, record: PatientRecord) -> PatientRecord:
    """Return the part of a record that a role may see, and what is hidden of it."""
    kinds = [_type(document) for document in record.documents]
    pairs = zip(kinds, record.documents, strict=True)
    return record.model_copy(
        update={
            "documents": tuple(each for kind, each in pairs if _sees(role, kind)),
            "history": tuple(
                item for item in record.history if _sees(role, _written_on(item))
            ),
            "hidden": tuple(sorted(kind for kind in kinds if not _sees(role, kind))),
        }
    )


def documents_for(
    role: str, documents: Iterable[Document]
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Return which documents a role may see, and the types of the others."""
    part = part_for(role, documents)
    return part.documents, part.hidden


def list_for(role: str, found: PatientList) -> PatientList:
    """Return a list without the red flags, for a role that may not see them."""
    if may_see(role, Sensitivity.RESULT):
        return found
    patients = (each.model_copy(update={"red_flags": ()}) for each in found.patients)
    changes = {"patients": tuple(patients), "hides_alarms": True}
    return found.model_copy(update=changes)


def _sees(role: str, kind: str) -> bool:
    return may_see(role, sensitivity_of(kind))


def _type(members: Mapping[str, object]) -> str:
    return str(members.get("type"))


def _written_on(item: FeedItem) -> str:
    """Return the type of the record that an operation was written on."""
    return _type(json.loads(item.operation.header))
