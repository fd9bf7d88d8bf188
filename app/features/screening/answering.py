"""What a tap or a keystroke makes of the answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    ItemPath,
    ItemType,
    QuestionnaireItem,
    Value,
    evaluate,
    without_instance,
)
from app.features.screening.entry import (
    Slots,
    answer_of,
    places,
    slots_of,
    with_slot,
    without_place,
)
from app.features.screening.events import (
    AbsentTapped,
    AnswerCleared,
    Answering,
    FieldAdded,
    FieldRemoved,
    InstanceMade,
    InstanceRemoved,
    OptionTapped,
    SlotTyped,
)
from app.features.screening.model import Model
from app.features.screening.seeing import flags_shown

Typed = Mapping[ItemPath, Slots]


def answered(model: Model, event: Answering) -> Model:
    """Return the model after an answer; the form is evaluated anew."""
    if model.state is None:
        return model
    answers = model.state.answers
    match event:
        case InstanceMade(path, key):
            made = ItemPath(path.link_id, (*path.instances[:-1], key))
            return with_answers(model, answers.add_instance(made), model.typed)
        case InstanceRemoved(path):
            form = model.state.questionnaire
            return with_answers(
                model, without_instance(form, answers, path), model.typed
            )
        case _:
            return _question_answered(model, event)


def with_answers(model: Model, answers: Answers, typed: Typed) -> Model:
    """Return the model with other answers, evaluated, and the flags they raise."""
    loaded = model.loaded
    if loaded is None or loaded.form is None:
        return model
    form = loaded.form
    state = evaluate(form.questionnaire, answers, loaded.context, model.state)
    model = replace(model, state=state, typed=typed)
    return replace(model, flags=flags_shown(model, form))


Asked = OptionTapped | AbsentTapped | AnswerCleared | SlotTyped
Typing = SlotTyped | FieldAdded | FieldRemoved


def _question_answered(model: Model, event: Asked | FieldAdded | FieldRemoved) -> Model:
    state, path = model.state, event.path
    item = None if state is None else state.questionnaire.item(path.link_id)
    if state is None or item is None:
        return model
    before = state.answers.get(path, Answer())
    match event:
        case OptionTapped(_, index):
            answer = _tapped(item, before, index)
            slots = slots_of(item, answer)
        case AbsentTapped(_, code):
            answer, slots = Answer(absent=code), ()
        case AnswerCleared():
            answer, slots = Answer(), ()
        case SlotTyped() | FieldAdded() | FieldRemoved():
            slots = _typed(fields_of(model, path, item), event)
            answer = answer_of(item, slots, before, model.zone)
        case _:
            assert_never(event)
    typed = {**model.typed, path: slots}
    return with_answers(model, state.answers.set(path, answer), typed)


def fields_of(model: Model, path: ItemPath, item: QuestionnaireItem) -> Slots:
    """Return what stands in a question's fields: as typed, or as answered before."""
    found = model.typed.get(path)
    if found is not None:
        return found
    answer = model.state.answers.get(path) if model.state else None
    return () if answer is None else slots_of(item, answer)


def _typed(slots: Slots, event: Typing) -> Slots:
    match event:
        case SlotTyped(_, name, text):
            return with_slot(slots, name, text)
        case FieldAdded():
            free = int(places(slots)[-1]) + 1
            return with_slot(with_slot(slots, f"{free}.", ""), "0.", "")
        case FieldRemoved(_, place):
            return without_place(slots, place)
        case _:
            assert_never(event)


def _tapped(item: QuestionnaireItem, before: Answer, index: int) -> Answer:
    if item.type is ItemType.BOOLEAN:
        return Answer.of(YES if index else NO)
    option = item.options[index]
    if not item.repeats:
        return Answer.of(option.value)
    kept = tuple(v for v in before.values if not option.value.matches(v))
    if len(kept) < len(before.values):
        return Answer(kept)
    if option.exclusive:
        return Answer.of(option.value)
    return Answer((*_not_exclusive(item, kept), option.value))


def _not_exclusive(
    item: QuestionnaireItem, values: tuple[Value, ...]
) -> tuple[Value, ...]:
    alone = [option.value for option in item.options if option.exclusive]
    return tuple(v for v in values if not any(each.matches(v) for each in alone))


_ORDINAL = 3


def instance_key(last: str, random: str) -> str:
    """Return a key that stands after the last instance's, and is nobody else's."""
    head = last[:_ORDINAL]
    number = int(head) if len(last) > _ORDINAL and head.isdecimal() else 0
    return f"{number + 1:0{_ORDINAL}}{random}"
