"""Room taken beforehand: written in place, whole or as before, and sealed."""

from pathlib import Path

import pytest

from app.storage.reserve import HALF_BYTES, NAME, Reserve
from app.storage.sealing import Sealer, new_key

SEALER = Sealer(new_key())


def test_what_is_kept_is_there_after_a_start_and_the_file_keeps_its_size(
    tmp_path: Path,
) -> None:
    reserve = Reserve(tmp_path, SEALER)
    assert reserve.kept() == ""
    for text in ("first", "second", "", "third"):
        assert reserve.keep(text)
        assert reserve.kept() == text
    assert Reserve(tmp_path, SEALER).kept() == "third"
    assert (tmp_path / NAME).stat().st_size == 2 * HALF_BYTES
    assert b"third" not in (tmp_path / NAME).read_bytes()


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_write_that_was_cut_leaves_the_one_before(
    tmp_path: Path, length: int
) -> None:
    reserve = Reserve(tmp_path, SEALER)
    reserve.keep("first")
    path = tmp_path / NAME
    before = path.read_bytes()
    reserve.keep("second")
    after = path.read_bytes()
    start = next(at for at in range(len(after)) if after[at] != before[at])
    cut = after[: start + length] + before[start + length :]
    path.write_bytes(cut)
    assert Reserve(tmp_path, SEALER).kept() == "first"


def test_what_has_no_room_is_not_kept_and_the_one_before_stays(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, SEALER)
    reserve.keep("first")
    assert not reserve.keep("".join(new_key().hex() for _ in range(3000)))
    assert reserve.kept() == "first"


def test_nobody_without_the_device_s_key_reads_it(tmp_path: Path) -> None:
    Reserve(tmp_path, SEALER).keep("first")
    assert Reserve(tmp_path, Sealer(new_key())).kept() == ""
