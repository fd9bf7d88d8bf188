"""Small pieces: a file or a function that outgrows a screen is to be parted."""

import ast
from pathlib import Path

from tests.architecture.places import CODE, short, sources

FILE_LINES = 300
TEST_FILE_LINES = 400
FUNCTION_LINES = 40


def test_files_are_short() -> None:
    assert longer_than(FILE_LINES, *CODE) == []


def test_test_files_are_short() -> None:
    assert longer_than(TEST_FILE_LINES, "tests") == []


def test_functions_are_short() -> None:
    found = {short(p): long_functions(p.read_text("utf-8")) for p in sources(*CODE)}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_long_function_is_seen() -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(FUNCTION_LINES))
    assert long_functions(f"def build():\n{body}\n") == ["build: 41"]


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "misc", "manager"}
    names = [short(path) for path in sources("app", "sync_server", "tests")]
    assert [n for n in names if drawers & set(n.removesuffix(".py").split("/"))] == []


def longer_than(limit: int, *names: str) -> list[str]:
    counts = {short(path): line_count(path) for path in sources(*names)}
    return [f"{name}: {lines}" for name, lines in counts.items() if lines > limit]


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def long_functions(text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{node.name}: {lines}")
    return found
