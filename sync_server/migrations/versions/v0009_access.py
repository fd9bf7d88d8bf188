"""Sessions are named and used, devices report and hand over, readers have sites."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those of before have no `used_at` and count as left alone for too long.
    for name, kind in (
        ("session_id", sa.Text()),
        ("opened_at", sa.BigInteger()),
        ("used_at", sa.BigInteger()),
    ):
        op.add_column("session", sa.Column(name, kind, nullable=True))
    op.add_column("device", sa.Column("handed_over_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "device_contact",
        sa.Column("device_id", sa.Text(), primary_key=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("unsent", sa.BigInteger(), nullable=False),
        sa.Column("oldest_unsent_at", sa.BigInteger(), nullable=True),
        sa.Column("clock_ahead_ms", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "practitioner_site",
        sa.Column("practitioner_id", sa.Text(), primary_key=True),
        sa.Column("site_id", sa.Text(), primary_key=True),
    )
