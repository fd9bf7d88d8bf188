"""What tablets said in carried files; migrations make it, and a test compares."""

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel


class ReplyToRow(SQLModel, table=True):
    """To what an answer for a device is sealed, and what it had then (UTC ms)."""

    __tablename__ = "reply_to"
    device_id: str = Field(primary_key=True, sa_type=Text)
    public_key: bytes = Field(sa_type=LargeBinary)
    cursor: str = Field(sa_type=Text)
    acknowledged: int = Field(sa_type=BigInteger)
    written_at: int = Field(sa_type=BigInteger)


REPLY_TO = SQLModel.metadata.tables["reply_to"]
