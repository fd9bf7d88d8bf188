"""Those whom a registration is about, as the screen needs to know them."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.birth import Birth
from app.core.encounters import open_encounter
from app.core.merge import Document
from app.core.projections import PatientView, patient_view, phones_of
from app.core.values import NO_ARRIVAL, NameStatus, PersonName, Sex, Who
from app.features.register.arrival_entry import entry_of
from app.features.register.form import NO, YES, Form


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is registered; `encounter_id` is an open visit at this site."""

    patient_id: str
    card: str
    name: PersonName
    sex: Sex
    birth: Birth | None = None
    encounter_id: str = ""
    waiting_since: int = 0
    phones: tuple[str, ...] = ()


def person_of(documents: Iterable[Document], site_id: str) -> Person | None:
    """Return whose documents these are; None where there is no Patient among them."""
    found = list(documents)
    patient = patient_view(found)
    if patient is None:
        return None
    encounter = open_encounter(found)
    here = encounter if encounter and encounter.site_id == site_id else None
    return Person(
        patient_id=patient.patient_id,
        card=patient.card,
        name=patient.name,
        sex=patient.sex,
        birth=patient.birth,
        encounter_id=here.record_id if here else "",
        waiting_since=here.started_at if here else 0,
        phones=phones_of(found),
    )


def recorded(documents: Iterable[Document], zone: str) -> Form:
    """Return the form that a person's record would have been typed as.

    The birth stays out of it: it stands beside its field, and what is typed replaces
    it; phone numbers are added to those that stand.
    """
    patient = patient_view(documents)
    if patient is None:
        return Form()
    name, who = patient.name, patient.accompaniment
    form = Form(
        card=patient.card,
        sex="" if patient.sex is Sex.UNKNOWN else patient.sex.value,
        language=patient.language,
        name_status="" if name.status is NameStatus.NOT_ASKED else name.status.value,
        original=name.original,
        latin=name.latin,
        who="" if who.who is Who.NOT_ASKED else who.who.value,
        who_name=who.name,
        origin=patient.text("origin"),
        languages=_languages(patient),
        interpreter=_interpreter(patient),
    )
    return form.with_arrival(entry_of(patient.arrival, zone))


def in_common(documents: Iterable[Document], zone: str) -> Form:
    """Return what another of this family has in common with the first."""
    patient = patient_view(documents)
    if patient is None:
        return Form()
    form = Form(language=patient.language, origin=patient.text("origin"))
    if patient.arrival == NO_ARRIVAL:
        return form
    return form.with_arrival(entry_of(patient.arrival, zone))


def _languages(patient: PatientView) -> tuple[str, ...]:
    value = patient.value("languages")
    if not isinstance(value, list | tuple):
        return ()
    return tuple(tag for tag in value if isinstance(tag, str))


def _interpreter(patient: PatientView) -> str:
    value = patient.value("interpreter")
    return {True: YES, False: NO}[value] if isinstance(value, bool) else ""
