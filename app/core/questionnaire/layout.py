"""Where items stand once instances of repeating groups are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from app.core.questionnaire.answers import FIRST_INSTANCE, Answer, Answers, ItemPath
from app.core.questionnaire.expressions import Reach
from app.core.questionnaire.model import EnableWhen, Questionnaire, QuestionnaireItem


@dataclass(frozen=True, slots=True)
class Entry:
    """One item at one place; `parent` is the path of what it stands in."""

    path: ItemPath
    item: QuestionnaireItem
    parent: ItemPath | None


Instances = Mapping[ItemPath, tuple[str, ...]]
"""For each repeating group and what it stands in: the keys of its instances."""


def instances_of(
    questionnaire: Questionnaire, answers: Mapping[ItemPath, Answer]
) -> Instances:
    """Find the instances that answers speak of; the first is always there."""
    found: dict[ItemPath, set[str]] = {}
    index = questionnaire.index
    if not index.repeating:
        return {}
    for path in answers:
        item = index.by_link_id.get(path.link_id)
        if item is None:
            continue
        chain = index.groups[path.link_id]
        if item.is_repeating_group:
            chain = (*chain, path.link_id)
        if len(chain) == len(path.instances):
            for depth, (group, key) in enumerate(
                zip(chain, path.instances, strict=True)
            ):
                place = ItemPath(group, path.instances[:depth])
                found.setdefault(place, set()).add(key)
    return {
        place: (FIRST_INSTANCE, *sorted(keys - {FIRST_INSTANCE}))
        for place, keys in found.items()
    }


def expand(questionnaire: Questionnaire, instances: Instances) -> tuple[Entry, ...]:
    """Return every item at every place, in document order."""
    entries: list[Entry] = []
    _expand(questionnaire.items, (), None, instances, entries)
    return tuple(entries)


def _expand(
    items: tuple[QuestionnaireItem, ...],
    keys: tuple[str, ...],
    parent: ItemPath | None,
    instances: Instances,
    entries: list[Entry],
) -> None:
    for item in items:
        places = [keys]
        if item.is_repeating_group:
            own = instances.get(ItemPath(item.link_id, keys), (FIRST_INSTANCE,))
            places = [(*keys, key) for key in own]
        for place in places:
            path = ItemPath(item.link_id, place)
            entries.append(Entry(path, item, parent))
            _expand(item.items, place, path, instances, entries)


def without_instance(
    questionnaire: Questionnaire, answers: Answers, path: ItemPath
) -> Answers:
    """Return answers without one instance of a repeating group and all within it."""
    inner = set(questionnaire.index.descendants(path.link_id))
    depth = len(path.instances)
    gone = [
        other
        for other in answers
        if other.link_id in inner and other.instances[:depth] == path.instances
    ]
    return answers.without(*gone)


Rule = tuple[EnableWhen, tuple[ItemPath, ...] | None]
"""A condition, and where the question that it asks about stands (None: nowhere)."""


@dataclass(frozen=True)
class Layout:
    """A form at its places; kept from one evaluation to the next.

    `hidden` has what stands within something hidden too; `ordered` has what a rule
    asks about before the rule; `reaches` remembers.
    """

    questionnaire: Questionnaire
    instances: Instances
    entries: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    hidden: frozenset[ItemPath]
    ordered: tuple[Entry, ...]
    paths: Mapping[str, tuple[ItemPath, ...]]
    rules: Mapping[ItemPath, tuple[Rule, ...]]
    has_expressions: bool
    reaches: dict[object, Reach] = field(default_factory=dict)


def layout_of(
    questionnaire: Questionnaire,
    answers: Mapping[ItemPath, Answer],
    previous: Layout | None = None,
) -> Layout:
    """Lay a form out, or keep the previous layout where the places are the same."""
    instances = instances_of(questionnaire, answers)
    if previous is not None and previous.instances == instances:
        return previous
    entries = expand(questionnaire, instances)
    at: dict[str, list[Entry]] = {}
    for entry in entries:
        at.setdefault(entry.path.link_id, []).append(entry)
    order = questionnaire.index.order
    paths = {name: tuple(e.path for e in found) for name, found in at.items()}
    return Layout(
        questionnaire=questionnaire,
        instances=instances,
        entries=entries,
        questions=tuple(entry for entry in entries if entry.item.is_question),
        hidden=_hidden(entries),
        ordered=tuple(e for link_id in order for e in at.get(link_id, ())),
        paths=paths,
        rules={
            entry.path: _rules(questionnaire, entry, paths)
            for entry in entries
            if entry.item.logic.enable_when
        },
        has_expressions=any(
            entry.item.logic.enable_expression or entry.item.logic.calculated
            for entry in entries
        ),
    )


def _hidden(entries: tuple[Entry, ...]) -> frozenset[ItemPath]:
    found: set[ItemPath] = set()
    for entry in entries:
        if entry.item.hidden or entry.parent in found:
            found.add(entry.path)
    return frozenset(found)


def _rules(
    questionnaire: Questionnaire,
    entry: Entry,
    paths: Mapping[str, tuple[ItemPath, ...]],
) -> tuple[Rule, ...]:
    """Point each rule at the question in the same instances of shared groups."""
    groups = questionnaire.index.groups
    own = groups[entry.path.link_id]
    found: list[Rule] = []
    for condition in entry.item.logic.enable_when:
        asked = paths.get(condition.question)
        if asked is not None:
            theirs = groups[condition.question]
            pairs = zip(own, theirs, strict=False)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            keys = entry.path.instances[:shared]
            asked = tuple(path for path in asked if path.instances[:shared] == keys)
        found.append((condition, asked))
    return tuple(found)
