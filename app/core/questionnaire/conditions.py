"""The conditions of FHIR R4 on answers: exists, =, !=, >, <, >=, <=."""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from app.core.questionnaire.values import Value, same_unit

_orders: dict[str, Callable[[Any, Any], bool]] = {
    ">": gt,
    "<": lt,
    ">=": ge,
    "<=": le,
}


class NotComparableError(Exception):
    """Two values have no order between them, or an operator is not known."""


def holds(operator: str, operand: Value, values: Iterable[Value]) -> bool:
    """Say if any of the values meets the condition; raise NotComparableError.

    Of no value nothing holds, not even "!=".
    """
    if operator == "=":
        return any(value.matches(operand) for value in values)
    if operator == "!=":
        return any(not value.matches(operand) for value in values)
    order = _orders.get(operator)
    if order is None:
        raise NotComparableError
    return any(order(*_comparable(value, operand)) for value in values)


def _comparable(left: Value, right: Value) -> tuple[object, object]:
    mine, theirs = left.number, right.number
    if mine is not None and theirs is not None and same_unit(left, right):
        return mine, theirs
    if isinstance(left.data, str) and isinstance(right.data, str):
        if "Date" in left.kind and "Date" in right.kind:
            return _dates(left.data, right.data)
        return left.data, right.data
    raise NotComparableError


def _dates(left: str, right: str) -> tuple[object, object]:
    """Compare to the precision that both have: 2020 is not before 2020-05."""
    instants = _instant(left), _instant(right)
    if instants[0] is not None and instants[1] is not None:
        return instants
    length = min(len(left), len(right))
    return left[:length], right[:length]


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
