"""Tables about who was erased, and who may; migrations make them, a test compares."""

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel


class ErasureRow(SQLModel, table=True):
    """A tombstone: numbers are dense, in the order of commit.

    `revision` is one that no document had, so that theirs never go back.
    """

    __tablename__ = "erasure"
    number: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    patient_id: str = Field(sa_type=Text, unique=True)
    reason: str = Field(sa_type=Text)
    erased_at: int = Field(sa_type=BigInteger)
    erased_by: str = Field(sa_type=Text)
    revision: int = Field(sa_type=BigInteger)


class ErasureRightRow(SQLModel, table=True):
    """A coordinator who may erase; administrators may without a row."""

    __tablename__ = "erasure_right"
    practitioner_id: str = Field(primary_key=True, sa_type=Text)


_TABLES = SQLModel.metadata.tables
ERASURE = _TABLES["erasure"]
ERASURE_RIGHT = _TABLES["erasure_right"]
