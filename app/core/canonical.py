"""Canonical bytes: UTF-8 JSON, sorted keys, no spaces, no floats."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""JSON without floats: measured values are decimals as strings."""


def _refuse_floats(value: object) -> None:
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
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def decode(raw: bytes) -> Json:
    """Return the value of canonical bytes; raise ValueError if they are not JSON."""
    try:
        value: Json = json.loads(raw, parse_float=_no_float, parse_constant=_no_float)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _no_float(_text: str) -> None:
    raise ValueError("a decimal is written as a string, never as a float")
