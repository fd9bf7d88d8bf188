"""QuestionnaireResponse, FHIR R4: written for others to read, and read back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.questionnaire.answers import (
    ASKED_UNKNOWN,
    FIRST_INSTANCE,
    Answer,
    Answers,
    ItemPath,
    is_instance_key,
)
from app.core.questionnaire.elements import Element, elements, extensions, string
from app.core.questionnaire.evaluation import evaluate
from app.core.questionnaire.model import Questionnaire, QuestionnaireItem
from app.core.questionnaire.response_items import DATA_ABSENT_REASON, build_items
from app.core.questionnaire.run import Context
from app.core.questionnaire.values import (
    EMPTY,
    JsonObject,
    Value,
    as_decimal,
    freeze,
    value_of,
)


@dataclass(frozen=True, slots=True)
class ResponseMeta:
    """What a response says besides its answers; references are FHIR's, as `Patient/1`.

    `status` is in-progress, completed, amended, entered-in-error or stopped.
    """

    status: str
    identifier: str | None = None
    authored: str | None = None
    subject: str | None = None
    encounter: str | None = None
    author: str | None = None
    source: str | None = None
    language: str | None = None


def to_fhir(
    questionnaire: Questionnaire,
    answers: Answers,
    meta: ResponseMeta,
    context: Context | None = None,
) -> dict[str, object]:
    """Return the response as JSON: what is asked and answered, no more.

    "Don't know" and "prefers not to say" are data-absent-reason extensions. Numbers
    are JSON numbers, so the zeros at the end of 36.60 are lost here, and only here.
    """
    state = evaluate(questionnaire, answers, context)
    items, _ = build_items(state.entries, state.counted, _number, with_text=True)
    response: dict[str, object] = {"resourceType": "QuestionnaireResponse"}
    name = questionnaire.canonical
    if _is_uri(name):
        version = questionnaire.version
        response["questionnaire"] = f"{name}|{version}" if version else name
    response["status"] = meta.status
    plain = {"id": meta.identifier, "language": meta.language}
    response.update({k: v for k, v in plain.items() if v is not None})
    for member in ("subject", "encounter", "author", "source"):
        reference = getattr(meta, member)
        if reference is not None:
            response[member] = {"reference": reference}
    if meta.authored is not None:
        response["authored"] = meta.authored
    if items:
        response["item"] = items
    return response


def from_fhir(questionnaire: Questionnaire, response: object) -> Answers:
    """Read the answers of a response; what the form does not have is left out.

    Instances of repeating groups after the first keep the id that they came with,
    or get their place in the list, so that reading twice gives the same paths.
    """
    found: dict[ItemPath, Answer] = {}
    if isinstance(response, Mapping):
        _read(questionnaire.items, list(elements(response, "item")), (), found)
    return Answers(found)


def _is_uri(name: str) -> bool:
    return re.fullmatch(r"[^\s:]+:\S+", name) is not None


def _number(text: str) -> int | float | str:
    """Return a JSON number, or the text where it is none (which counts nowhere)."""
    number = as_decimal(text)
    if number is None:
        return text
    return float(number) if "." in text or number != int(number) else int(number)


def _read(
    items: Sequence[QuestionnaireItem],
    given: list[Element],
    keys: tuple[str, ...],
    found: dict[ItemPath, Answer],
) -> None:
    for item in items:
        own = [
            element for element in given if string(element, "linkId") == item.link_id
        ]
        if item.is_repeating_group:
            for key, element in _instances(own):
                found[ItemPath(item.link_id, (*keys, key))] = Answer()
                inner = list(elements(element, "item"))
                _read(item.items, inner, (*keys, key), found)
            continue
        answers = [each for element in own for each in elements(element, "answer")]
        if item.is_question and answers:
            found[ItemPath(item.link_id, keys)] = _answer(answers)
        inner = [each for place in (*own, *answers) for each in elements(place, "item")]
        _read(item.items, inner, keys, found)


def _instances(own: list[Element]) -> Iterator[tuple[str, Element]]:
    taken: set[str] = set()
    for place, element in enumerate(own):
        key = string(element, "id") or ""
        if place == 0 and not key:
            key = FIRST_INSTANCE
        if not is_instance_key(key) or key in taken:
            key = f"{place}"
        taken.add(key)
        yield key, element


def _answer(answers: list[Element]) -> Answer:
    values = tuple(value for each in answers if (value := _value(each)) is not None)
    if values:
        return Answer(values)
    for each in answers:
        for extension in extensions(each, DATA_ABSENT_REASON):
            return Answer(absent=string(extension, "valueCode") or ASKED_UNKNOWN)
    return Answer()


def _value(element: Element) -> Value | None:
    value = value_of(element)
    if value is None:
        return None
    kept = {"item", f"value{value.kind}"}
    extra = {name: freeze(v) for name, v in element.items() if name not in kept}
    return Value(value.kind, value.data, JsonObject(extra) if extra else EMPTY)
