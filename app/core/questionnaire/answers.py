"""Answers and where they stand, apart from any form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from app.core.questionnaire.values import EMPTY, JsonObject, Value, freeze, thaw
from app.core.questionnaire.values import value_of as read_value

FIRST_INSTANCE = "0"
ASKED_UNKNOWN = "asked-unknown"
ASKED_DECLINED = "asked-declined"

_instance_key = re.compile(r"[0-9a-z]+")


class PathError(ValueError):
    """A field key is not that of an answer."""


class AnswerError(ValueError):
    """Stored JSON is not that of an answer."""


@dataclass(frozen=True, slots=True, order=True)
class ItemPath:
    """An item, and the instances of the repeating groups that it stands in.

    The path of a repeating group's instance ends in that instance's own key.
    """

    link_id: str
    instances: tuple[str, ...] = ()

    def encode(self) -> str:
        """Return the field key: instances joined by dots, a colon, the link id."""
        return f"{'.'.join(self.instances)}:{self.link_id}"

    @classmethod
    def decode(cls, key: str) -> Self:
        """Read a field key; raise PathError for anything else."""
        before, colon, link_id = key.partition(":")
        instances = tuple(before.split(".")) if before else ()
        if not colon or not link_id or not all(map(is_instance_key, instances)):
            raise PathError
        return cls(link_id, instances)


def is_instance_key(key: str) -> bool:
    """Say if a text can name an instance of a repeating group."""
    return _instance_key.fullmatch(key) is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: values, or that and why there is none (`absent`).

    An empty answer is a cleared one; at a repeating group's path it only says
    that this instance is there.
    """

    values: tuple[Value, ...] = ()
    absent: str | None = None
    extra: JsonObject = EMPTY

    @classmethod
    def of(cls, *values: Value) -> Self:
        """Make an answer of values."""
        return cls(values)

    @classmethod
    def unknown(cls) -> Self:
        """Make the answer "don't know"."""
        return cls(absent=ASKED_UNKNOWN)

    @classmethod
    def declined(cls) -> Self:
        """Make the answer "prefers not to say"."""
        return cls(absent=ASKED_DECLINED)

    @property
    def is_empty(self) -> bool:
        """Say if nothing was said, not even that it is not known."""
        return not self.values and self.absent is None

    def to_json(self) -> dict[str, object]:
        """Return the JSON to store; from_json gives the same answer back."""
        stored: dict[str, object] = {k: thaw(v) for k, v in self.extra.items()}
        if self.values:
            stored["values"] = [_value_json(value) for value in self.values]
        if self.absent is not None:
            stored["absent"] = self.absent
        return stored

    @classmethod
    def from_json(cls, stored: object) -> Self:
        """Read stored JSON, unknown members kept; raise AnswerError."""
        if not isinstance(stored, Mapping):
            raise AnswerError
        values, absent = stored.get("values", []), stored.get("absent")
        if not isinstance(values, list) or not isinstance(absent, str | None):
            raise AnswerError
        extra = {k: freeze(v) for k, v in stored.items() if k not in _known_members}
        return cls(tuple(map(_read_value, values)), absent, JsonObject(extra))


_known_members = frozenset({"values", "absent"})


def _value_json(value: Value) -> dict[str, object]:
    stored: dict[str, object] = {k: thaw(v) for k, v in value.extra.items()}
    if value.kind:
        stored[f"value{value.kind}"] = thaw(value.data)
    return stored


def _read_value(stored: object) -> Value:
    if not isinstance(stored, Mapping):
        raise AnswerError
    value = read_value(stored)
    name = f"value{value.kind}" if value else None
    extra = JsonObject({k: freeze(v) for k, v in stored.items() if k != name})
    if value is None:
        return Value("", None, extra)
    return Value(value.kind, value.data, extra)


class Answers(Mapping[ItemPath, Answer]):
    """An immutable set of answers by path."""

    __slots__ = ("_answers",)

    def __init__(self, answers: Mapping[ItemPath, Answer] | None = None) -> None:
        self._answers = dict(answers or {})

    def __getitem__(self, path: ItemPath) -> Answer:
        return self._answers[path]

    def __iter__(self) -> Iterator[ItemPath]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answers) and self._answers == other._answers

    def __hash__(self) -> int:
        return hash(frozenset(self._answers.items()))

    def __repr__(self) -> str:
        return f"Answers({len(self._answers)} paths)"

    def set(self, path: ItemPath, answer: Answer) -> "Answers":
        """Return these answers with one more or another at a path."""
        return Answers({**self._answers, path: answer})

    def without(self, *paths: ItemPath) -> "Answers":
        """Return these answers without some paths."""
        gone = set(paths)
        return Answers({p: a for p, a in self._answers.items() if p not in gone})

    def add_instance(self, path: ItemPath) -> "Answers":
        """Return these answers with one more instance of a repeating group."""
        return self.set(path, self._answers.get(path, Answer()))

    def to_json(self) -> dict[str, dict[str, object]]:
        """Return the stored form: field key to the JSON of its answer."""
        return {path.encode(): answer.to_json() for path, answer in self.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Answers":
        """Read the stored form; null is no answer. Raises PathError or AnswerError."""
        return cls(
            {
                ItemPath.decode(key): Answer.from_json(answer)
                for key, answer in stored.items()
                if answer is not None
            }
        )
