"""Whom a record names as family, as far as this tablet holds them."""

from collections.abc import Iterable

from app.clinic.desk import Desk
from app.core.merge import Document
from app.core.projections import View, by_type
from app.core.records import RecordType
from app.features.record.events import Relative


def relatives_of(desk: Desk, documents: Iterable[Document]) -> dict[str, Relative]:
    """Return the relatives whom this tablet holds, by patient id."""
    links = by_type(documents, RecordType.RELATED_PERSON)
    others = {View(link).text("other") for link in links}
    found = [desk.vault.summary(other) for other in others]
    return {
        s.patient_id: Relative(s.patient_id, s.display_name, s.card)
        for s in found
        if s is not None
    }
