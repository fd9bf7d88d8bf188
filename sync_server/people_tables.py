"""Tables about who may open a tablet; migrations make them, and a test compares."""

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel


class PractitionerKeyRow(SQLModel, table=True):
    """The public half of a practitioner's pair on a device."""

    __tablename__ = "practitioner_key"
    device_id: str = Field(primary_key=True, sa_type=Text)
    practitioner_id: str = Field(primary_key=True, sa_type=Text)
    public_key: bytes = Field(sa_type=LargeBinary)


class RecoverySlotRow(SQLModel, table=True):
    """A device's data key, sealed to the recovery key, and the device's own box."""

    __tablename__ = "recovery_slot"
    device_id: str = Field(primary_key=True, sa_type=Text)
    recovery_public: bytes = Field(sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)
    box_public: bytes = Field(sa_type=LargeBinary)


class GrantRow(SQLModel, table=True):
    """A coordinator's grant; once it is used what it carried is gone."""

    __tablename__ = "access_grant"
    grant_id: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    device_id: str = Field(sa_type=Text, index=True)
    practitioner_id: str = Field(sa_type=Text)
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(sa_type=BigInteger)
    sealed: bytes = Field(sa_type=LargeBinary)


_TABLES = SQLModel.metadata.tables
PRACTITIONER_KEY = _TABLES["practitioner_key"]
RECOVERY_SLOT = _TABLES["recovery_slot"]
GRANT = _TABLES["access_grant"]
