"""Reading FHIR JSON that others wrote: what is not there is None, never an error."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.core.questionnaire.model import (
    Note,
    NoteCode,
    QuestionnaireRefusedError,
    RefusalReason,
)
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Coding, JsonObject, Value, freeze, value_of

Element = Mapping[str, object]

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


@dataclass
class Reading:
    """One load: where texts belong, and the notes that were made."""

    canonical: str
    language: str = "en"
    notes: list[Note] = field(default_factory=list)

    def note(self, link_id: str, code: NoteCode, details: object = "") -> None:
        """Keep a note, once."""
        note = Note(link_id, code, str(details))
        if note not in self.notes:
            self.notes.append(note)

    def text(self, element: Element, name: str, link_id: str) -> Text | None:
        """Read a text with the translations that stand beside it."""
        source = string(element, name)
        if not source:
            return None
        context = f"{self.canonical}#{link_id}"
        return Text(source, context, self.language, _translations(element, name))


def string(element: Element, name: str) -> str | None:
    """Return a member that is a string, or None."""
    member = element.get(name)
    return member if isinstance(member, str) else None


def flag(element: Element, name: str) -> bool:
    """Return a boolean member; the strings "true" and "false" are read too."""
    member = element.get(name)
    return member is True or member == "true"


def whole(member: object) -> int | None:
    """Return a whole number that is not negative, or None."""
    if not isinstance(member, int) or isinstance(member, bool):
        return None
    return member if member >= 0 else None


def elements(element: Element, name: str) -> Iterator[Element]:
    """Return the objects in a member that is a list; others are passed over."""
    member = element.get(name)
    if isinstance(member, list):
        yield from (each for each in member if isinstance(each, Mapping))


def strict_elements(element: Element, name: str, link_id: str | None) -> list[Element]:
    """Return a member that must be a list of objects, or refuse the questionnaire."""
    member = element.get(name)
    if member is None:
        return []
    if not isinstance(member, list) or not all(isinstance(e, Mapping) for e in member):
        raise QuestionnaireRefusedError(RefusalReason.MALFORMED, link_id, name)
    return member


def extensions(element: Element, url: str) -> Iterator[Element]:
    """Return the extensions of a url."""
    return (each for each in elements(element, "extension") if each.get("url") == url)


def extension_value(element: Element, url: str) -> Value | None:
    """Return the value of the first extension of a url."""
    for each in extensions(element, url):
        return value_of(each)
    return None


def extension_text(element: Element, url: str) -> str | None:
    """Return the value of the first extension of a url, where it is a string."""
    value = extension_value(element, url)
    return value.data if value and isinstance(value.data, str) else None


def extension_flag(element: Element, url: str) -> bool:
    """Say if an extension of a url is there and true."""
    value = extension_value(element, url)
    return value is not None and value.data is True


def coding_of(element: Element) -> Coding:
    """Read a coding."""
    return Coding(
        string(element, "system"), string(element, "code"), string(element, "display")
    )


def codings(element: Element, name: str) -> tuple[Coding, ...]:
    """Read a list of codings."""
    return tuple(coding_of(each) for each in elements(element, name))


def concept_code(value: Value | None) -> str | None:
    """Return the first code of a CodeableConcept."""
    concept = value.data if value else None
    coding = concept.get("coding") if isinstance(concept, JsonObject) else None
    if not isinstance(coding, tuple):
        return None
    codes = (each.text("code") for each in coding if isinstance(each, JsonObject))
    return next((code for code in codes if code), None)


def _translations(element: Element, name: str) -> tuple[tuple[str, str], ...]:
    beside = element.get(f"_{name}")
    if not isinstance(beside, Mapping):
        return ()
    found = []
    for extension in extensions(beside, TRANSLATION):
        parts = {
            string(p, "url"): value_of(p) for p in elements(extension, "extension")
        }
        tag, content = (
            getattr(parts.get(n), "data", None) for n in ("lang", "content")
        )
        if isinstance(tag, str) and isinstance(content, str) and content:
            found.append((tag, content))
    return tuple(found)


def frozen(element: Element) -> Value:
    """Return a coding element as a value."""
    return Value("Coding", freeze(element))
