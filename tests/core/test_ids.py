"""Ids and card codes: what a person mistypes is seen."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import (
    ALPHABET,
    CARD_LENGTH,
    CARD_RANDOM_CHARACTERS,
    SALT_BYTES,
    CardCodeError,
    KeyedIds,
    RandomIds,
    check_character,
    derived_id,
    format_card_code,
    parse_card_code,
    patient_id_of_card,
)

BODIES = st.text(
    alphabet=ALPHABET, min_size=CARD_RANDOM_CHARACTERS, max_size=CARD_RANDOM_CHARACTERS
)
CODES = BODIES.map(lambda body: body + check_character(body))
PLACES = st.integers(0, CARD_LENGTH - 1)


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_every_single_mistyped_character_is_seen(
    code: str, place: int, typed: str
) -> None:
    wrong = code[:place] + typed + code[place + 1 :]
    if wrong == code:
        assert parse_card_code(wrong) == code
    else:
        with pytest.raises(CardCodeError):
            parse_card_code(wrong)


@given(CODES, PLACES, PLACES)
def test_every_swap_of_two_characters_is_seen(code: str, one: int, other: int) -> None:
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    wrong = "".join(swapped)
    if wrong == code:
        assert parse_card_code(wrong) == code
    else:
        with pytest.raises(CardCodeError):
            parse_card_code(wrong)


def test_one_code_is_checked_against_all_its_mistypings() -> None:
    code = "7H3KQ9VZ2M" + check_character("7H3KQ9VZ2M")
    wrong = {
        code[:place] + typed + code[place + 1 :]
        for place in range(CARD_LENGTH)
        for typed in ALPHABET
    } - {code}
    assert len(wrong) == CARD_LENGTH * (len(ALPHABET) - 1)
    for each in wrong:
        with pytest.raises(CardCodeError):
            parse_card_code(each)


@given(CODES)
def test_a_printed_code_is_read_as_it_was_made(code: str) -> None:
    printed = format_card_code(code)
    assert [len(group) for group in printed.split("-")] == [4, 4, 3]
    assert parse_card_code(printed) == code
    assert parse_card_code(f"  {printed.lower()} ") == code


@given(CODES)
def test_letters_that_look_like_digits_are_read_as_those(code: str) -> None:
    assert parse_card_code(code.replace("0", "O").replace("1", "I")) == code
    assert parse_card_code(code.replace("0", "o").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "123", "U" * CARD_LENGTH, "سلمى", "7" * 12])
def test_what_is_not_a_code_is_refused(typed: str) -> None:
    with pytest.raises(CardCodeError):
        parse_card_code(typed)


def test_a_minted_code_is_a_valid_one_and_no_two_are_the_same() -> None:
    ids = RandomIds()
    codes = {ids.card_code() for _ in range(200)}
    assert len(codes) == 200
    assert {parse_card_code(code) for code in codes} == codes


def test_a_card_gives_the_same_patient_on_every_tablet_of_a_deployment() -> None:
    one = patient_id_of_card(b"secret of a deployment", "7H3KQ9VZ2M5")
    assert one == patient_id_of_card(b"secret of a deployment", "7H3KQ9VZ2M5")
    assert one != patient_id_of_card(b"secret of another", "7H3KQ9VZ2M5")
    assert one != patient_id_of_card(b"secret of a deployment", "7H3KQ9VZ2M6")
    assert one == "29574002-f280-8083-be4a-e75a10800820"


def test_a_patient_of_a_card_is_a_version_8_uuid() -> None:
    parsed = uuid.UUID(patient_id_of_card(b"secret", "7H3KQ9VZ2M5"))
    assert (parsed.version, parsed.variant) == (8, uuid.RFC_4122)


def test_random_ids_are_version_4_and_tell_no_time() -> None:
    ids = RandomIds()
    made = {ids.new() for _ in range(200)}
    assert len(made) == 200
    assert {uuid.UUID(each).version for each in made} == {4}


def test_salts_and_instance_keys_differ_each_time() -> None:
    ids = RandomIds()
    assert len({ids.salt() for _ in range(50)}) == 50
    assert all(len(ids.salt()) == SALT_BYTES for _ in range(5))
    keys = {ids.instance() for _ in range(50)}
    assert len(keys) == 50
    assert all(key.isalnum() and key == key.lower() for key in keys)


def test_two_tablets_derive_one_id_for_the_score_of_a_response() -> None:
    response, secret = "0b0e8f6c-3f0a-4ac5-9f5e-111111111111", b"of a deployment"
    one = derived_id(secret, response, "score")
    assert one == KeyedIds(RandomIds(), lambda: secret).derived(response, "score")
    assert one != derived_id(secret, response, "other")
    assert one != derived_id(b"of another", response, "score")
    assert one == "dc323a5f-98cc-844a-b676-4a3eb43c05bc"
    parsed = uuid.UUID(one)
    assert (parsed.version, parsed.variant) == (8, uuid.RFC_4122)


def test_a_card_and_a_record_of_one_name_have_different_ids() -> None:
    card = patient_id_of_card(b"secret", "parent\0name")
    assert card != derived_id(b"secret", "parent", "name")
