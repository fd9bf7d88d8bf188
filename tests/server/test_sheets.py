"""The recovery key on paper: two sheets, typed back, with what is mistyped named."""

import re

import pytest

from sync_server.services.recovery import public_of
from sync_server.sheets import (
    SheetError,
    is_of,
    joined,
    parted,
    public_text,
    read_public,
    read_sheet,
)

PRIVATE, RANDOM = bytes(range(32)), bytes(range(100, 132))
PUBLIC = public_of(PRIVATE)
FIRST, SECOND = parted(PRIVATE, PUBLIC, RANDOM)


def test_two_sheets_typed_back_however_give_the_key() -> None:
    typed = [" ".join(s.lines()).lower().replace("0", "o") for s in (SECOND, FIRST)]
    second, first = (read_sheet(each) for each in typed)
    assert joined(second, first) == PRIVATE
    assert joined(first, second) == PRIVATE
    assert is_of(first, PUBLIC)
    assert not is_of(first, public_of(RANDOM))


def test_a_sheet_alone_is_random_and_the_key_stands_on_neither() -> None:
    assert FIRST.share == RANDOM
    assert PRIVATE not in (FIRST.share, SECOND.share)


@pytest.mark.parametrize("line", range(5))
def test_each_mistyped_character_and_each_swap_is_named_by_its_line(line: int) -> None:
    lines = FIRST.lines()
    plain = lines[line].replace("-", "")
    for at, sign in enumerate(plain):
        wrong = plain[:at] + ("2" if sign != "2" else "3") + plain[at + 1 :]
        with pytest.raises(SheetError, match=f"Line {line + 1} is mistyped"):
            read_sheet("\n".join([*lines[:line], wrong, *lines[line + 1 :]]))
    for at in range(len(plain) - 1):
        if plain[at] != plain[at + 1]:
            swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
            with pytest.raises(SheetError, match=f"Line {line + 1} "):
                read_sheet("\n".join([*lines[:line], swapped, *lines[line + 1 :]]))


def test_sheets_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(SheetError, match="Both are sheet 1"):
        joined(FIRST, FIRST)
    other = parted(RANDOM, public_of(RANDOM), PRIVATE)[1]
    with pytest.raises(SheetError, match="different recovery keys"):
        joined(FIRST, other)
    with pytest.raises(SheetError, match="were typed instead of 65"):
        read_sheet("\n".join(FIRST.lines()[:4]))


def test_a_public_half_is_one_word_that_sees_its_own_mistakes() -> None:
    text = public_text(PUBLIC)
    assert re.fullmatch(r"[0-9A-Z-]+", text)
    assert read_public(text.lower()) == PUBLIC
    with pytest.raises(SheetError):
        read_public(text[:-3])
    with pytest.raises(SheetError):
        read_public("\n".join(FIRST.lines()))
