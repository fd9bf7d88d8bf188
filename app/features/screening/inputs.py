"""What a question is answered with: tiles, or fields, by its type."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from app.core.questionnaire import Answer, ItemPath, ItemType, QuestionnaireItem
from app.features.screening.entry import (
    DATES,
    NUMBERS,
    TIMES,
    UNANSWERABLE,
    Slots,
    is_chosen_alone,
    places,
)
from app.features.screening.events import (
    Event,
    FieldAdded,
    FieldRemoved,
    OptionTapped,
    SlotTyped,
)
from app.features.screening.rows import Question
from app.features.screening.tongues import Tongues
from app.i18n import N_, formats
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.theme import Space

Dispatch = Callable[[Event], None]
NO, YES = "no", "yes"
_LINES = 3
_NUMBER = w.FieldOptions(keyboard=ft.KeyboardType.NUMBER, is_ltr=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands: its key, what was answered, what is typed."""

    key: str
    question: Question
    answer: Answer
    fields: Slots

    @property
    def item(self) -> QuestionnaireItem:
        """The item that is asked."""
        return self.question.item

    @property
    def path(self) -> ItemPath:
        """Where the answer stands."""
        return self.question.path


def input_of(
    asked: Asked, tongues: Tongues, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Return the controls that answer a question."""
    item = asked.item
    if item.type in UNANSWERABLE:
        sentence = look.t.gettext("This can’t be answered on this tablet.")
        return [w.notice(f"{asked.key}.here", sentence, w.Tone.PLAIN)]
    if item.type is ItemType.BOOLEAN:
        return [_yes_no(asked, tongues, dispatch, look)]
    found: list[ft.Control] = []
    if item.options:
        found.append(_options(asked, tongues, dispatch, look))
    if not is_chosen_alone(item):
        found += _fields(asked, tongues, dispatch, look)
    return found


def option_names(item: QuestionnaireItem) -> tuple[str, ...]:
    """Return the names of options in keys: their codes, or else their places."""
    codes = [
        coding.code if (coding := option.value.as_coding) else str(option.value.data)
        for option in item.options
    ]
    names = [code or "" for code in codes]
    if len(set(names)) == len(names) and all(names):
        return tuple(names)
    return tuple(str(place) for place in range(len(names)))


def _yes_no(
    asked: Asked, tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    yes, said_yes = tongues.app(N_("Yes"), look)
    no, said_no = tongues.app(N_("No"), look)
    value = asked.answer.values[0].data if asked.answer.values else None
    chosen = {True: YES, False: NO}.get(value) if isinstance(value, bool) else None
    return w.yes_no(
        asked.key,
        (
            w.Choice(YES, yes, said_yes, icon=ft.Icons.CHECK),
            w.Choice(NO, no, said_no, icon=ft.Icons.CLOSE),
        ),
        chosen,
        look,
        w.Answering(lambda name: dispatch(OptionTapped(asked.path, int(name == YES)))),
    )


def _options(
    asked: Asked, tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    item, names = asked.item, option_names(asked.item)
    choices, chosen = [], set()
    for name, option in zip(names, item.options, strict=True):
        _staff, person = tongues.both(option.text, look)
        label = tongues.staff(option.text, look, option.prefix or "")
        choices.append(w.Choice(name, label, person))
        if any(option.value.matches(value) for value in asked.answer.values):
            chosen.add(name)

    def tapped(name: str) -> None:
        dispatch(OptionTapped(asked.path, names.index(name)))

    tell = w.many(tapped) if item.repeats else w.one(tapped)
    return w.choice_list(f"{asked.key}.options", choices, chosen, look, tell)


def _fields(
    asked: Asked, tongues: Tongues, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    known = places(asked.fields)
    for place in known:
        field = _Field(asked, place, dispatch)
        found += _one_field(field, tongues, look)
        if len(known) > 1:
            found.append(
                w.quiet_button(
                    f"{asked.key}.remove.{place}",
                    _("Remove this answer"),
                    field.remove,
                )
            )
    if asked.item.repeats:
        found.append(
            w.quiet_button(
                f"{asked.key}.add",
                _("Add another answer"),
                lambda: dispatch(FieldAdded(asked.path)),
                ft.Icons.ADD,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Field:
    """One value's fields."""

    asked: Asked
    place: str
    dispatch: Dispatch

    def key(self, name: str) -> str:
        """The key of one of them; the first value's has no number."""
        end = name if self.place == "0" else f"{name}.{self.place}"
        return f"{self.asked.key}.{end}"

    def text(self, name: str) -> str:
        """What is typed in it."""
        return dict(self.asked.fields).get(f"{self.place}.{name}", "")

    def tell(self, name: str, text: str) -> None:
        """It was typed in."""
        self.dispatch(SlotTyped(self.asked.path, f"{self.place}.{name}", text))

    def remove(self) -> None:
        """It is taken away."""
        self.dispatch(FieldRemoved(self.asked.path, self.place))


def _one_field(field: _Field, tongues: Tongues, look: Look) -> list[ft.Control]:
    item = field.asked.item
    found: list[ft.Control] = []
    if item.type in DATES:
        found.append(_date(field, look))
    if item.type in TIMES:
        found.append(_time(field, look))
    if found:
        return found
    found.append(_text(field, tongues, look))
    if item.type is ItemType.QUANTITY and item.unit_options:
        found.append(_units(field, look))
    return found


def _date(field: _Field, look: Look) -> ft.Control:
    parts = w.DateParts(*(field.text(name) for name in ("day", "month", "year")))
    label = look.t.gettext("Date; leave out what nobody knows")
    return w.date_entry(field.key("date"), label, parts, look, w.Dating(field.tell))


def _time(field: _Field, look: Look) -> ft.Control:
    _ = look.t.gettext
    options = replace(w.DIGITS, max_length=2)
    return ft.Row(
        [
            ft.Container(
                w.text_field(
                    field.key(name),
                    label,
                    field.text(name),
                    partial(field.tell, name),
                    options,
                ),
                expand=True,
            )
            for name, label in (("hour", _("Hour")), ("minute", _("Minute")))
        ],
        spacing=Space.SMALL,
    )


def _text(field: _Field, tongues: Tongues, look: Look) -> ft.Control:
    item = field.asked.item
    options = _NUMBER if item.type in NUMBERS else w.FieldOptions()
    if item.type is ItemType.TEXT:
        options = replace(options, lines=_LINES)
    if item.type is ItemType.URL:
        options = replace(options, keyboard=ft.KeyboardType.URL, is_ltr=True)
    if item.entry_format is not None:
        options = replace(options, hint=tongues.staff(item.entry_format, look))
    return w.text_field(
        field.key("text"),
        _label(field, look),
        field.text("text"),
        lambda text: field.tell("text", text),
        options,
    )


def _label(field: _Field, look: Look) -> str:
    t, item = look.t, field.asked.item
    if item.options:
        return t.gettext("Another answer, in words")
    unit = item.unit
    sign = (unit.display or unit.code or "") if unit else ""
    if item.type in NUMBERS and sign and not item.unit_options:
        return t.fill(t.gettext("Number, in {unit}"), unit=formats.unit(t, sign))
    return t.gettext("Number") if item.type in NUMBERS else t.gettext("Answer")


def _units(field: _Field, look: Look) -> ft.Control:
    item = field.asked.item
    choices = [
        w.Choice(str(place), formats.unit(look.t, unit.display or unit.code or ""))
        for place, unit in enumerate(item.unit_options)
    ]
    chosen = field.text("unit") or ("" if item.unit else "0")
    return w.filter_chips(
        field.key("unit"), choices, {chosen}, lambda place: field.tell("unit", place)
    )
