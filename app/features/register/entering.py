"""What a form is after something was typed or tapped."""

from dataclasses import replace
from typing import assert_never

from app.clinic.registration import Relationship
from app.core.values import NameStatus, Who
from app.features.register.checking import Context, may_be_child
from app.features.register.events import (
    Entered,
    LanguageToggled,
    NameWordPressed,
    PhoneAdded,
    PhoneTyped,
    Pressed,
    Typing,
)
from app.features.register.form import YES, Field, Form

_MAY_BE_TAKEN_BACK = frozenset(
    {
        Field.RELATION,
        Field.WHO,
        Field.NAME_STATUS,
        Field.ORIGIN,
        Field.INTERPRETER,
        Field.SOURCE,
        Field.ARRIVAL_SET,
    }
)
_OF_ARRIVAL = frozenset(
    {
        Field.PLACE,
        Field.VESSEL,
        Field.ARRIVED_DAY,
        Field.ARRIVED_MONTH,
        Field.ARRIVED_YEAR,
        Field.ARRIVED_TIME,
    }
)
_OF_NAME = frozenset({Field.ORIGINAL, Field.LATIN})


def entered(form: Form, event: Typing, context: Context) -> Form:
    """Return the form after an event."""
    match event:
        case Entered(field, text):
            return _typed(form, field, text)
        case Pressed(field, value):
            return _pressed(form, field, value, context)
        case LanguageToggled(tag):
            return replace(form, languages=_toggled(form.languages, tag))
        case PhoneTyped(index, text):
            return replace(form, phones=_at(form.phones, index, text))
        case PhoneAdded():
            return replace(form, phones=(*(form.phones or ("",)), ""))
        case NameWordPressed(word):
            return _with_word(form, word)
        case _:
            assert_never(event)


def _typed(form: Form, field: Field, text: str) -> Form:
    found = form.entered(field, text)
    if field in _OF_ARRIVAL:
        return replace(found, arrival_set=YES)
    if field in _OF_NAME and text.strip():
        return replace(found, name_status=NameStatus.SAID.value)
    return found


def _pressed(form: Form, field: Field, value: str, context: Context) -> Form:
    is_again = getattr(form, field.value) == value and field in _MAY_BE_TAKEN_BACK
    found = form.entered(field, "" if is_again else value)
    if field is not Field.RELATION:
        return found
    return _with_parent(_without_parent(form, found, context), context)


def _without_parent(before: Form, form: Form, context: Context) -> Form:
    """Take back who is with a child, where it was made from the relation alone."""
    if before.relation != Relationship.CHILD or context.first is None:
        return form
    made = (Who.PARENT.value, context.first.name.display)
    is_made = (before.who, before.who_name) == made
    return replace(form, who="", who_name="") if is_made else form


def _with_parent(form: Form, context: Context) -> Form:
    """A child of the first person is with a parent, until somebody says otherwise."""
    first = context.first
    is_child = form.relation == Relationship.CHILD and first is not None
    if not is_child or form.who or first is None:
        return form
    # An adult child has no such question; what is not asked is not written either.
    if form.birth_entry.is_empty or may_be_child(form, context):
        return replace(form, who=Who.PARENT.value, who_name=first.name.display)
    return form


def _toggled(tags: tuple[str, ...], tag: str) -> tuple[str, ...]:
    return tuple(t for t in tags if t != tag) if tag in tags else (*tags, tag)


def _at(phones: tuple[str, ...], index: int, text: str) -> tuple[str, ...]:
    room = [*phones, *[""] * (index + 1 - len(phones))]
    room[index] = text
    return tuple(room)


def _with_word(form: Form, word: str) -> Form:
    """Add a relative's word to the name in the script that it is written in."""
    is_latin = word.isascii() or word[0] < "\u0370"
    field = Field.LATIN if is_latin else Field.ORIGINAL
    joined = f"{getattr(form, field.value)} {word}".strip()
    return _typed(form, field, joined)
