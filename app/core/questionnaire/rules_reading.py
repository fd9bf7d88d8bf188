"""Reading the rules of an item: when it is asked, what is calculated, its limits."""

import re

from app.core.questionnaire.elements import (
    Element,
    Reading,
    elements,
    extension_text,
    extension_value,
    extensions,
    string,
    whole,
)
from app.core.questionnaire.model import (
    Constraint,
    EnableWhen,
    Expression,
    Limits,
    Logic,
    NoteCode,
)
from app.core.questionnaire.options import SDC, STRUCTURE
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import JsonObject, Value, value_of

FHIRPATH = "text/fhirpath"
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
VARIABLE = f"{STRUCTURE}variable"
CALCULATED = f"{SDC}sdc-questionnaire-calculatedExpression"
ENABLE_EXPRESSION = f"{SDC}sdc-questionnaire-enableWhenExpression"
PREFILL = (
    f"{SDC}sdc-questionnaire-initialExpression",
    f"{SDC}sdc-questionnaire-itemPopulationContext",
    f"{SDC}sdc-questionnaire-itemExtractionContext",
)


def read_logic(reading: Reading, item: Element, link_id: str) -> Logic:
    """Read the rules of an item; what can't be evaluated becomes a note."""
    for url in PREFILL[:2]:
        for extension in extensions(item, url):
            found = _named(extension)
            reading.note(link_id, NoteCode.PREFILL_LEFT_OUT, found[1] if found else "")
    return Logic(
        tuple(_conditions(reading, item, link_id)),
        item.get("enableBehavior") != "all",
        _expression(reading, item, ENABLE_EXPRESSION, link_id),
        _expression(reading, item, CALCULATED, link_id),
        read_variables(reading, item, link_id),
        tuple(_constraints(reading, item, link_id)),
    )


def read_variables(
    reading: Reading, element: Element, link_id: str
) -> tuple[Expression, ...]:
    """Read the FHIRPath variables of an item or a questionnaire."""
    found = []
    for extension in extensions(element, VARIABLE):
        parts = _named(extension)
        if parts and parts[0] == FHIRPATH and parts[1] and parts[2]:
            found.append(Expression(parts[1], parts[2]))
        else:
            reading.note(link_id, NoteCode.CALCULATION_LEFT_OUT, "variable")
    return tuple(found)


def _conditions(reading: Reading, item: Element, link_id: str) -> list[EnableWhen]:
    found = []
    for entry in elements(item, "enableWhen"):
        question, operator = string(entry, "question"), string(entry, "operator")
        answer = _operand(entry)
        known = question and operator in OPERATORS and answer is not None
        if not known or question is None or operator is None or answer is None:
            reading.note(link_id, NoteCode.RULE_NOT_EVALUABLE, operator or "")
            found.append(EnableWhen(question or "", ""))
        elif operator == "exists":
            exists = answer.data is not False
            found.append(EnableWhen(question, operator, None, exists))
        else:
            found.append(EnableWhen(question, operator, answer))
    return found


def _operand(entry: Element) -> Value | None:
    renamed = {
        f"value{name.removeprefix('answer')}": member
        for name, member in entry.items()
        if name.startswith("answer")
    }
    return value_of(renamed)


def _named(extension: Element) -> tuple[str, str, str] | None:
    """Return language, text and name of an expression extension."""
    value = value_of(extension)
    if value is None or not isinstance(value.data, JsonObject):
        return None
    data = value.data
    language = data.text("language") or ""
    return language, data.text("expression") or "", data.text("name") or ""


def _expression(
    reading: Reading, item: Element, url: str, link_id: str
) -> Expression | None:
    for extension in extensions(item, url):
        parts = _named(extension)
        if parts and parts[0] == FHIRPATH and parts[1].strip():
            return Expression(parts[1])
        is_rule = url == ENABLE_EXPRESSION
        code = NoteCode.RULE_NOT_EVALUABLE if is_rule else NoteCode.CALCULATION_LEFT_OUT
        reading.note(link_id, code, parts[0] if parts else "")
    return None


def _constraints(reading: Reading, item: Element, link_id: str) -> list[Constraint]:
    found = []
    for extension in extensions(item, f"{STRUCTURE}questionnaire-constraint"):
        parts = {
            string(p, "url"): value_of(p) for p in elements(extension, "extension")
        }
        data = {name: value.data for name, value in parts.items() if value is not None}
        expression, human = data.get("expression"), data.get("human")
        if isinstance(expression, JsonObject):
            expression = expression.text("expression")
        if not isinstance(expression, str) or not isinstance(human, str):
            reading.note(link_id, NoteCode.CONSTRAINT_LEFT_OUT)
            continue
        message = Text(human, f"{reading.canonical}#{link_id}", reading.language)
        is_error = data.get("severity") != "warning"
        found.append(Constraint(Expression(expression), message, is_error))
    return found


def read_limits(reading: Reading, item: Element, link_id: str) -> Limits:
    """Read what an answer must keep to."""
    regex = extension_text(item, f"{STRUCTURE}regex")
    if regex is not None and not _is_pattern(regex):
        reading.note(link_id, NoteCode.LIMIT_LEFT_OUT, regex)
        regex = None
    return Limits(
        minimum=_bound(item, "min"),
        maximum=_bound(item, "max"),
        min_length=_count(item, f"{STRUCTURE}minLength"),
        max_length=whole(item.get("maxLength")),
        regex=regex,
        min_occurs=_count(item, f"{STRUCTURE}questionnaire-minOccurs"),
        max_occurs=_count(item, f"{STRUCTURE}questionnaire-maxOccurs"),
        max_decimal_places=_count(item, f"{STRUCTURE}maxDecimalPlaces"),
        mime_types=tuple(_mime_types(item)),
        max_size=_max_size(item),
    )


def _is_pattern(regex: str) -> bool:
    try:
        re.compile(regex)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _bound(item: Element, side: str) -> Value | None:
    value = extension_value(item, f"{STRUCTURE}{side}Value")
    return value or extension_value(item, f"{SDC}sdc-questionnaire-{side}Quantity")


def _count(item: Element, url: str) -> int | None:
    value = extension_value(item, url)
    return whole(value.data) if value else None


def _mime_types(item: Element) -> list[str]:
    values = (value_of(e) for e in extensions(item, f"{STRUCTURE}mimeType"))
    return [v.data for v in values if v is not None and isinstance(v.data, str)]


def _max_size(item: Element) -> str | None:
    value = extension_value(item, f"{STRUCTURE}maxSize")
    return str(value.number) if value and value.number is not None else None
