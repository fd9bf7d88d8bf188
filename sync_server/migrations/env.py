"""Alembic's environment: the caller's connection, and its transaction."""

from alembic import context
from sqlmodel import SQLModel

from sync_server import people_tables, tables  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
