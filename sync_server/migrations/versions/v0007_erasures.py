"""Who was erased, who may erase, and events whose free text went with a person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CONTENTS = (
    ("operation", "content"),
    ("set_aside", "content"),
    ("document", "body"),
    ("audit_event", "body"),
)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("patient_id"),
    )
    op.create_table(
        "erasure_right",
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("practitioner_id"),
    )
    with op.batch_alter_table("audit_event") as event:
        event.add_column(sa.Column("body_digest", sa.LargeBinary(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # Its statistics keep samples of values, which no erasure would reach.
        for table, column in _CONTENTS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
