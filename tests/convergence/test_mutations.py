"""Every mutation still fits the sources; `make mutate` tries them."""

import ast
from pathlib import Path

import pytest

from tests.convergence.mutate import ROOT
from tests.convergence.mutations import MUTATIONS, Mutation, Patch, PatchError

TWELVE = (
    "no base check",
    "latest-wins instead of heads",
    "no idempotence",
    "no advisory lock",
    "no fork check",
    "no authenticated context",
    "acknowledgement by count instead of by id",
    "cursor by time",
    "a change split",
    "set-aside operations forgotten in `replaces`",
    "the epoch ignored",
    "clamping not carried",
)


def test_the_twelve_are_there() -> None:
    assert tuple(mutation.name for mutation in MUTATIONS[:12]) == TWELVE


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_mutation_fits_and_its_tests_exist(mutation: Mutation) -> None:
    ast.parse(mutation.patch.applied(ROOT))
    for test in mutation.tests:
        name, _, function = test.partition("::")
        text = (ROOT / name).read_text(encoding="utf-8")
        assert f"def {function.partition('[')[0]}" in text


def test_a_patch_whose_text_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    for old in ("y", "x"):
        with pytest.raises(PatchError):
            Patch("a.py", ((old, "z"),)).applied(tmp_path)
