"""Colleagues who were proposed, who was revoked, everybody's keys, grants."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added, and the default stays: for anything else SQLite would drop the
    # table and make it anew, which the sessions that point to it forbid.
    confirmed: sa.Column[bool] = sa.Column(
        "confirmed", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    op.add_column("practitioner", confirmed)
    op.add_column("practitioner", sa.Column("proposed_by", sa.Text(), nullable=True))
    op.add_column("practitioner", sa.Column("revoked_at", sa.BigInteger()))
    with op.batch_alter_table("deployment") as deployment:
        key = sa.Column("recovery_public", sa.LargeBinary(), nullable=True)
        deployment.add_column(key)
    op.create_table(
        "practitioner_key",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "practitioner_id"),
    )
    op.create_table(
        "recovery_slot",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("recovery_public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("box_public", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_table(
        "access_grant",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id"),
    )
    op.create_index("ix_access_grant_device_id", "access_grant", ["device_id"])
