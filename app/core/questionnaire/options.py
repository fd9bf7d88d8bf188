"""Options of a question: in the item, in a contained or an expanded value set."""

from collections.abc import Iterator

from app.core.questionnaire.elements import (
    Element,
    Reading,
    elements,
    extension_text,
    extension_value,
    extensions,
    flag,
    frozen,
    string,
)
from app.core.questionnaire.model import AnswerOption, ItemType, NoteCode
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Value, as_decimal, value_of

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
WEIGHTS = (
    f"{STRUCTURE}ordinalValue",
    f"{STRUCTURE}itemWeight",
    f"{STRUCTURE}questionnaire-ordinalValue",
)
ELSEWHERE = (
    f"{STRUCTURE}questionnaire-answerExpression",
    f"{SDC}sdc-questionnaire-answerExpression",
    f"{SDC}sdc-questionnaire-candidateExpression",
)
MAX_OPTIONS = 5000

CHOICES = frozenset({ItemType.CHOICE, ItemType.OPEN_CHOICE})


class ValueSets:
    """The value sets that a questionnaire carries."""

    def __init__(self, resource: Element) -> None:
        self._sets: dict[str, Element] = {}
        for contained in elements(resource, "contained"):
            if contained.get("resourceType") == "ValueSet":
                for name in (string(contained, "url"), _local(contained)):
                    if name:
                        self._sets.setdefault(name, contained)

    def codings(self, canonical: str) -> list[Element] | None:
        """Return the codings of a value set; None where they stand elsewhere."""
        value_set = self._sets.get(canonical) or self._sets.get(
            canonical.partition("|")[0]
        )
        if value_set is None:
            return None
        expansion = value_set.get("expansion")
        if isinstance(expansion, dict):
            found = list(_expanded(expansion))
        else:
            found = _composed(value_set)
        return found[:MAX_OPTIONS] or None


def _local(contained: Element) -> str | None:
    identifier = string(contained, "id")
    return f"#{identifier}" if identifier else None


def _expanded(expansion: Element) -> Iterator[Element]:
    """Return an expansion's codings, nested ones too, without recursion."""
    waiting = list(elements(expansion, "contains"))[::-1]
    while waiting:
        entry = waiting.pop()
        if not flag(entry, "abstract") and (entry.get("code") or entry.get("display")):
            yield entry
        waiting.extend(list(elements(entry, "contains"))[::-1])


def _composed(value_set: Element) -> list[Element]:
    """Return codings that a value set lists one by one; none if it does not."""
    compose = value_set.get("compose")
    found: list[Element] = []
    if not isinstance(compose, dict) or compose.get("exclude"):
        return found
    for include in elements(compose, "include"):
        concepts = list(elements(include, "concept"))
        if not concepts:
            return []
        system = string(include, "system")
        for concept in concepts:
            found.append({**concept, "system": system} if system else concept)
    return found


def read_options(
    reading: Reading, sets: ValueSets, item: Element, link_id: str
) -> tuple[AnswerOption, ...]:
    """Read an item's own options, or else those of its value set."""
    own = [
        option
        for entry in elements(item, "answerOption")
        if (option := _option(reading, entry, link_id))
    ]
    canonical = string(item, "answerValueSet")
    if own or canonical is None:
        return tuple(own[:MAX_OPTIONS])
    listed = sets.codings(canonical)
    if listed is None:
        reading.note(link_id, NoteCode.OPTIONS_ELSEWHERE, canonical)
        return ()
    return tuple(_listed(reading, entry, link_id) for entry in listed)


def note_missing_options(reading: Reading, item: Element, link_id: str) -> None:
    """Say why a choice has nothing to choose from, unless that was said."""
    if any(list(extensions(item, url)) for url in ELSEWHERE):
        reading.note(link_id, NoteCode.OPTIONS_ELSEWHERE, "expression")
    elif string(item, "answerValueSet") is None:
        reading.note(link_id, NoteCode.NO_OPTIONS)


def _option(reading: Reading, entry: Element, link_id: str) -> AnswerOption | None:
    value = value_of(entry)
    if value is None or value.data is None:
        reading.note(link_id, NoteCode.OPTION_LEFT_OUT)
        return None
    member = entry.get(f"value{value.kind}")
    inner = member if isinstance(member, dict) else {}
    text = reading.text(inner, "display", link_id) or Text(
        _label(value), f"{reading.canonical}#{link_id}", reading.language
    )
    return AnswerOption(
        value,
        text,
        extension_text(entry, f"{STRUCTURE}questionnaire-optionPrefix"),
        _weight(entry) or _weight(inner),
        _is_exclusive(entry),
    )


def _listed(reading: Reading, entry: Element, link_id: str) -> AnswerOption:
    kept = {k: v for k, v in entry.items() if k in {"system", "code", "display"}}
    value = frozen(kept)
    text = reading.text(entry, "display", link_id) or Text(
        _label(value), f"{reading.canonical}#{link_id}", reading.language
    )
    return AnswerOption(value, text, weight=_weight(entry))


def _label(value: Value) -> str:
    coding, quantity = value.as_coding, value.as_quantity
    if coding is not None:
        return coding.display or coding.code or ""
    if quantity is not None:
        return f"{quantity.value} {quantity.unit or quantity.code or ''}".strip()
    return value.data if isinstance(value.data, str) else str(value.data)


def _weight(entry: Element) -> str | None:
    for url in WEIGHTS:
        value = extension_value(entry, url)
        number = as_decimal(value.data) if value else None
        if number is not None:
            return str(number)
    return None


def _is_exclusive(entry: Element) -> bool:
    value = extension_value(entry, f"{STRUCTURE}questionnaire-optionExclusive")
    return value is not None and value.data is True
