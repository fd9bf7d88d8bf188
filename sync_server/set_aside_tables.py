"""What was decided of changes that were set aside; a migration makes the table."""

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel


class LeftOutRow(SQLModel, table=True):
    """An operation that a coordinator decided to leave out: who, when (UTC ms), why.

    Its row in `set_aside` stays. One that is accepted later keeps this row too.
    """

    __tablename__ = "left_out"
    header_digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    decided_at: int = Field(sa_type=BigInteger)
    practitioner_id: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


LEFT_OUT = SQLModel.metadata.tables["left_out"]
