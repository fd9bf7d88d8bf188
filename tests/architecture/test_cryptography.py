"""What works here and raises on a tablet, whose OpenSSL is older, is not used."""

import ast
from pathlib import Path

import pytest

from tests.architecture.places import CODE, imported, names_imported, short, sources

# Argon2id comes from argon2-cffi, HPKE from pyhpke.
ABSENT_ON_A_TABLET = {"Argon2id", "AESGCMSIV", "hpke"}


def absent_on_a_tablet(names: set[str]) -> set[str]:
    own = {name for name in names if name.split(".")[0] == "cryptography"}
    return {name for name in own if ABSENT_ON_A_TABLET & set(name.split("."))}


def test_nothing_imports_what_a_tablet_lacks() -> None:
    found = {short(p): absent_on_a_tablet(set(imported(p))) for p in sources(*CODE)}
    assert {path: names for path, names in found.items() if names} == {}


def test_nor_is_it_reached_through_its_module() -> None:
    found = {short(p): reached(p) & ABSENT_ON_A_TABLET for p in sources(*CODE)}
    assert {path: names for path, names in found.items() if names} == {}


def reached(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


@pytest.mark.parametrize(
    "line",
    [
        "from cryptography.hazmat.primitives.kdf.argon2 import Argon2id",
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV",
        "from cryptography.hazmat.primitives import hpke",
        "import cryptography.hazmat.primitives.hpke as sealed",
        "import_module('cryptography.hazmat.primitives.hpke')",
    ],
)
def test_such_an_import_is_seen(line: str) -> None:
    assert absent_on_a_tablet(set(names_imported(ast.parse(line))))
