"""The items of a QuestionnaireResponse, from answers and where they stand."""

from collections.abc import Callable, Mapping, Sequence

from app.core.questionnaire.answers import FIRST_INSTANCE, Answer, ItemPath
from app.core.questionnaire.layout import Entry
from app.core.questionnaire.values import Json, JsonObject, Value

DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

Element = dict[str, object]
Number = Callable[[str], object]


def build_items(
    entries: Sequence[Entry],
    answers: Mapping[ItemPath, Answer],
    number: Number,
    *,
    with_text: bool = False,
) -> tuple[list[Element], dict[ItemPath, Element]]:
    """Nest answered items as FHIR does; return the top ones and all by path.

    A question within a question stands in the first answer of that question.
    """
    kept = _kept(entries, answers)
    top: list[Element] = []
    by_path: dict[ItemPath, Element] = {}
    inside: dict[ItemPath | None, list[Element]] = {None: top}
    for entry in entries:
        if entry.path in kept:
            element = _element(entry, with_text=with_text)
            by_path[entry.path] = element
            inside[entry.parent].append(element)
            inside[entry.path] = _fill(element, entry, answers, number)
    for element in by_path.values():
        _drop_empty(element)
    return top, by_path


def answer_json(answer: Answer, number: Number) -> list[Element]:
    """Return an answer as FHIR has it; a reason for none as data-absent-reason."""
    if answer.values:
        return [value_json(value, number) for value in answer.values]
    reason = {"url": DATA_ABSENT_REASON, "valueCode": answer.absent}
    return [{"extension": [reason]}]


def value_json(value: Value, number: Number) -> Element:
    """Return one value[x], numbers made by `number` from their decimal strings."""
    found = _object(value.extra, number)
    if value.kind == "Decimal" and isinstance(value.data, str):
        found["valueDecimal"] = number(value.data)
    elif value.kind:
        found[f"value{value.kind}"] = _plain(value.data, number)
    return found


def _kept(
    entries: Sequence[Entry], answers: Mapping[ItemPath, Answer]
) -> set[ItemPath]:
    kept: set[ItemPath] = set()
    for entry in reversed(entries):
        answer = answers.get(entry.path)
        has_answer = answer is not None and not answer.is_empty
        if entry.path in kept or (has_answer and entry.item.is_question):
            kept.add(entry.path)
            if entry.parent is not None:
                kept.add(entry.parent)
    return kept


def _element(entry: Entry, *, with_text: bool) -> Element:
    element: Element = {"linkId": entry.path.link_id}
    if entry.item.is_repeating_group and entry.path.instances[-1] != FIRST_INSTANCE:
        element["id"] = entry.path.instances[-1]
    if with_text and entry.item.text is not None:
        element["text"] = entry.item.text.source
    return element


def _fill(
    element: Element, entry: Entry, answers: Mapping[ItemPath, Answer], number: Number
) -> list[Element]:
    """Put the answer in, and return the list that inner items go to."""
    inner: list[Element] = []
    if not entry.item.is_question:
        element["item"] = inner
        return inner
    answer = answers.get(entry.path)
    has_answer = answer is not None and not answer.is_empty
    found = answer_json(answer, number) if answer and has_answer else [Element()]
    found[0]["item"] = inner
    element["answer"] = found
    return inner


def _drop_empty(element: Element) -> None:
    places = [element]
    answers = element.get("answer")
    if isinstance(answers, list):
        places += answers
    for place in places:
        if place.get("item") == []:
            del place["item"]


def _object(data: JsonObject, number: Number) -> Element:
    return {name: _member(name, member, number) for name, member in data.items()}


def _member(name: str, member: Json, number: Number) -> object:
    if name in {"value", "valueDecimal"} and isinstance(member, str):
        return number(member)
    return _plain(member, number)


def _plain(data: Json, number: Number) -> object:
    if isinstance(data, JsonObject):
        return _object(data, number)
    if isinstance(data, tuple):
        return [_plain(each, number) for each in data]
    return data
