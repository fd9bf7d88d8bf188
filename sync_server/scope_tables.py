"""SyncScope in the database: whom each unit holds, and what it counts."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from sync_server.tables import table_of


class ScopeMemberRow(SQLModel, table=True):
    """Whom a unit of scope holds: `site:<id>`, or `device:<id>` for who was looked up.

    `sequence`: of the operation with which they came in.
    """

    __tablename__ = "scope_member"
    __table_args__ = (
        Index("scope_member_of_patient", "patient_id"),
        Index("scope_member_by_sequence", "unit", "sequence"),
    )
    unit: str = Field(primary_key=True, sa_type=Text)
    patient_id: str = Field(primary_key=True, sa_type=Text)
    sequence: int = Field(sa_type=BigInteger)


class ScopeCheckRow(SQLModel, table=True):
    """What a unit's records count: `patient:<id>`, `site:<id>` (core's unit_check)."""

    __tablename__ = "scope_check"
    unit: str = Field(primary_key=True, sa_type=Text)
    total: str = Field(sa_type=Text)


class LookUpRow(SQLModel, table=True):
    """When somebody was last looked up on a device (UTC ms); it ends after a while."""

    __tablename__ = "look_up"
    device_id: str = Field(primary_key=True, sa_type=Text)
    patient_id: str = Field(primary_key=True, sa_type=Text)
    asked_at: int = Field(sa_type=BigInteger)


SCOPE_MEMBER = table_of(ScopeMemberRow)
SCOPE_CHECK = table_of(ScopeCheckRow)
LOOK_UP = table_of(LookUpRow)
