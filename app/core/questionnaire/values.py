"""Immutable FHIR values: what an answer, an option or a rule's operand holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self, TypeAlias

Json: TypeAlias = "bool | int | str | tuple[Json, ...] | JsonObject | None"


class JsonObject(Mapping[str, Json]):
    """An immutable, hashable JSON object; numbers with a fraction are strings."""

    __slots__ = ("_hash", "_members")

    def __init__(self, members: Mapping[str, Json]) -> None:
        self._members = dict(members)
        self._hash: int | None = None

    def __getitem__(self, name: str) -> Json:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsonObject) and self._members == other._members

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._members.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"JsonObject({self._members!r})"

    def text(self, name: str) -> str | None:
        """Return a member that is a string, or None."""
        member = self._members.get(name)
        return member if isinstance(member, str) else None


EMPTY = JsonObject({})
MAX_EXPONENT = 30
MAX_NESTING = 100


class NestingError(ValueError):
    """JSON is nested deeper than any value that people write."""


def freeze(value: object, depth: int = 0) -> Json:
    """Return parsed JSON as an immutable value; fractions become decimal strings.

    Raises NestingError below MAX_NESTING.
    """
    if depth > MAX_NESTING:
        raise NestingError
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return JsonObject(
            {str(name): freeze(member, depth + 1) for name, member in value.items()}
        )
    if isinstance(value, list | tuple):
        return tuple(freeze(member, depth + 1) for member in value)
    raise TypeError(type(value).__name__)


def thaw(value: Json) -> object:
    """Return a frozen value as plain JSON: dicts, lists and scalars."""
    if isinstance(value, JsonObject):
        return {name: thaw(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [thaw(member) for member in value]
    return value


def as_decimal(text: object) -> Decimal | None:
    """Return a decimal number of a usual size, or None for anything else."""
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(text))
    except (InvalidOperation, ValueError):
        return None
    is_usual = number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT
    return number if is_usual else None


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a system, and how people read it."""

    system: str | None = None
    code: str | None = None
    display: str | None = None

    def matches(self, other: "Coding") -> bool:
        """Say if both are one concept; a missing system matches any system."""
        if self.code is None or other.code is None:
            return self.code == other.code and self.display == other.display
        systems = {self.system, other.system}
        return self.code == other.code and (None in systems or len(systems) == 1)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured decimal with its unit (UCUM where `system` says so)."""

    value: Decimal
    unit: str | None = None
    code: str | None = None
    system: str | None = None

    @property
    def unit_key(self) -> str | None:
        """The code of the unit, or else its name."""
        return self.code or self.unit


@dataclass(frozen=True, slots=True)
class Value:
    """One FHIR value[x]: `kind` is the x, `data` its JSON, decimals as strings."""

    kind: str
    data: Json
    extra: JsonObject = EMPTY

    @classmethod
    def boolean(cls, value: bool) -> Self:  # noqa: FBT001  (the one argument says all)
        """Make a valueBoolean."""
        return cls("Boolean", value)

    @classmethod
    def integer(cls, value: int) -> Self:
        """Make a valueInteger."""
        return cls("Integer", value)

    @classmethod
    def decimal(cls, value: Decimal | str | int) -> Self:
        """Make a valueDecimal; digits are kept as they were typed."""
        return cls("Decimal", str(value))

    @classmethod
    def string(cls, value: str) -> Self:
        """Make a valueString."""
        return cls("String", value)

    @classmethod
    def coding(cls, coding: Coding) -> Self:
        """Make a valueCoding."""
        members = {
            "system": coding.system,
            "code": coding.code,
            "display": coding.display,
        }
        return cls("Coding", _without_none(members))

    @classmethod
    def quantity(cls, quantity: Quantity) -> Self:
        """Make a valueQuantity."""
        members: dict[str, Json] = {
            "value": str(quantity.value),
            "unit": quantity.unit,
            "system": quantity.system,
            "code": quantity.code,
        }
        return cls("Quantity", _without_none(members))

    @property
    def as_coding(self) -> Coding | None:
        """The coding, where the value is one."""
        if self.kind != "Coding" or not isinstance(self.data, JsonObject):
            return None
        data = self.data
        return Coding(data.text("system"), data.text("code"), data.text("display"))

    @property
    def as_quantity(self) -> Quantity | None:
        """The quantity, where the value is one with a number."""
        if self.kind != "Quantity" or not isinstance(self.data, JsonObject):
            return None
        number = as_decimal(self.data.get("value"))
        if number is None:
            return None
        data = self.data
        return Quantity(
            number, data.text("unit"), data.text("code"), data.text("system")
        )

    @property
    def number(self) -> Decimal | None:
        """The number in a decimal, integer or quantity."""
        if self.kind in {"Decimal", "Integer"}:
            return as_decimal(self.data)
        quantity = self.as_quantity
        return quantity.value if quantity else None

    def matches(self, other: "Value") -> bool:
        """Say if both mean the same: codes by concept, numbers by value."""
        left, right = self.as_coding, other.as_coding
        if left is not None and right is not None:
            return left.matches(right)
        mine, theirs = self.number, other.number
        if mine is not None and theirs is not None:
            return mine == theirs and same_unit(self, other)
        if left is not None or right is not None:
            return _is_code_of(self, other) or _is_code_of(other, self)
        return self.data == other.data and isinstance(self.data, bool) == isinstance(
            other.data, bool
        )


def _is_code_of(plain: Value, coded: Value) -> bool:
    """Say if a plain string is the display or the code of a coding."""
    coding = coded.as_coding
    if coding is None or not isinstance(plain.data, str):
        return False
    return plain.data in {coding.code, coding.display}


_TRUE, _FALSE = True, False
YES = Value("Boolean", _TRUE)
NO = Value("Boolean", _FALSE)


def same_unit(left: Value, right: Value) -> bool:
    """Say if two numbers can be compared; a missing unit is no obstacle."""
    mine, theirs = left.as_quantity, right.as_quantity
    if mine is None or theirs is None:
        return True
    units = {mine.unit_key, theirs.unit_key}
    return None in units or len(units) == 1 or mine.unit == theirs.unit is not None


def value_of(entry: Mapping[str, object]) -> Value | None:
    """Read the value[x] of a FHIR element, or None where it has none."""
    for name, member in entry.items():
        if name.startswith("value") and len(name) > len("value"):
            kind = name.removeprefix("value")
            return Value(kind, _canonical(kind, freeze(member)))
    return None


def _canonical(kind: str, data: Json) -> Json:
    if kind == "Decimal" and isinstance(data, int) and not isinstance(data, bool):
        return str(data)
    if kind == "Quantity" and isinstance(data, JsonObject):
        number = data.get("value")
        if isinstance(number, int) and not isinstance(number, bool):
            return JsonObject({**data, "value": str(number)})
    return data


def _without_none(members: Mapping[str, Json]) -> JsonObject:
    return JsonObject({k: v for k, v in members.items() if v is not None})
