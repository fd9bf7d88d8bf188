"""What is known of a form before any answer: parents, depth, order of the rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar


class Rule(Protocol):
    """A condition on another question."""

    @property
    def question(self) -> str:
        """The link id of the question."""
        ...


class Rules(Protocol):
    """The rules of an item, as far as order is concerned."""

    @property
    def enable_when(self) -> Iterable[Rule]:
        """The conditions on other questions."""
        ...

    @property
    def mentions(self) -> Iterable[str]:
        """The link ids that expressions name."""
        ...


class Node(Protocol):
    """An item, as far as its place is concerned."""

    @property
    def link_id(self) -> str:
        """The name of the item."""
        ...

    @property
    def is_repeating_group(self) -> bool:
        """Say if the item is a group that stands several times."""
        ...

    @property
    def logic(self) -> Rules:
        """The rules of the item."""
        ...

    @property
    def items(self) -> Iterable[Self]:
        """The items within."""
        ...


Item = TypeVar("Item", bound=Node)


@dataclass(frozen=True, slots=True)
class Index(Generic[Item]):
    """Look-ups by link id; `loop` names one item of a loop of skip rules."""

    by_link_id: dict[str, Item]
    parents: dict[str, str]
    groups: dict[str, tuple[str, ...]]
    order: tuple[str, ...]
    loop: str | None
    repeating: bool

    @classmethod
    def of(cls, items: Iterable[Item]) -> Self:
        """Index a tree of items; of two with one link id, the later one stands."""
        by_link_id: dict[str, Item] = {}
        parents: dict[str, str] = {}
        groups: dict[str, tuple[str, ...]] = {}
        for item, parent in _walk(items, None):
            by_link_id[item.link_id] = item
            chain: tuple[str, ...] = ()
            if parent is not None:
                parents[item.link_id] = parent.link_id
                chain = groups[parent.link_id]
                if parent.is_repeating_group:
                    chain = (*chain, parent.link_id)
            groups[item.link_id] = chain
        order, loop = _order(by_link_id, parents)
        repeating = any(item.is_repeating_group for item in by_link_id.values())
        return cls(by_link_id, parents, groups, order, loop, repeating)

    def descendants(self, link_id: str) -> Iterator[str]:
        """Return the link ids of an item and of all within it."""
        item = self.by_link_id.get(link_id)
        if item is not None:
            for inner, _ in _walk([item], None):
                yield inner.link_id


def _walk(
    items: Iterable[Item], parent: Item | None
) -> Iterator[tuple[Item, Item | None]]:
    for item in items:
        yield item, parent
        yield from _walk(item.items, item)


def _order(
    items: dict[str, Item], parents: dict[str, str]
) -> tuple[tuple[str, ...], str | None]:
    """Order items so that what a rule asks about comes before the rule."""
    asks = {
        link_id: [
            rule.question for rule in item.logic.enable_when if rule.question in items
        ]
        for link_id, item in items.items()
    }
    loop = _sort(asks)[1]
    for link_id, item in items.items():
        asks[link_id] += [name for name in item.logic.mentions if name in items]
        if link_id in parents:
            asks[link_id].append(parents[link_id])
    return _sort(asks)[0], loop


def _sort(asks: dict[str, list[str]]) -> tuple[tuple[str, ...], str | None]:
    """Sort by depth-first search without recursion; name the first item of a loop."""
    done: dict[str, None] = {}
    open_: set[str] = set()
    loop: str | None = None
    for start in asks:
        stack = [start]
        while stack:
            link_id = stack[-1]
            if link_id in done or link_id in open_:
                stack.pop()
                open_.discard(link_id)
                done[link_id] = None
                continue
            open_.add(link_id)
            for other in asks[link_id]:
                if other in open_:
                    loop = loop or other
                elif other not in done:
                    stack.append(other)
    return tuple(done), loop
