"""First tables: deployment, people, devices, the log, documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite counts by itself only in a column of exactly this type.
_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _deployment()
    _people()
    _devices()
    _log()
    _chains()
    _documents()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _deployment() -> None:
    op.create_table(
        "deployment",
        _text("deployment_id"),
        _text("name"),
        _text("controller"),
        _text("contact"),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        _text("epoch"),
        _bytes("public_key"),
        _text("notice"),
        sa.PrimaryKeyConstraint("deployment_id"),
    )
    op.create_table(
        "site",
        _text("site_id"),
        _text("name"),
        _text("zone"),
        _text("plan"),
        sa.PrimaryKeyConstraint("site_id"),
    )


def _people() -> None:
    op.create_table(
        "practitioner",
        _text("practitioner_id"),
        _text("name"),
        _text("name_key"),
        _text("role"),
        sa.Column("passphrase_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("practitioner_id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "session",
        _bytes("token_hash"),
        _text("practitioner_id"),
        _big("expires_at"),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.practitioner_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "attempt",
        _bytes("key_hash"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _big("last_at"),
        sa.PrimaryKeyConstraint("key_hash"),
    )


def _devices() -> None:
    op.create_table(
        "device",
        _text("device_id"),
        _text("name"),
        _text("site_id"),
        _bytes("public_key"),
        _bytes("token_hash"),
        _text("version"),
        _big("enrolled_at"),
        _big("revoked_at", nullable=True),
        _big("acknowledged"),
        _bytes("head_digest"),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"]),
        sa.PrimaryKeyConstraint("device_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "device_code",
        _bytes("code_hash"),
        _text("site_id"),
        _text("name"),
        _big("expires_at"),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "printed_card",
        _text("patient_id"),
        _big("printed_at"),
        sa.PrimaryKeyConstraint("patient_id"),
    )


def _log() -> None:
    op.create_table(
        "operation",
        sa.Column("sequence", _COUNTER, nullable=False),
        _text("operation_id"),
        _bytes("header_digest"),
        _text("device_id"),
        _text("change_id"),
        _text("record_id"),
        _text("patient_id"),
        _text("site_id"),
        _bytes("header"),
        _bytes("salt", nullable=True),
        _bytes("content", nullable=True),
        _big("clamp_ms", nullable=True),
        _big("received_at"),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("operation_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("operation_of_site", "operation", ["site_id", "sequence"])
    op.create_index("operation_of_patient", "operation", ["patient_id", "sequence"])
    op.create_table(
        "set_aside",
        _bytes("header_digest"),
        _text("operation_id"),
        _text("record_id"),
        _text("device_id"),
        _text("reason"),
        _bytes("header"),
        _bytes("salt", nullable=True),
        _bytes("content", nullable=True),
        _big("received_at"),
        sa.PrimaryKeyConstraint("header_digest"),
    )
    op.create_index("ix_set_aside_record_id", "set_aside", ["record_id"])


def _chains() -> None:
    op.create_table(
        "link",
        _text("device_id"),
        _big("number"),
        _bytes("digest"),
        _bytes("header_digest"),
        sa.PrimaryKeyConstraint("device_id", "number"),
    )
    op.create_table(
        "signature",
        _text("device_id"),
        _big("number"),
        _bytes("signature"),
        sa.PrimaryKeyConstraint("device_id", "number"),
    )


def _documents() -> None:
    op.create_table(
        "document",
        _text("record_id"),
        _text("record_type"),
        _text("patient_id"),
        _big("sequence"),
        _big("changed_at"),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        _text("site_ids"),
        _text("red_flags"),
        _text("body"),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_index("document_of_patient", "document", ["patient_id"])
    op.create_index("document_of_sequence", "document", ["sequence"])
