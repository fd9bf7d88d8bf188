"""Answers to the commonest FHIRPath shapes, looked up without the library."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.core.questionnaire.model import Questionnaire
from app.core.questionnaire.values import Value

_LEAF = re.compile(
    r"%resource\.(?P<reach>item|repeat\(item\))"
    r"\.where\(\s*linkId\s*=\s*'(?P<link_id>[^'\\]+)'\s*\)"
    r"\.answer(?:\.first\(\))?(?P<value>\.value)?(?P<code>\.code)?"
    r"(?:(?P<test>\.(?:empty|exists)\(\))"
    r"|\s*=\s*(?P<literal>true|false|'[^'\\]*'))"
)
_JOINED = re.compile(r"\s+(and|or)\s+")

Lookup = Callable[[str], tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison of one answer."""

    link_id: str
    top_level_only: bool
    code: bool
    test: str
    literal: bool | str | None

    def holds(self, values: tuple[Value, ...]) -> bool:
        """Say if the comparison is true of at most one value."""
        if self.test:
            return bool(values) == (self.test == ".exists()")
        if not values:
            return False
        value = values[0]
        if self.code:
            coding = value.as_coding
            return coding is not None and coding.code == self.literal
        same_kind = isinstance(value.data, bool) == isinstance(self.literal, bool)
        return same_kind and value.data == self.literal


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Comparisons that are all joined by `and`, or all by `or`."""

    leaves: tuple[Leaf, ...]
    any_is_enough: bool

    def holds(self, lookup: Lookup) -> bool:
        """Evaluate on answers, given by link id."""
        found = (leaf.holds(lookup(leaf.link_id)) for leaf in self.leaves)
        return any(found) if self.any_is_enough else all(found)


@lru_cache(maxsize=2000)
def shortcut(expression: str) -> Shortcut | None:
    """Read an expression of a common shape; None for any other."""
    pieces = _JOINED.split(expression.strip())
    joints = set(pieces[1::2])
    leaves = tuple(_leaf(piece) for piece in pieces[::2])
    known = tuple(leaf for leaf in leaves if leaf is not None)
    if len(joints) > 1 or len(known) != len(leaves):
        return None
    return Shortcut(known, joints == {"or"})


def applies(found: Shortcut, questionnaire: Questionnaire) -> bool:
    """Say if every answer that a shortcut looks up stands once in the form."""
    return all(_stands_once(leaf, questionnaire) for leaf in found.leaves)


def _stands_once(leaf: Leaf, questionnaire: Questionnaire) -> bool:
    index = questionnaire.index
    item = index.by_link_id.get(leaf.link_id)
    if item is None:
        return True
    if item.repeats and not leaf.test:
        return False
    if index.groups[leaf.link_id] or item.is_repeating_group:
        return False
    parent = index.parents.get(leaf.link_id)
    if leaf.top_level_only:
        return parent is None
    while parent is not None:
        if index.by_link_id[parent].is_question:
            return False
        parent = index.parents.get(parent)
    return True


def _leaf(text: str) -> Leaf | None:
    found = _LEAF.fullmatch(text)
    if found is None or (found["code"] and not found["value"]):
        return None
    literal = found["literal"]
    if literal is not None and (not found["value"] or _is_wrong_code(found)):
        return None
    if found["test"] and found["code"]:
        return None
    return Leaf(
        link_id=found["link_id"],
        top_level_only=found["reach"] == "item",
        code=bool(found["code"]),
        test=found["test"] or "",
        literal=_literal(literal),
    )


def _is_wrong_code(found: re.Match[str]) -> bool:
    return bool(found["code"]) and not found["literal"].startswith("'")


def _literal(text: str | None) -> bool | str | None:
    if text is None:
        return None
    return text == "true" if text in {"true", "false"} else text[1:-1]
