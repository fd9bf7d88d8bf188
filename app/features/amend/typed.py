"""What is typed to correct a field: begun with what stands, kept while it is not."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from app.core.birth import Birth, BirthSource, Precision, birth_of_parts
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.merge import Document
from app.core.projections import PatientView
from app.core.values import NameStatus, PersonName, Sex


@dataclass(frozen=True, slots=True)
class Typed:
    """What is in the fields of the screen."""

    original: str = ""
    latin: str = ""
    name_status: NameStatus = NameStatus.SAID
    sex: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    source: BirthSource = BirthSource.SAID
    language: str = ""


NOTHING_TYPED = Typed()


def begun(document: Document) -> Typed:
    """Begin with what the record says now."""
    patient = PatientView(document)
    name, birth = patient.name, patient.birth
    typed = Typed(
        original=name.original,
        latin=name.latin,
        name_status=name.status,
        sex=patient.sex.value,
        language=patient.language,
    )
    return typed if birth is None else _with_birth(typed, birth)


def _with_birth(typed: Typed, birth: Birth) -> Typed:
    """An age is no date: its fields begin empty, so that nobody saves a guess."""
    typed = replace(typed, source=birth.source)
    if birth.precision in (Precision.AGE, Precision.BAND):
        return typed
    typed = replace(typed, year=str(birth.earliest.year))
    if birth.precision is Precision.YEAR:
        return typed
    typed = replace(typed, month=str(birth.earliest.month))
    if birth.precision is Precision.MONTH:
        return typed
    return replace(typed, day=str(birth.earliest.day))


def typed_to_json(typed: Typed) -> dict[str, Json]:
    """Return what is typed as a draft keeps it."""
    return {name: str(value) for name, value in asdict(typed).items()}


def typed_from_json(value: Json, start: Typed) -> Typed:
    """Read what was typed; what this version cannot read begins as `start` has it."""
    kept = as_mapping(value)

    def text(name: str, begun_with: str) -> str:
        found = kept.get(name)
        return found if isinstance(found, str) else begun_with

    status, source = kept.get("name_status"), kept.get("source")
    is_source, is_status = source in set(BirthSource), status in set(NameStatus)
    return Typed(
        original=text("original", start.original),
        latin=text("latin", start.latin),
        name_status=NameStatus(str(status)) if is_status else start.name_status,
        sex=text("sex", start.sex),
        day=text("day", start.day),
        month=text("month", start.month),
        year=text("year", start.year),
        source=BirthSource(str(source)) if is_source else start.source,
        language=text("language", start.language),
    )


def value_of(typed: Typed, field: str, today: date) -> Json:
    """Return the value that a field gets; None where what is typed makes none."""
    match field:
        case "name":
            return _name(typed).to_json()
        case "sex":
            return Sex(typed.sex).value
        case "language":
            return typed.language or None
        case _:
            birth = birth_of_parts(
                (typed.year, typed.month, typed.day), typed.source, today
            )
            return None if birth is None else birth.to_json()


def _name(typed: Typed) -> PersonName:
    original, latin = typed.original.strip(), typed.latin.strip()
    if typed.name_status is not NameStatus.SAID:
        return PersonName(typed.name_status)
    if not (original or latin):
        return PersonName()
    return PersonName(NameStatus.SAID, original, latin)
