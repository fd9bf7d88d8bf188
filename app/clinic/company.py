"""Who is with a child: what must still be asked."""

from datetime import date

from app.core.projections import PatientView
from app.core.values import Who


def company_unasked(patient: PatientView, on: date) -> bool:
    """Tell whether nobody asked with whom somebody is who may be a child."""
    is_child = patient.birth is not None and patient.birth.may_be_child(on)
    return is_child and patient.accompaniment.who is Who.NOT_ASKED
