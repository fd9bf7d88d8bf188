"""Who a device was before it was a copy; whom each site holds, from its operations."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MEMBERS = (
    "INSERT INTO scope_member (unit, patient_id, sequence) "
    "SELECT 'site:' || site_id, patient_id, min(sequence) FROM operation "
    "WHERE site_id <> '' GROUP BY site_id, patient_id"
)


def upgrade() -> None:
    op.add_column("device", sa.Column("previous_device_id", sa.Text(), nullable=True))
    op.create_table(
        "scope_member",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "patient_id"),
    )
    op.create_index("scope_member_of_patient", "scope_member", ["patient_id"])
    op.create_index("scope_member_by_sequence", "scope_member", ["unit", "sequence"])
    op.execute(_MEMBERS)
    # What each unit counts is made when the server opens: it follows the documents.
    op.create_table(
        "scope_check",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit"),
    )
    op.add_column("site", sa.Column("keep_days", sa.Integer(), nullable=True))
