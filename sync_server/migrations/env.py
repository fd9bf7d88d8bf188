"""Alembic's environment: the caller's connection, and its transaction."""

from alembic import context
from sqlmodel import SQLModel

from sync_server import (  # noqa: F401 - they fill the metadata
    carried_tables,
    erasure_tables,
    people_tables,
    scope_tables,
    set_aside_tables,
    tables,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
