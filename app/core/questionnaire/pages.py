"""A form in pages: one section a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.questionnaire.answers import ItemPath
from app.core.questionnaire.layout import Entry
from app.core.questionnaire.model import ItemType
from app.core.questionnaire.texts import Text

QUESTIONS_A_PAGE = 6


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page now; `key` is the link id or path that it starts with.

    `entries` are the groups, texts and questions to draw, in order.
    """

    key: str
    title: Text | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of a page, shown or not."""

    title: Text | None
    entries: tuple[Entry, ...]


Tree = list[Entry]
"""An item and all within it, in document order."""


def sections_of(entries: Sequence[Entry]) -> tuple[Section, ...]:
    """Divide a form: each outer group is a section, loose questions make some.

    A long group that stands alone or has groups within is divided in its turn.
    """
    return tuple(_divide(list(_trees(entries)), None))


def pages_of(
    sections: Iterable[Section],
    enabled: Mapping[ItemPath, bool],
    left_out: Iterable[str] = (),
) -> tuple[Page, ...]:
    """Return the pages that have something to read or answer now."""
    results = frozenset(left_out)
    pages = []
    for section in sections:
        shown = tuple(_shown(section.entries, enabled, results))
        if any(entry.item.type is not ItemType.GROUP for entry in shown):
            key = section.entries[0].path.encode()
            pages.append(Page(key, section.title, shown))
    return tuple(pages)


def _shown(
    entries: Iterable[Entry], enabled: Mapping[ItemPath, bool], results: frozenset[str]
) -> Iterator[Entry]:
    hidden: set[ItemPath] = set()
    for entry in entries:
        path = entry.path
        if entry.item.hidden or entry.parent in hidden or path.link_id in results:
            hidden.add(path)
        elif enabled[path]:
            yield entry


def _trees(entries: Sequence[Entry]) -> Iterator[Tree]:
    tree: Tree = []
    for entry in entries:
        if tree and entry.parent == tree[0].parent:
            yield tree
            tree = []
        tree.append(entry)
    if tree:
        yield tree


def _divide(trees: list[Tree], title: Text | None) -> Iterator[Section]:
    loose: Tree = []
    for tree in trees:
        item = tree[0].item
        is_group = item.type is ItemType.GROUP
        count = sum(entry.item.is_question for entry in loose)
        if loose and (is_group or count >= QUESTIONS_A_PAGE):
            yield Section(title, tuple(loose))
            loose = []
        if not is_group:
            loose += tree
        elif _is_to_divide(tree, alone=len(trees) == 1):
            yield from _divide(list(_trees(tree[1:])), item.text or title)
        else:
            yield Section(item.text or title, tuple(tree))
    if loose:
        yield Section(title, tuple(loose))


def _is_to_divide(tree: Tree, *, alone: bool) -> bool:
    item = tree[0].item
    if item.repeats or item.hidden:
        return False
    questions = sum(entry.item.is_question for entry in tree)
    has_groups = any(inner.type is ItemType.GROUP for inner in item.items)
    return questions > QUESTIONS_A_PAGE and (alone or has_groups)
