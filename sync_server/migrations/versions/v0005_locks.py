"""A site says how long its tablets wait before they lock; without a word, the usual."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.add_column(sa.Column("idle_seconds", sa.Integer(), nullable=True))
        site.add_column(sa.Column("cover_seconds", sa.Integer(), nullable=True))
