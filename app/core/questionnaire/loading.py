"""Loading a FHIR R4 Questionnaire: usable with notes, or refused with a reason."""

from collections.abc import Mapping

from app.core.questionnaire.elements import (
    Element,
    Reading,
    codings,
    elements,
    strict_elements,
    string,
)
from app.core.questionnaire.item_reading import ItemReader, note_left_out
from app.core.questionnaire.model import (
    LoadedQuestionnaire,
    NoteCode,
    Questionnaire,
    QuestionnaireRefusedError,
    RefusalReason,
)
from app.core.questionnaire.options import ValueSets
from app.core.questionnaire.rules_reading import read_variables
from app.core.questionnaire.values import NestingError

MAX_DEPTH = 24
MAX_ITEMS = 3000


def load(resource: object, *, canonical: str | None = None) -> LoadedQuestionnaire:
    """Read a parsed questionnaire; raise QuestionnaireRefusedError, and nothing else.

    `canonical` names a questionnaire that has no url of its own.
    """
    try:
        return _loaded(resource, canonical)
    except (NestingError, RecursionError):
        raise QuestionnaireRefusedError(RefusalReason.TOO_DEEP) from None


def _loaded(resource: object, canonical: str | None) -> LoadedQuestionnaire:
    if not isinstance(resource, Mapping):
        raise QuestionnaireRefusedError(RefusalReason.NOT_A_QUESTIONNAIRE)
    if resource.get("resourceType") != "Questionnaire":
        found = string(resource, "resourceType") or ""
        raise QuestionnaireRefusedError(
            RefusalReason.NOT_A_QUESTIONNAIRE, details=found
        )
    name = string(resource, "url") or canonical or _identifier(resource)
    reading = Reading(name, string(resource, "language") or "en")
    note_left_out(reading, resource, "")
    reader = ItemReader(reading, ValueSets(resource), _link_ids(resource))
    items = reader.items(resource, None)
    if not items:
        raise QuestionnaireRefusedError(RefusalReason.NO_ITEMS)
    questionnaire = Questionnaire(
        canonical=name,
        items=items,
        version=string(resource, "version"),
        title=reading.text(resource, "title", ""),
        language=reading.language,
        copyright=string(resource, "copyright"),
        codes=codings(resource, "code"),
        variables=read_variables(reading, resource, ""),
        resource=resource,
    )
    _check_rules(reading, questionnaire)
    return LoadedQuestionnaire(questionnaire, tuple(reading.notes))


def _identifier(resource: Element) -> str:
    for identifier in elements(resource, "identifier"):
        value = string(identifier, "value")
        if value:
            system = string(identifier, "system")
            return f"{system}/{value}" if system else value
    return string(resource, "name") or string(resource, "id") or ""


def _link_ids(resource: Element) -> set[str]:
    """Return all link ids, refusing a form that is too deep or too large."""
    found: set[str] = set()
    waiting = [(item, 1) for item in strict_elements(resource, "item", None)]
    count = 0
    while waiting:
        item, depth = waiting.pop()
        count += 1
        link_id = string(item, "linkId")
        if depth > MAX_DEPTH:
            raise QuestionnaireRefusedError(RefusalReason.TOO_DEEP, link_id)
        if count > MAX_ITEMS:
            raise QuestionnaireRefusedError(
                RefusalReason.TOO_LARGE, None, str(MAX_ITEMS)
            )
        if link_id in found:
            raise QuestionnaireRefusedError(RefusalReason.DUPLICATE_LINK_ID, link_id)
        if link_id:
            found.add(link_id)
        inner = strict_elements(item, "item", link_id)
        waiting.extend((each, depth + 1) for each in inner)
    return found


def _check_rules(reading: Reading, questionnaire: Questionnaire) -> None:
    index = questionnaire.index
    if index.loop is not None:
        raise QuestionnaireRefusedError(RefusalReason.ENABLE_WHEN_LOOP, index.loop)
    for item in questionnaire.walk():
        for condition in item.logic.enable_when:
            if condition.operator and condition.question not in index.by_link_id:
                reading.note(
                    item.link_id, NoteCode.RULE_UNKNOWN_QUESTION, condition.question
                )
