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
    """
    if protocol.ages.fit(age) is Fit.NO:
        return ()
    found = []
    for rule in protocol.red_flags:
        if rule.ages.fit(age) is Fit.NO:
            continue
        path = _raised_by(rule, questionnaire, answers)
        if path is not None:
            found.append(_flag(protocol, rule, path))
    return tuple(sorted(found, key=lambda flag: not flag.urgent))


def weight_of(item: QuestionnaireItem, value: Value) -> Decimal | None:
    """Return the weight of the option that was chosen."""
    for option in item.options:
        if option.value.matches(value):
            return as_decimal(option.weight)
    return None


def _flag(protocol: Protocol, rule: RedFlagRule, path: ItemPath) -> RedFlag:
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
