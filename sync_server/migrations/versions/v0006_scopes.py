"""Who a device was before it turned out to be a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("previous_device_id", sa.Text(), nullable=True))
