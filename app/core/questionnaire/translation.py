"""The strings of a form that catalogues translate."""

from collections.abc import Iterator

from app.core.questionnaire.model import Questionnaire, QuestionnaireItem
from app.core.questionnaire.texts import Text


def translatable_strings(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Return context and text of all that people read in a form, each once.

    The context is the form's canonical name, "#" and the link id.
    """
    seen: dict[tuple[str, str], None] = {}
    for text in _texts(questionnaire):
        if text is not None and text.source.strip():
            seen[text.context, text.source] = None
    return iter(seen)


def _texts(questionnaire: Questionnaire) -> Iterator[Text | None]:
    yield questionnaire.title
    for item in questionnaire.walk():
        yield from _item_texts(item)


def _item_texts(item: QuestionnaireItem) -> Iterator[Text | None]:
    yield item.text
    yield item.entry_format
    for option in item.options:
        yield option.text
    for constraint in item.logic.constraints:
        yield constraint.message
