"""Turning what a calculation gave into an answer of the item's type."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.core.questionnaire.answers import Answer
from app.core.questionnaire.model import ItemType, QuestionnaireItem
from app.core.questionnaire.values import Coding, JsonObject, Value, as_decimal, freeze

KINDS = {
    ItemType.BOOLEAN: "Boolean",
    ItemType.DECIMAL: "Decimal",
    ItemType.INTEGER: "Integer",
    ItemType.DATE: "Date",
    ItemType.DATE_TIME: "DateTime",
    ItemType.TIME: "Time",
    ItemType.STRING: "String",
    ItemType.TEXT: "String",
    ItemType.URL: "Uri",
    ItemType.CHOICE: "Coding",
    ItemType.OPEN_CHOICE: "Coding",
    ItemType.ATTACHMENT: "Attachment",
    ItemType.REFERENCE: "Reference",
    ItemType.QUANTITY: "Quantity",
}
"""The value[x] that a question of each type takes."""


def calculated_answer(item: QuestionnaireItem, results: Sequence[object]) -> Answer:
    """Return the answer that results make; what does not fit the type is left out."""
    found = [value for each in results if (value := _value(item, each)) is not None]
    return Answer(tuple(found if item.repeats else found[:1]))


def measured(item: QuestionnaireItem, digits: str, unit: Coding | None = None) -> Value:
    """Return what was measured, in the item's unit or in one of its units to choose.

    Digits that are no number make a value that is a problem of the wrong type.
    """
    chosen = unit or item.unit or Coding()
    members = {
        "value": digits,
        "unit": chosen.display or chosen.code,
        "system": chosen.system,
        "code": chosen.code,
    }
    present = {k: v for k, v in members.items() if v is not None}
    return Value("Quantity", JsonObject(present))


def _value(item: QuestionnaireItem, result: object) -> Value | None:
    kind = KINDS[item.type]
    if kind == "Coding":
        return _chosen(item, result)
    if isinstance(result, bool):
        return Value("Boolean", result) if kind == "Boolean" else _text(kind, result)
    if isinstance(result, int | Decimal):
        return _number(item, kind, Decimal(result))
    if isinstance(result, Mapping):
        return Value(kind, freeze(result)) if kind in _COMPLEX else None
    is_text = isinstance(result, str) and kind in _TEXTUAL
    return Value(kind, str(result)) if is_text else None


_COMPLEX = frozenset({"Attachment", "Reference", "Quantity"})
_TEXTUAL = frozenset({"Date", "DateTime", "Time", "String", "Uri"})


def _text(kind: str, result: object) -> Value | None:
    return Value("String", str(result).lower()) if kind == "String" else None


def _number(item: QuestionnaireItem, kind: str, number: Decimal) -> Value | None:
    if as_decimal(number) is None:
        return None
    if kind == "Decimal":
        return Value.decimal(number)
    if kind == "Integer":
        return Value.integer(int(number)) if number == int(number) else None
    if kind == "Quantity":
        return measured(item, str(number))
    return _text(kind, number)


def _chosen(item: QuestionnaireItem, result: object) -> Value | None:
    if isinstance(result, Mapping):
        given = Value("Coding", freeze(result))
    elif isinstance(result, str):
        given = Value.string(result)
    else:
        given = Value.string(str(result).lower())
    for option in item.options:
        if option.value.matches(given):
            return option.value
    return given if item.accepts_text else None
