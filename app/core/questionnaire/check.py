"""One line about a file: can it be used as a questionnaire here?"""

import json

from app.core.questionnaire import fhirpath
from app.core.questionnaire.fhirpath import ExpressionError
from app.core.questionnaire.loading import load
from app.core.questionnaire.model import (
    LoadedQuestionnaire,
    Note,
    NoteCode,
    QuestionnaireRefusedError,
    RefusalReason,
)

USABLE = "usable"
REFUSED = "refused"
SHOWN = 80


def check_form(content: bytes, name: str) -> str:
    """Return `name: usable`, `name: usable, N notes` or `name: refused: item, reason`.

    Never raises, whatever the bytes are; always one printable line.
    """
    return f"{printable(name)}: {verdict(content)}"


def verdict(content: bytes) -> str:
    """Return the line of check_form without the name."""
    try:
        loaded = load(_parsed(content))
    except QuestionnaireRefusedError as refused:
        return _refused(refused)
    count = len(loaded.notes) + len(expression_notes(loaded))
    if count == 0:
        return USABLE
    return f"{USABLE}, {count} note{'s' if count > 1 else ''}"


def is_refused(line: str) -> bool:
    """Say if a line of check_form refuses the file."""
    return f": {REFUSED}: " in line


def expression_notes(loaded: LoadedQuestionnaire) -> tuple[Note, ...]:
    """Note the expressions of a form that can't be read; slow, so not part of load."""
    found = []
    for item in loaded.questionnaire.walk():
        logic = item.logic
        for expression in (logic.enable_expression, logic.calculated, *logic.variables):
            if expression is not None and not _is_readable(expression.text):
                code = NoteCode.EXPRESSION_FAILED
                found.append(Note(item.link_id, code, expression.text))
    for variable in loaded.questionnaire.variables:
        if not _is_readable(variable.text):
            found.append(Note("", NoteCode.EXPRESSION_FAILED, variable.text))
    return tuple(found)


def printable(text: str) -> str:
    """Return text that stands on one line of any terminal, shortened."""
    shown = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text
    )
    return (
        shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise QuestionnaireRefusedError(RefusalReason.NOT_JSON) from None


def _refused(refused: QuestionnaireRefusedError) -> str:
    item = printable(refused.link_id) if refused.link_id else "form"
    details = f" ({printable(refused.details)})" if refused.details else ""
    return f"{REFUSED}: {item}, {refused.reason.value}{details}"


def _is_readable(expression: str) -> bool:
    try:
        fhirpath.check(expression)
    except ExpressionError:
        return False
    return True
