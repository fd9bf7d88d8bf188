"""The one seam to the FHIRPath library, imported when it is needed: it takes 70 ms."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Any

_QUANTITY_COMPARISON = re.compile(
    r"(?P<operand>\.value\b)\s*(?P<operator><=|>=|<|>)\s*"
    r"(?P<number>\d+(?:\.\d+)?)\s*'(?P<unit>[^'\\]*)'"
)


class ExpressionError(Exception):
    """An expression can't be read or evaluated."""


def check(expression: str) -> None:
    """Raise ExpressionError where an expression can't be read."""
    _parsed(expression)


def evaluate(
    expression: str, focus: object, variables: Mapping[str, object], now: str
) -> list[object]:
    """Evaluate an expression, `now` being an ISO 8601 instant or local time.

    Raises ExpressionError. Decimals come back as Decimal, the rest as plain JSON.
    """
    parsed = _parsed(expression)
    apply = import_module("fhirpathpy").apply_parsed_path
    options = {"userInvocationTable": _clock(now)}
    node = _typed(focus)
    known = {**variables, "context": node}
    try:
        found = apply(node, parsed, known, _fhir_r4(), options)
    except Exception as error:  # the library raises bare exceptions
        raise ExpressionError from error
    return [_plain(value) for value in found if value is not None]


def _typed(focus: object) -> object:
    """Say that an element is a response's item, or its `value` is not found."""
    if not isinstance(focus, Mapping) or "resourceType" in focus:
        return focus
    nodes = import_module("fhirpathpy.engine.nodes")
    return nodes.ResourceNode.create_node(focus, "QuestionnaireResponse.item")


@lru_cache(maxsize=2000)
def _parsed(expression: str) -> Any:
    try:
        return _parse(_QUANTITY_COMPARISON.sub(_compare_numbers, expression))
    except Exception as error:  # the parser raises bare exceptions
        raise ExpressionError from error


def _parse(text: str) -> Any:
    """Parse strictly: the library's own parse() guesses on from a mistake."""
    library = import_module("fhirpathpy.parser")
    listener = library.ErrorListener()
    listener.syntaxError = _refuse
    lexer = library.FHIRPathLexer(library.InputStream(text))
    parser = library.FHIRPathParser(library.CommonTokenStream(lexer))
    for each in (lexer, parser):
        each.removeErrorListeners()
        each.addErrorListener(listener)
    tree = parser.expression()
    if parser.getCurrentToken().type != library.Token.EOF:
        raise ExpressionError
    found = library.ASTPathListener()
    library.ParseTreeWalker().walk(found, tree)
    return found.parentStack[0]


def _refuse(*_: object) -> None:
    raise ExpressionError


@lru_cache(maxsize=1)
def _fhir_r4() -> Any:
    return import_module("fhirpathpy.models").models["r4"]


def _compare_numbers(found: re.Match[str]) -> str:
    """Compare the numbers of quantities of one unit: the library can't compare them."""
    unit = found["unit"]
    return (
        f".value.where(code = '{unit}' or unit = '{unit}').value"
        f" {found['operator']} {found['number']}"
    )


def _clock(now: str) -> dict[str, dict[str, object]]:
    """Answer now(), today() and timeOfDay() from the instant that is handed in."""
    day, _, time = now.partition("T")
    return {
        "now": {"fn": lambda _: now},
        "today": {"fn": lambda _: day},
        "timeOfDay": {"fn": lambda _: re.split("[Z+-]", time)[0]},
    }


def _plain(value: object) -> object:
    if isinstance(value, bool | int | str | Decimal):
        return value
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, Sequence):
        return [_plain(member) for member in value]
    return str(value)
