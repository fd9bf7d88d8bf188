"""A PIN or passphrase as it is typed: given, or chosen twice, by finger or keyboard."""

from types import SimpleNamespace

import flet as ft
import pytest

from app.ui.look import first_look
from app.ui.secret import (
    EMPTY,
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeyEvent,
    KeysSwitched,
    Secret,
    TextTyped,
)
from app.ui.secret_entry import asked_anew, secret_entry

LOOK = first_look("en", 800)


def typed(text: str, secret: Secret = EMPTY) -> Secret:
    for digit in text:
        secret = secret.pressed(DigitPressed(digit))
    return secret


def test_a_new_one_is_chosen_once_it_was_typed_twice_and_the_same() -> None:
    once = typed("428193").confirmed()
    assert (once.text, once.is_chosen) == ("", False)
    assert typed("428193", once).confirmed().is_chosen


def test_two_that_differ_are_typed_anew_on_the_same_keys() -> None:
    letters = EMPTY.pressed(KeysSwitched()).pressed(TextTyped("olive tree"))
    other = letters.confirmed().pressed(TextTyped("olive trees")).confirmed()
    assert other == Secret(has_letters=True, differs=True)
    assert not other.is_chosen
    assert not other.pressed(TextTyped("o")).differs


def test_what_was_typed_on_other_keys_does_not_belong_on_these() -> None:
    repeated = typed("428193").confirmed()
    switched = typed("42", repeated).pressed(KeysSwitched())
    assert (switched.text, switched.first) == ("", "428193")


def test_where_a_passphrase_is_needed_digits_are_not_offered() -> None:
    for role, offered in (("coordinator", False), ("nurse", True)):
        secret = Secret.for_role(role)
        letters = secret if secret.has_letters else secret.pressed(KeysSwitched())
        keys = [c.key for c in secret_entry("k", letters, LOOK, lambda _event: None)]
        assert ("k.digits" in keys) is offered
    needed = Secret.for_role("administrator").confirmed().cleared()
    assert needed.pressed(KeysSwitched()).has_letters


def test_a_sign_is_taken_back_and_no_more_fit_than_there_is_room() -> None:
    assert typed("12").pressed(ErasePressed()).text == "1"
    assert len(typed("1" * 20).text) == 12


def test_what_was_typed_is_in_no_error_text() -> None:
    chosen = typed("428193").confirmed()
    assert "428193" not in f"{chosen}{typed('428193')}{TextTyped('428193')}"


def test_it_is_said_what_to_type() -> None:
    assert "6 digits" in asked_anew(EMPTY, LOOK)
    assert "passphrase" in asked_anew(Secret.for_role("coordinator"), LOOK)
    assert "PIN once more" in asked_anew(typed("428193").confirmed(), LOOK)
    letters = Secret(has_letters=True, first="olive tree")
    assert "passphrase once more" in asked_anew(letters, LOOK)


@pytest.mark.parametrize(
    ("sign", "event"),
    [
        ("4", DigitPressed("4")),
        ("Numpad 4", DigitPressed("4")),
        ("٤", DigitPressed("4")),
        ("۴", DigitPressed("4")),
        ("Backspace", ErasePressed()),
        ("Enter", ContinuePressed()),
        ("Numpad Enter", ContinuePressed()),
        ("a", None),
        ("Tab", None),
    ],
)
def test_a_keyboards_keys_do_what_the_pads_do(
    sign: str, event: KeyEvent | ContinuePressed | None
) -> None:
    assert told(sign, "keyboard", "enter") == ([] if event is None else [event])


def test_enter_on_a_key_of_the_pad_is_no_continue() -> None:
    assert told("Enter", "keyboard") == []


def told(sign: str, *heard_at: str) -> list[object]:
    """What a key tells where it is heard: everywhere around what has the focus."""
    events: list[object] = []
    around = secret_entry("unlock", EMPTY, LOOK, events.append)[0]
    assert isinstance(around, ft.KeyboardListener)
    assert isinstance(around.content, ft.Column)
    for listener in (around, around.content.controls[0]):
        assert isinstance(listener, ft.KeyboardListener)
        if str(listener.key).removeprefix("unlock.") in heard_at:
            assert listener.on_key_down is not None
            listener.on_key_down(SimpleNamespace(key=sign))  # type: ignore[call-arg, arg-type]
    return events
