"""Expressions of a form on its answers: what they need, and what came out before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from app.core.questionnaire import fhirpath
from app.core.questionnaire.answers import Answer, ItemPath
from app.core.questionnaire.fhirpath import ExpressionError
from app.core.questionnaire.index import Index
from app.core.questionnaire.model import (
    Expression,
    Questionnaire,
    QuestionnaireItem,
    named_link_ids,
)

Memory = dict[tuple[object, ...], tuple[object, ...]]
"""Results by expression, place and the answers it can see."""

MAX_NESTED = 40

_LOOKED_UP = re.compile(
    r"(?:%resource)?(?:\.?(?:item|repeat\(item\)|descendants\(\)))+"
    r"\.where\(\s*linkId\s*=\s*'[^'\\]*'\s*\)"
)
_QUESTION_LOOKED_UP = re.compile(
    r"%questionnaire(?:\.(?:item|repeat\(item\)))+\.where\(\s*linkId\s*=\s*'[^'\\]*'\s*\)"
    r"(?:\.answerOption)?"
)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'")
_WIDE = re.compile(
    r"%resource|%context|\$this|\bitem\b|\bchildren\b|\bdescendants\b|(?<![.\w])answer\b"
)
_CLOCK = re.compile(r"\b(?:now|today|timeOfDay)\(\)")
_NAMES = re.compile(r"%`?([A-Za-z_][\w-]*)`?")


@dataclass(frozen=True, slots=True)
class Needs:
    """What an expression reads: `link_ids` None means any answer at all."""

    link_ids: frozenset[str] | None
    clock: bool
    names: tuple[str, ...]


@lru_cache(maxsize=2000)
def needs_of(expression: str) -> Needs:
    """Read off what an expression depends on; when in doubt, on everything."""
    bare = _LOOKED_UP.sub("@", _QUESTION_LOOKED_UP.sub("@", expression))
    bare = _STRING.sub("''", bare)
    link_ids = None if _WIDE.search(bare) else frozenset(named_link_ids(expression))
    names = tuple(dict.fromkeys(_NAMES.findall(_STRING.sub("''", expression))))
    return Needs(link_ids, _CLOCK.search(bare) is not None, names)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: its focus and the variables it can use."""

    path: ItemPath | None
    variables: dict[str, tuple[Expression, "Place"]]


@dataclass(frozen=True, slots=True)
class Reach:
    """All that an expression and its variables read; no paths means everything."""

    paths: tuple[ItemPath, ...] | None
    clock: bool


def reach_of(
    expression: Expression,
    place: Place,
    index: Index[QuestionnaireItem],
    paths: Mapping[str, tuple[ItemPath, ...]],
) -> Reach:
    """Follow variables to all the answers that an expression can see."""
    waiting, seen = [(expression, place)], {(expression.text, place.path)}
    link_ids: set[str] = set()
    everything = clock = False
    while waiting:
        each, where = waiting.pop()
        needs = needs_of(each.text)
        clock = clock or needs.clock
        everything = everything or needs.link_ids is None
        link_ids.update(needs.link_ids or ())
        for name in needs.names:
            inner = where.variables.get(name)
            if inner is not None and (inner[0].text, inner[1].path) not in seen:
                seen.add((inner[0].text, inner[1].path))
                waiting.append(inner)
    if everything:
        return Reach(None, clock)
    within = {below for link_id in link_ids for below in index.descendants(link_id)}
    found = [path for link_id in sorted(within) for path in paths.get(link_id, ())]
    return Reach(tuple(found), clock)


class Form(Protocol):
    """What an evaluator sees of the form while it is being evaluated."""

    @property
    def questionnaire(self) -> Questionnaire:
        """The form."""
        ...

    @property
    def visible(self) -> Mapping[ItemPath, Answer]:
        """The answers that count now."""
        ...

    def reach(self, expression: Expression, place: Place) -> Reach:
        """Return what an expression reads."""
        ...

    def response(self, path: ItemPath | None) -> tuple[object, object]:
        """Return the QuestionnaireResponse and the element of an item in it."""
        ...


@dataclass
class Evaluator:
    """Evaluates expressions on the answers that count now, and remembers."""

    form: Form
    now: str
    known: Mapping[str, object]
    previous: Memory
    memory: Memory = field(default_factory=dict)
    active: set[tuple[str, ItemPath | None]] = field(default_factory=set)

    def values(self, expression: Expression, place: Place) -> tuple[object, ...]:
        """Evaluate, or remember; raise ExpressionError."""
        key = self._key(expression, place)
        if key not in self.memory:
            remembered = self.previous.get(key)
            if remembered is None:
                remembered = self._evaluate(expression, place)
            self.memory[key] = remembered
        return self.memory[key]

    def _key(self, expression: Expression, place: Place) -> tuple[object, ...]:
        reach = self.form.reach(expression, place)
        visible = self.form.visible
        now = self.now if reach.clock else ""
        if reach.paths is None:
            return (expression.text, place.path, now, tuple(visible.items()))
        seen = tuple([visible.get(path) for path in reach.paths])
        return (expression.text, place.path, now, seen)

    def _evaluate(self, expression: Expression, place: Place) -> tuple[object, ...]:
        own = (expression.text, place.path)
        if own in self.active or len(self.active) > MAX_NESTED:
            raise ExpressionError
        self.active.add(own)
        try:
            variables = self._variables(expression, place)
        finally:
            self.active.discard(own)
        resource, focus = self.form.response(place.path)
        variables["resource"] = resource
        variables["questionnaire"] = self.form.questionnaire.resource
        return tuple(fhirpath.evaluate(expression.text, focus, variables, self.now))

    def _variables(self, expression: Expression, place: Place) -> dict[str, object]:
        found: dict[str, object] = dict(self.known)
        for name in needs_of(expression.text).names:
            if name in place.variables:
                inner, where = place.variables[name]
                found[name] = list(self.values(inner, where))
        return found
