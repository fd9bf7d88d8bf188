"""The answers that a form starts with."""

from app.core.questionnaire.answers import FIRST_INSTANCE, Answer, Answers, ItemPath
from app.core.questionnaire.checks import fits
from app.core.questionnaire.model import Questionnaire, QuestionnaireItem
from app.core.questionnaire.values import Value


def initial_answers(questionnaire: Questionnaire) -> Answers:
    """Return the initial values of the first instances; what does not fit is left out.

    A listed option stands in for an initial coding that names it by code alone.
    """
    index = questionnaire.index
    found = {}
    for item in questionnaire.walk():
        values = [
            _listed(item, v) for v in item.initial if fits(item, _listed(item, v))
        ]
        if values:
            instances = (FIRST_INSTANCE,) * len(index.groups[item.link_id])
            kept = values if item.repeats else values[:1]
            found[ItemPath(item.link_id, instances)] = Answer(tuple(kept))
    return Answers(found)


def _listed(item: QuestionnaireItem, value: Value) -> Value:
    for option in item.options:
        if option.value.kind == value.kind and option.value.matches(value):
            return option.value
    return value
