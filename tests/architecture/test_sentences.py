"""Sentences stand where the extractor finds them."""

import ast
from collections.abc import Iterator

from tests.architecture.places import ROOT

TRANSLATES = {"gettext", "ngettext", "pgettext"}


def hidden_in(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of sentences within f-strings: Babel reads into none of them."""
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr):
            calls = (node for node in ast.walk(text) if isinstance(node, ast.Call))
            yield from (call.lineno for call in calls if _says(call))


def _says(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in TRANSLATES and any(isinstance(a, ast.Constant) for a in call.args)


def test_no_sentence_hides_in_an_f_string() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for line in hidden_in(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_one_that_hides_is_found() -> None:
    assert [*hidden_in(ast.parse("f\"{a} {t.gettext('Ask.')}\""))] == [1]
