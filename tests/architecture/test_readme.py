"""The page that newcomers read is short, and its commands exist."""

import re
from pathlib import Path

from tests.architecture.places import ROOT
from tests.support.commands import tessera

WORDS = 700
PAGES = (ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md")


def commands(page: Path, program: str) -> set[str]:
    """The words after a program's name, wherever a page shows code."""
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text, re.S)
    shown = "\n".join(block or inline for block, inline in code)
    pattern = rf"(?:^|[\s/]){program}((?: [a-z][a-z-]*)+)"
    return {words.strip() for words in re.findall(pattern, shown)}


def test_the_readme_is_short() -> None:
    assert len(PAGES[0].read_text(encoding="utf-8").split()) <= WORDS


def test_every_make_target_of_the_pages_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    shown = {word for page in PAGES for word in commands(page, "make")}
    assert {"run", "test"} <= shown
    assert {word for words in shown for word in words.split()} <= targets


def test_every_tessera_command_of_the_pages_exists(tmp_path: Path) -> None:
    for words in {word for page in PAGES for word in commands(page, "tessera")}:
        done = tessera(tmp_path, *words.split(), "--help")
        assert done.returncode == 0, f"tessera {words}: {done.stderr}"


def test_every_file_that_the_pages_show_is_there() -> None:
    for page in PAGES:
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []
