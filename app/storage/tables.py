"""The vault's tables. Ids, positions and states are in the clear; nothing else is.

Migrations make the tables; a test holds these definitions equal to what they make.
"""

from sqlalchemy import Column, Index, LargeBinary, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class VaultTable(SQLModel, registry=registry()):
    """Base: the vault's own metadata, apart from the server's."""


class MigrationRow(VaultTable, table=True):
    """A migration that was applied."""

    __tablename__ = "migration"

    version: int = Field(primary_key=True)
    name: str
    applied_at: int


class SealedValueRow(VaultTable, table=True):
    """Single values by name: enrolment, setup, clock and chain, index snapshot."""

    __tablename__ = "sealed_value"

    name: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SlotRow(VaultTable, table=True):
    """A practitioner's slot: Argon2id's parameters and the wrapped data key."""

    __tablename__ = "slot"

    practitioner_id: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AttemptRow(VaultTable, table=True):
    """Wrong PINs in a row, by practitioner."""

    __tablename__ = "attempt"

    practitioner_id: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PatientKeyRow(VaultTable, table=True):
    """What a patient's key is made of: a random seed, or the key wrapped."""

    __tablename__ = "patient_key"
    __table_args__ = {"sqlite_with_rowid": False}

    patient_id: str = Field(primary_key=True)
    kept: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class OperationRow(VaultTable, table=True):
    """An operation; `number` is its place in this device's chain, if it is its own.

    `state`: 0 pending, 1 acknowledged, 2 set aside.
    """

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_of_record", "patient_id", "record_id", "operation_id"),
        Index("operation_pending", "number", sqlite_where=text("state = 0")),
        Index("operation_unaccepted", "record_id", sqlite_where=text("state <> 1")),
    )

    position: int = Field(primary_key=True)
    operation_id: str = Field(unique=True)
    record_id: str
    patient_id: str
    number: int | None = Field(default=None, unique=True)
    state: int
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DocumentRow(VaultTable, table=True):
    """A folded record; `position` grows with each write of any document.

    `paged`: 1 where it came whole, in a page of a first sync.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("document_by_patient", "patient_id"),
        Index("document_by_position", "position"),
    )

    record_id: str = Field(primary_key=True)
    patient_id: str
    position: int
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    paged: int = 0


class DraftRow(VaultTable, table=True):
    """What is typed on a page and not yet saved."""

    __tablename__ = "draft"
    __table_args__ = (Index("draft_by_patient", "patient_id"),)

    draft_id: str = Field(primary_key=True)
    patient_id: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SetAsideRow(VaultTable, table=True):
    """Why an operation was set aside, and what the feed brought that is none."""

    __tablename__ = "set_aside"

    item_id: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
