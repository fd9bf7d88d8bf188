"""Documents count their changes: a set-aside operation changes one too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("document_of_sequence", "document")
    with op.batch_alter_table("document") as document:
        document.add_column(sa.Column("revision", sa.BigInteger(), nullable=True))
    op.execute("UPDATE document SET revision = sequence")
    with op.batch_alter_table("document") as document:
        document.alter_column("revision", nullable=False)
    op.create_index("document_of_revision", "document", ["revision"])
