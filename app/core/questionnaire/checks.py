"""What is wrong with an answer: codes and figures; sentences are made elsewhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from app.core.questionnaire.answers import Answer
from app.core.questionnaire.calculated import KINDS
from app.core.questionnaire.conditions import NotComparableError, holds
from app.core.questionnaire.model import Limits, QuestionnaireItem
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import JsonObject, Value


class ProblemCode(StrEnum):
    """The kinds of problems of an answer."""

    REQUIRED = "required"
    WRONG_TYPE = "wrong-type"
    NOT_AN_OPTION = "not-an-option"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_MANY_DECIMALS = "too-many-decimals"
    PATTERN = "pattern"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    EXCLUSIVE = "exclusive"
    FILE_TYPE = "file-type"
    UNIT = "unit"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; `limit` is the figure to name, `message` the form's own sentence."""

    code: ProblemCode
    limit: str = ""
    message: Text | None = None


_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_DATE_TIME = re.compile(
    r"(?P<date>\d{4}(-\d{2}(-\d{2})?)?)"
    r"(T(?P<time>\d{2}:\d{2}(:\d{2}(\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?"
)
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d+)?")
_INTEGER_LIMIT = 2**31
_FULL_DATE = len("2000-01-01")


def problems_of(item: QuestionnaireItem, answer: Answer) -> tuple[Problem, ...]:
    """Check an answer that is there against its item; absent answers have none."""
    found: list[Problem] = []
    for value in answer.values:
        if not fits(item, value):
            found.append(Problem(_misfit(item, value)))
        else:
            found.extend(_limits(item.limits, value))
            if not _has_known_unit(item, value):
                found.append(Problem(ProblemCode.UNIT))
    found.extend(_count(item, answer))
    return tuple(dict.fromkeys(found))


def fits(item: QuestionnaireItem, value: Value) -> bool:
    """Say if a value is of the item's type and, where it must be, an option."""
    if any(
        option.value.kind == value.kind and option.value.matches(value)
        for option in item.options
    ):
        return True
    if KINDS[item.type] == "Coding":
        is_text = value.kind == "String" and bool(value.data)
        is_other = item.accepts_text and value.as_coding is not None
        return (is_text and item.accepts_text) or is_other
    return not item.options and _is_well_formed(value, KINDS[item.type])


def _misfit(item: QuestionnaireItem, value: Value) -> ProblemCode:
    is_kind = value.kind == KINDS[item.type] or value.kind == "String"
    listed = item.options and is_kind
    return ProblemCode.NOT_AN_OPTION if listed else ProblemCode.WRONG_TYPE


def _is_well_formed(value: Value, kind: str) -> bool:
    return value.kind == kind and _forms[kind](value)


def _is_text(value: Value) -> bool:
    return isinstance(value.data, str) and bool(value.data)


def _is_integer(value: Value) -> bool:
    number = value.data
    if not isinstance(number, int) or isinstance(number, bool):
        return False
    return -_INTEGER_LIMIT <= number < _INTEGER_LIMIT


def _is_date(value: Value) -> bool:
    text = value.data if isinstance(value.data, str) else ""
    return _DATE.fullmatch(text) is not None and _is_calendar_day(text)


def _is_calendar_day(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01-01"[len(text) - len("2000") :])
    except ValueError:
        return False
    return True


def _is_date_time(value: Value) -> bool:
    text = value.data if isinstance(value.data, str) else ""
    found = _DATE_TIME.fullmatch(text)
    if found is None or not _is_calendar_day(found["date"]):
        return False
    if found["time"] is None:
        return True
    return len(found["date"]) == _FULL_DATE and _is_clock_time(found["time"])


def _is_time(value: Value) -> bool:
    text = value.data if isinstance(value.data, str) else ""
    return _TIME.fullmatch(text) is not None and _is_clock_time(text)


def _is_clock_time(text: str) -> bool:
    try:
        time.fromisoformat(text[: len("00:00:00")])
    except ValueError:
        return False
    return True


def _is_number(value: Value) -> bool:
    return value.number is not None


def _is_object(value: Value) -> bool:
    return isinstance(value.data, JsonObject)


_forms: dict[str, Callable[[Value], bool]] = {
    "Boolean": lambda value: isinstance(value.data, bool),
    "Decimal": _is_number,
    "Integer": _is_integer,
    "Date": _is_date,
    "DateTime": _is_date_time,
    "Time": _is_time,
    "String": _is_text,
    "Uri": _is_text,
    "Attachment": _is_object,
    "Reference": _is_object,
    "Quantity": _is_number,
}


def _limits(limits: Limits, value: Value) -> list[Problem]:
    found = _bounds(limits, value)
    number, places = value.number, limits.max_decimal_places
    if number is not None and places is not None and _places(number) > places:
        found.append(Problem(ProblemCode.TOO_MANY_DECIMALS, str(places)))
    if isinstance(value.data, str) and number is None:
        found.extend(_text_limits(limits, value.data))
    if isinstance(value.data, JsonObject) and limits.mime_types:
        allowed = limits.mime_types
        if value.data.text("contentType") not in allowed:
            found.append(Problem(ProblemCode.FILE_TYPE, ", ".join(allowed)))
    return found


def _bounds(limits: Limits, value: Value) -> list[Problem]:
    found = []
    for bound, operator, code in (
        (limits.minimum, "<", ProblemCode.TOO_SMALL),
        (limits.maximum, ">", ProblemCode.TOO_LARGE),
    ):
        if bound is not None and _is(value, operator, bound):
            shown = bound.number if bound.number is not None else bound.data
            found.append(Problem(code, str(shown)))
    return found


def _has_known_unit(item: QuestionnaireItem, value: Value) -> bool:
    """Say if a measured value is in a unit that rules and limits can compare."""
    quantity, units = value.as_quantity, (item.unit, *item.unit_options)
    known = {unit.code or unit.display for unit in units if unit is not None}
    return quantity is None or not known or quantity.unit_key in known


def _is(value: Value, operator: str, bound: Value) -> bool:
    try:
        return holds(operator, bound, (value,))
    except NotComparableError:
        return False


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _text_limits(limits: Limits, text: str) -> list[Problem]:
    found = []
    if limits.min_length is not None and len(text) < limits.min_length:
        found.append(Problem(ProblemCode.TOO_SHORT, str(limits.min_length)))
    if limits.max_length is not None and len(text) > limits.max_length:
        found.append(Problem(ProblemCode.TOO_LONG, str(limits.max_length)))
    if limits.regex is not None and not re.fullmatch(limits.regex, text):
        found.append(Problem(ProblemCode.PATTERN, limits.regex))
    return found


def _count(item: QuestionnaireItem, answer: Answer) -> list[Problem]:
    count, limits = len(answer.values), item.limits
    found = []
    most = limits.max_occurs if item.repeats else 1
    if most is not None and count > most:
        found.append(Problem(ProblemCode.TOO_MANY, str(most)))
    if count and limits.min_occurs is not None and count < limits.min_occurs:
        found.append(Problem(ProblemCode.TOO_FEW, str(limits.min_occurs)))
    if count > 1 and any(
        option.exclusive and option.value.matches(value)
        for option in item.options
        for value in answer.values
    ):
        found.append(Problem(ProblemCode.EXCLUSIVE))
    return found
