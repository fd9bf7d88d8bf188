"""What is typed into the fields of a question, and the answer that it makes.

A slot is one field: "0.text" is the text of the first value, "0.day" the day of its
date, "0.unit" the place of its unit among those to choose. What is typed is kept as
typed; what it makes is judged by the form. Text that is no number or date makes a
value of the wrong type, which is told under the question and loses nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.questionnaire import (
    Answer,
    ItemType,
    QuestionnaireItem,
    Value,
    measured,
)
from app.i18n.digits import ascii_digits, parse_decimal, parse_integer

Slots = tuple[tuple[str, str], ...]
"""Names of slots and what is typed in them, in order of the names."""

DATES = frozenset({ItemType.DATE, ItemType.DATE_TIME})
TIMES = frozenset({ItemType.TIME, ItemType.DATE_TIME})
NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.QUANTITY})
UNANSWERABLE = frozenset({ItemType.ATTACHMENT, ItemType.REFERENCE})
"""What a field cannot hold: it is said so, with the quiet answers below."""

_CHOICES = frozenset({ItemType.CHOICE, ItemType.OPEN_CHOICE})
_YEAR, _PART = 4, 2


def with_slot(slots: Slots, name: str, text: str) -> Slots:
    """Return slots with one more text, or another."""
    return tuple(sorted({**dict(slots), name: text}.items()))


def places(slots: Slots) -> tuple[str, ...]:
    """Return the places of values that have fields; the first always has."""
    found = {name.partition(".")[0] for name, _text in slots}
    return tuple(sorted(found | {"0"}, key=int))


def without_place(slots: Slots, place: str) -> Slots:
    """Return slots without the fields of one value."""
    return tuple(each for each in slots if not each[0].startswith(f"{place}."))


def is_chosen_alone(item: QuestionnaireItem) -> bool:
    """Tell whether an item is answered by tiles and has no field beside them."""
    return item.type is ItemType.BOOLEAN or (
        bool(item.options) and not item.accepts_text
    )


def slots_of(item: QuestionnaireItem, answer: Answer) -> Slots:
    """Return the fields of an answer that was given before."""
    if is_chosen_alone(item):
        return ()
    found: dict[str, str] = {}
    values = [v for v in answer.values if not _is_option(item, v)]
    for index, value in enumerate(values):
        parts = _parts(item, value)
        found.update({f"{index}.{name}": text for name, text in parts.items()})
    return tuple(sorted(found.items()))


def answer_of(
    item: QuestionnaireItem, slots: Slots, before: Answer, zone: str
) -> Answer:
    """Return the answer that the fields make, beside the options chosen before."""
    typed = dict(slots)
    made = [
        value
        for place in places(slots)
        if (value := _value(item, _at(typed, place), zone)) is not None
    ]
    chosen = [v for v in before.values if _is_option(item, v)]
    if item.repeats:
        return Answer((*chosen, *made))
    return Answer(tuple(made[:1] or chosen[:1]))


def _is_option(item: QuestionnaireItem, value: Value) -> bool:
    return any(
        option.value.kind == value.kind and option.value.matches(value)
        for option in item.options
    )


def _at(typed: Mapping[str, str], place: str) -> dict[str, str]:
    start = f"{place}."
    return {
        name.removeprefix(start): text
        for name, text in typed.items()
        if name.startswith(start)
    }


def _value(
    item: QuestionnaireItem, parts: Mapping[str, str], zone: str
) -> Value | None:
    if item.type in DATES or item.type is ItemType.TIME:
        return _moment(item, parts, zone)
    text = parts.get("text", "")
    if not text.strip():
        return None
    if item.type in NUMBERS:
        return _number(item, text, parts.get("unit", ""))
    if item.type in _CHOICES:
        return Value.string(text.strip())
    return Value("Uri" if item.type is ItemType.URL else "String", text.strip())


def _number(item: QuestionnaireItem, text: str, unit: str) -> Value:
    if item.type is ItemType.INTEGER:
        whole = parse_integer(text)
        return Value("Integer", text) if whole is None else Value.integer(whole)
    digits = parse_decimal(text)
    if item.type is ItemType.DECIMAL:
        return Value("Decimal", text if digits is None else digits)
    units = item.unit_options
    chosen = units[int(unit)] if unit.isdecimal() and int(unit) < len(units) else None
    if chosen is None and item.unit is None and units:
        chosen = units[0]
    return measured(item, text if digits is None else digits, chosen)


def _moment(
    item: QuestionnaireItem, parts: Mapping[str, str], zone: str
) -> Value | None:
    found = {name: ascii_digits(text).strip() for name, text in parts.items()}
    if not any(found.values()):
        return None
    clock = _clock(found)
    if item.type is ItemType.TIME:
        return Value("Time", clock)
    day = _day(found)
    if item.type is ItemType.DATE:
        return Value("Date", day)
    return Value("DateTime", _with_zone(day, clock, zone) if clock else day)


def _day(parts: Mapping[str, str]) -> str:
    """Return the date as far as it is known; what is no date stays as typed."""
    year, month, day = (parts.get(name, "") for name in ("year", "month", "day"))
    found = [year.zfill(_YEAR) if year else "?"]
    if month or day:
        found.append(month.zfill(_PART) if month else "?")
    if day:
        found.append(day.zfill(_PART))
    return "-".join(found)


def _clock(parts: Mapping[str, str]) -> str:
    hour, minute = parts.get("hour", ""), parts.get("minute", "")
    if not hour and not minute:
        return ""
    return f"{hour.zfill(_PART)}:{(minute or '0').zfill(_PART)}:00"


def _with_zone(day: str, clock: str, zone: str) -> str:
    """Return an instant as FHIR wants it: a time of day has a zone."""
    text = f"{day}T{clock}"
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except ValueError:
        return text


def _parts(item: QuestionnaireItem, value: Value) -> dict[str, str]:
    text = value.data if isinstance(value.data, str) else ""
    if item.type in DATES or item.type is ItemType.TIME:
        return _moment_parts(item, text)
    quantity = value.as_quantity
    if quantity is not None:
        units = [unit.code or unit.display for unit in item.unit_options]
        parts = {"text": _digits(value)}
        if quantity.unit_key in units:
            parts["unit"] = str(units.index(quantity.unit_key))
        return parts
    coding = value.as_coding
    if coding is not None:
        return {"text": coding.display or coding.code or ""}
    return {"text": str(value.data)}


def _digits(value: Value) -> str:
    """Return a measured number as it was typed, with the zeros at its end."""
    data = value.data
    raw = data.get("value") if isinstance(data, Mapping) else None
    return str(raw)


def _moment_parts(item: QuestionnaireItem, text: str) -> dict[str, str]:
    day, _t, clock = text.partition("T")
    if item.type is ItemType.TIME:
        day, clock = "", text
    names = zip(("year", "month", "day"), day.split("-"), strict=False)
    found = {name: part for name, part in names if part and part != "?"}
    hour, _colon, rest = clock.partition(":")
    if hour:
        found.update({"hour": hour, "minute": rest[:_PART]})
    return found
