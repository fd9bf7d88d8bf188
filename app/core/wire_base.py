"""What every body of /v1 is made of."""

import base64
import binascii
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from app.core.problems import ProblemCode

Id = Annotated[str, Field(min_length=1, max_length=64)]


def _from_base64(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _known_code(value: object) -> object:
    known = not isinstance(value, str) or value in set(ProblemCode)
    return value if known else ProblemCode.UNEXPECTED


Reason = Annotated[ProblemCode, BeforeValidator(_known_code)]
"""A problem code; one that only a newer version knows is `unexpected` here."""

Bytes = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64, return_type=str, when_used="json"),
]
"""Bytes in Python, base64 in JSON."""


class WireModel(BaseModel):
    """Base: immutable, unknown members ignored, no input in error texts."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
