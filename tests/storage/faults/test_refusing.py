"""A disk that refuses a call: a typed error, nothing half done, nothing lost."""

from pathlib import Path

import pytest

from tests.storage.faults.failing import ALSO, CODES, Refusing, last_of, whole

SAMPLE, EVERY = 5, pytest.param(None, marks=pytest.mark.slow)
KINDS = [*CODES.items(), *ALSO.items()]


@pytest.mark.parametrize(("kind", "code"), KINDS)
@pytest.mark.parametrize("points", [SAMPLE, EVERY])
def test_after_a_fault_everything_goes_on(
    tmp_path: Path, kind: str, code: int, points: int | None
) -> None:
    seen, calls = whole(tmp_path / "whole", kind)
    stride = 1 if points is None else max(1, calls // points)
    refused = 0
    for at in range(1, calls + 1, stride):
        refusing = Refusing(kind, code, at)
        left = last_of(tmp_path / f"at-{at}", refusing, seen)
        assert left == seen[-1], (kind, at)
        refused += refusing.refused
    # Not each: the scan in the background reads when it comes to it, or not at all.
    assert refused >= calls // stride // 2
