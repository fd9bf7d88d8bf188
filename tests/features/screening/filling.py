"""Filling a form on the screen: each answer by the taps and keys that give it."""

from app.core.questionnaire import (
    Answer,
    Entry,
    ItemType,
    QuestionnaireItem,
    Value,
)
from app.features.screening.entry import (
    UNANSWERABLE,
    slots_of,
)
from app.features.screening.inputs import option_names
from tests.features.screening.ward import Session
from tests.support.walker import Walker

MAX_STEPS = 400


async def fill(session: Session, walker: Walker) -> None:
    """Answer every question of every page, add an instance once, and finish."""
    added: set[str] = set()
    for _ in range(MAX_STEPS):
        entry = _open_question(session)
        if entry is not None:
            await give(session, entry, walker._answer(entry.item))
            continue
        keys = session.client.keys()
        more = [key for key in keys if key.endswith(".another")]
        new = [key for key in more if key.partition(":")[2] not in added]
        if new:
            added.add(new[0].partition(":")[2])
            await session.tap(new[0])
        elif session.client.shows("screening.next"):
            await session.tap("screening.next")
        else:
            await session.tap("screening.finish")
            return
    raise AssertionError("the form does not come to an end")


def _open_question(session: Session) -> Entry | None:
    model = session.model
    for entry in model.page.entries if model.page else ():
        item = entry.item
        is_asked = item.is_question and not item.read_only and not item.logic.calculated
        if is_asked and entry.path not in model.state.counted:
            found: Entry = entry
            return found
    return None


async def give(session: Session, entry: Entry, answer: Answer) -> None:
    """Give one answer."""
    key, item = f"q{entry.path.encode()}", entry.item
    if answer.absent is not None or item.type in UNANSWERABLE:
        await session.tap(f"{key}.quiet.{answer.absent or 'asked-unknown'}")
    elif item.type is ItemType.BOOLEAN:
        await session.tap(f"{key}.{'yes' if answer.values[0].data else 'no'}")
    else:
        for value in answer.values:
            name = _option(item, value)
            if name is not None:
                await session.tap(f"{key}.options.{name}")
        await _type(session, key, item, answer)


def _option(item: QuestionnaireItem, value: Value) -> str | None:
    names = option_names(item)
    for name, option in zip(names, item.options, strict=True):
        if option.value.kind == value.kind and option.value.matches(value):
            return name
    return None


async def _type(
    session: Session, key: str, item: QuestionnaireItem, answer: Answer
) -> None:
    slots = slots_of(item, answer)
    for _more in {name.partition(".")[0] for name, _text in slots} - {"0"}:
        await session.tap(f"{key}.add")
    for name, text in slots:
        place, _, part = name.partition(".")
        end = "" if place == "0" else f".{place}"
        if part in ("day", "month", "year"):
            await session.type(f"{key}.date{end}.{part}", text)
        elif part == "unit":
            await session.tap(f"{key}.unit{end}.{text}")
        else:
            await session.type(f"{key}.{part}{end}", text)
