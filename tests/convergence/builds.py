"""Builds of the app of two schemas in one process."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core import operation


@contextmanager
def building(schema: int) -> Iterator[None]:
    """Let the app be a build that understands operations up to a schema."""
    before = operation.SCHEMA
    operation.SCHEMA = schema
    try:
        yield
    finally:
        operation.SCHEMA = before
