"""Scores and red flags of a questionnaire's answers, by the rules of a protocol.

Screening and triage support, never diagnosis: no total while an answer is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.core.questionnaire.ages import AgeInterval, Fit
from app.core.questionnaire.answers import Answer, ItemPath
from app.core.questionnaire.conditions import NotComparableError, holds
from app.core.questionnaire.model import Questionnaire, QuestionnaireItem
from app.core.questionnaire.protocol import (
    Band,
    FlagCondition,
    PlausibleRange,
    Protocol,
    RedFlagRule,
    ScoreRule,
)
from app.core.questionnaire.run import Calculation
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Value, as_decimal

Counted = Mapping[ItemPath, Answer]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A score as far as it can be said; `missing` names what is not answered."""

    protocol: str
    version: str
    source: str
    review: str
    total: Decimal | None
    band: Band | None
    meaning: Text | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A danger, the answer that raised it, and what to do; both texts are for staff."""

    code: str
    text: Text
    action: Text
    source: str
    review: str
    urgent: bool
    path: ItemPath


def score(
    protocol: Protocol, questionnaire: Questionnaire, answers: Counted
) -> ScoreResult | None:
    """Score the answers that count (FormState.counted); None without a score rule."""
    rule = protocol.score
    if rule is None:
        return None
    points = _points(rule, questionnaire, answers)
    missing = tuple(item for item in rule.items if item not in points)
    sum_ = sum(points.values(), Decimal(0))
    total = None if missing else sum_
    band = _band(rule, sum_, is_complete=not missing)
    return ScoreResult(
        protocol=protocol.protocol,
        version=protocol.version,
        source=rule.source,
        review=protocol.review,
        total=total,
        band=band,
        meaning=protocol.text(band.meaning, band.code) if band else None,
        missing=missing,
    )


def scored(protocol: Protocol) -> frozenset[str]:
    """Return the link ids that a score is made of: all of them need an answer."""
    return frozenset(protocol.score.items) if protocol.score else frozenset()


def is_result(questionnaire: Questionnaire, item: QuestionnaireItem) -> bool:
    """Say if a calculated item is a result: that of weighted answers."""
    has_weights = any(o.weight for each in questionnaire.walk() for o in each.options)
    return has_weights and item.logic.calculated is not None


def calculations(
    protocol: Protocol, questionnaire: Questionnaire
) -> dict[str, Calculation]:
    """Return the total as a calculation for a Context: empty until it is complete."""
    rule = protocol.score
    if rule is None or rule.total_link_id is None:
        return {}

    def total(answers: Counted) -> Answer:
        points = _points(rule, questionnaire, answers)
        if len(points) < len(rule.items):
            return Answer()
        return Answer.of(Value.decimal(sum(points.values(), Decimal(0))))

    return {rule.total_link_id: total}


def red_flags(
    protocol: Protocol,
    questionnaire: Questionnaire,
    answers: Counted,
    age: AgeInterval | None = None,
) -> tuple[RedFlag, ...]:
    """Return the dangers in the answers that count, urgent ones first.

    A rule for an age that the person may have applies: an age unknown hides nothing.
    The ages of the protocol decide who is asked; what was asked may raise a danger.
    """
    found = []
    for rule in protocol.red_flags:
        if rule.ages.fit(age) is Fit.NO:
            continue
        path = _raised_by(rule, questionnaire, answers)
        if path is not None:
            found.append(flag_of(protocol, rule, path))
    return tuple(sorted(found, key=lambda flag: not flag.urgent))


def decides(rule: RedFlagRule, questionnaire: Questionnaire) -> frozenset[str]:
    """Return the link ids whose answers raise a danger, or decide if it is asked."""
    index = questionnaire.index
    found: set[str] = set()
    waiting = [condition.link_id for condition in rule.when]
    while waiting:
        link_id = waiting.pop()
        item = questionnaire.item(link_id)
        if item is None or link_id in found:
            continue
        found.add(link_id)
        waiting += [each.question for each in item.logic.enable_when]
        waiting += [*item.logic.mentions, *filter(None, [index.parents.get(link_id)])]
    return frozenset(found)


def is_symptom(protocol: Protocol, path: ItemPath, answer: Answer) -> bool:
    """Say if an answer is a "yes" that the protocol counts."""
    rule = protocol.score
    if rule is None or rule.method != "count-of-yes":
        return False
    is_yes = any(value.data is True for value in answer.values)
    return is_yes and path.link_id in rule.items


def doubtful(
    protocol: Protocol, item: QuestionnaireItem, answer: Answer
) -> PlausibleRange | None:
    """Return the usual range that a measurement lies outside of, to ask about it."""
    for usual in protocol.plausible:
        if usual.link_id == item.link_id:
            low, high = Decimal(usual.minimum), Decimal(usual.maximum)
            found = [value.number for value in answer.values if _in_unit(item, value)]
            if any(
                number is not None and not low <= number <= high for number in found
            ):
                return usual
    return None


def _in_unit(item: QuestionnaireItem, value: Value) -> bool:
    quantity, unit = value.as_quantity, item.unit
    return quantity is None or unit is None or quantity.unit_key == unit.code


def weight_of(item: QuestionnaireItem, value: Value) -> Decimal | None:
    """Return the weight of the option that was chosen."""
    for option in item.options:
        if option.value.matches(value):
            return as_decimal(option.weight)
    return None


def flag_of(protocol: Protocol, rule: RedFlagRule, path: ItemPath) -> RedFlag:
    """Return the danger that a rule tells of, at an answer."""
    return RedFlag(
        code=rule.code,
        text=protocol.text(rule.text, rule.code),
        action=protocol.text(rule.action, rule.code),
        source=rule.source,
        review=protocol.review,
        urgent=rule.urgent,
        path=path,
    )


def _points(
    rule: ScoreRule, questionnaire: Questionnaire, answers: Counted
) -> dict[str, Decimal]:
    wanted, found = set(rule.items), dict[str, Decimal]()
    for path, answer in answers.items():
        item = questionnaire.item(path.link_id)
        if path.link_id in wanted and item is not None and answer.values:
            points = _point(rule, item, answer.values[0])
            if points is not None:
                found[path.link_id] = points
    return found


def _point(rule: ScoreRule, item: QuestionnaireItem, value: Value) -> Decimal | None:
    if rule.method == "sum-of-weights":
        return weight_of(item, value)
    return Decimal(value.data) if isinstance(value.data, bool) else None


def _band(rule: ScoreRule, sum_: Decimal, *, is_complete: bool) -> Band | None:
    for band in rule.bands:
        if band.includes(sum_) and (is_complete or band.is_decided_early):
            return band
    return None


def _raised_by(
    rule: RedFlagRule, questionnaire: Questionnaire, answers: Counted
) -> ItemPath | None:
    paths = [_met_at(each, questionnaire, answers) for each in rule.when]
    return paths[0] if all(path is not None for path in paths) else None


def _met_at(
    condition: FlagCondition, questionnaire: Questionnaire, answers: Counted
) -> ItemPath | None:
    item = questionnaire.item(condition.link_id)
    for path, answer in answers.items():
        if path.link_id == condition.link_id and item is not None:
            values = _compared(condition, item, answer)
            if _is_met(condition, values):
                return path
    return None


def _compared(
    condition: FlagCondition, item: QuestionnaireItem, answer: Answer
) -> list[Value]:
    if condition.weight is None:
        return list(answer.values)
    weights = (weight_of(item, value) for value in answer.values)
    return [Value.decimal(weight) for weight in weights if weight is not None]


def _is_met(condition: FlagCondition, values: list[Value]) -> bool:
    try:
        return holds(condition.operator, condition.operand, values)
    except NotComparableError:
        return False
