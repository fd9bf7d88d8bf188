"""Since when somebody is looked up on a tablet, so that it ends."""

import sqlalchemy as sa
from alembic import op

from app.core.clock import system_wall_ms

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF_BEFORE = (
    "INSERT INTO look_up (device_id, patient_id, asked_at) "
    "SELECT substr(unit, 8), patient_id, {now} FROM scope_member "
    "WHERE unit LIKE 'device:%'"
)


def upgrade() -> None:
    op.create_table(
        "look_up",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "patient_id"),
    )
    # Nobody wrote down when those of before were asked: they begin now.
    op.execute(sa.text(_OF_BEFORE.format(now=system_wall_ms())))
