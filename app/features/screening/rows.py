"""What stands on a page, from top to bottom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.core.questionnaire import (
    Entry,
    FormState,
    ItemPath,
    ItemType,
    Page,
    Problem,
    QuestionnaireItem,
    is_result,
)

_HELP = frozenset({"help", "flyover", "prompt", "legal"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A group within the page; `number` counts instances, 0 where there is one."""

    path: ItemPath
    item: QuestionnaireItem
    number: int = 0
    can_go: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A text to read aloud."""

    path: ItemPath
    item: QuestionnaireItem


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the texts that explain it."""

    path: ItemPath
    item: QuestionnaireItem
    helps: tuple[QuestionnaireItem, ...] = ()
    is_calculated: bool = False


@dataclass(frozen=True, slots=True)
class AddAnother:
    """After the last instance of a repeating group: one more."""

    path: ItemPath
    """Of the last instance."""
    item: QuestionnaireItem


Row = Heading | Words | Question | AddAnother


def rows_of(state: FormState, page: Page) -> list[Row]:
    """Return the rows of a page, each instance with its number and its end."""
    helps = _helps(page)
    last = _last_entries(page)
    rows: list[Row] = []
    for entry in page.entries:
        if (found := _row(state, page, entry, helps)) is not None:
            rows.append(found)
        rows += [
            AddAnother(path, item)
            for path, item in last.get(entry.path, ())
            if not item.read_only and _has_room(state, path, item)
        ]
    return rows


def _row(
    state: FormState,
    page: Page,
    entry: Entry,
    helps: dict[ItemPath, tuple[QuestionnaireItem, ...]],
) -> Row | None:
    path, item = entry.path, entry.item
    if item.type is ItemType.GROUP:
        return _heading(state, page, entry)
    if item.type is ItemType.DISPLAY:
        is_help = item.item_control in _HELP and entry.parent in helps
        return None if is_help else Words(path, item)
    calculated = item.logic.calculated is not None
    if calculated and is_result(state.questionnaire, item):
        return None
    return Question(path, item, helps.get(path, ()), calculated or item.read_only)


def _heading(state: FormState, page: Page, entry: Entry) -> Row | None:
    path, item = entry.path, entry.item
    if item.is_repeating_group:
        keys = _keys(state, path)
        number = keys.index(path.instances[-1]) + 1 if len(keys) > 1 else 0
        return Heading(path, item, number, can_go=number > 1)
    is_title = item.text is None or item.text == page.title
    return None if is_title else Heading(path, item)


def _has_room(state: FormState, path: ItemPath, item: QuestionnaireItem) -> bool:
    most = item.limits.max_occurs
    return most is None or len(_keys(state, path)) < most


def _keys(state: FormState, path: ItemPath) -> list[str]:
    """Return the keys of all instances beside this one, in order."""
    before = path.instances[:-1]
    return [
        other.instances[-1]
        for other in state.layout.paths.get(path.link_id, ())
        if other.instances[:-1] == before
    ]


def _helps(page: Page) -> dict[ItemPath, tuple[QuestionnaireItem, ...]]:
    found: dict[ItemPath, tuple[QuestionnaireItem, ...]] = {}
    questions = {entry.path for entry in page.entries if entry.item.is_question}
    for entry in page.entries:
        is_help = entry.item.item_control in _HELP
        parent = entry.parent
        if parent is not None and parent in questions and is_help:
            found[parent] = (*found.get(parent, ()), entry.item)
    return found


def _last_entries(
    page: Page,
) -> dict[ItemPath, list[tuple[ItemPath, QuestionnaireItem]]]:
    """Return for the last entry of each repeating group its last instance."""
    by_path = {each.path: each for each in page.entries}
    if not any(each.item.is_repeating_group for each in page.entries):
        return {}
    ends: dict[tuple[str, tuple[str, ...]], tuple[ItemPath, Entry]] = {}
    items: dict[tuple[str, tuple[str, ...]], QuestionnaireItem] = {}
    for entry in page.entries:
        for group in _groups(by_path, entry):
            name = (group.path.link_id, group.path.instances[:-1])
            ends[name] = (group.path, entry)
            items[name] = group.item
    found: dict[ItemPath, list[tuple[ItemPath, QuestionnaireItem]]] = {}
    for name, (path, entry) in ends.items():
        found.setdefault(entry.path, []).append((path, items[name]))
    for ends_here in found.values():
        ends_here.sort(key=lambda end: -len(end[0].instances))
    return found


def _groups(by_path: Mapping[ItemPath, Entry], entry: Entry) -> Iterator[Entry]:
    """Yield the repeating groups that an entry stands in, itself included."""
    current: Entry | None = entry
    while current is not None:
        if current.item.is_repeating_group:
            yield current
        current = by_path.get(current.parent) if current.parent else None
