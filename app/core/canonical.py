"""Canonical bytes: UTF-8 JSON, sorted keys, no spaces, no floats."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""JSON without floats: measured values are decimals as strings."""


def _refuse_floats(value: object) -> None:
    if type(value) is str:
        return
    if isinstance(value, float):
        raise TypeError("a decimal is written as a string, never as a float")
    if isinstance(value, Mapping):
        for member in value.values():
            _refuse_floats(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_floats(member)


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a value; raise TypeError on a float.

    Encoded once by the author; these bytes are hashed, stored and relayed, and
    never encoded again. Lone surrogates, which UTF-8 cannot hold, raise ValueError.
    """
    _refuse_floats(value)
    return _ENCODER.encode(value).encode()


def decode(raw: bytes) -> Json:
    """Return the value of canonical bytes; raise ValueError if they are not JSON.

    Nor is what could not be written again: a lone surrogate, which only an escape can
    bring in.
    """
    try:
        value: Json = _DECODER.decode(raw.decode())
        if b"\\u" in raw:
            encode(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def is_deeper(value: Json, levels: int) -> bool:
    """Tell whether lists and objects lie in each other in more levels than given."""
    here: list[Json] = [value]
    for _level in range(levels + 1):
        around = [each for each in here if isinstance(each, list | tuple | Mapping)]
        if not around:
            return False
        here = [member for each in around for member in _members(each)]
    return True


def _members(value: Sequence[Json] | Mapping[str, Json]) -> Iterable[Json]:
    return value.values() if isinstance(value, Mapping) else value


def _no_float(_text: str) -> None:
    raise ValueError("a decimal is written as a string, never as a float")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
