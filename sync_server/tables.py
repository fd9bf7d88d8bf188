"""Tables of the server, as SQLModel; migrations make them, and a test compares."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel

# SQLite counts by itself only in a column of exactly this type.
_COUNTER = BigInteger().with_variant(Integer(), "sqlite")


class DeploymentRow(SQLModel, table=True):
    """Who runs this server; one row. Its secrets lie in a file (see secret_file)."""

    __tablename__ = "deployment"
    deployment_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    controller: str = Field(sa_type=Text)
    contact: str = Field(sa_type=Text)
    retention_days: int | None
    demo: bool
    epoch: str = Field(sa_type=Text)
    public_key: bytes = Field(sa_type=LargeBinary)
    notice: str = Field(sa_type=Text)
    recovery_public: bytes | None = Field(sa_type=LargeBinary)


class SiteRow(SQLModel, table=True):
    """A site; `plan` is JSON. Seconds are None where nobody said anything."""

    __tablename__ = "site"
    site_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    plan: str = Field(sa_type=Text)
    idle_seconds: int | None
    cover_seconds: int | None
    keep_days: int | None


class PractitionerRow(SQLModel, table=True):
    """Who may author records; with a passphrase also sign in to the console."""

    __tablename__ = "practitioner"
    practitioner_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text, unique=True)
    role: str = Field(sa_type=Text)
    passphrase_hash: str | None = Field(sa_type=Text)
    active: bool
    confirmed: bool
    proposed_by: str | None = Field(sa_type=Text)
    revoked_at: int | None = Field(sa_type=BigInteger)


class PractitionerSiteRow(SQLModel, table=True):
    """A site at which a practitioner reads in the console; without any, at all."""

    __tablename__ = "practitioner_site"
    practitioner_id: str = Field(primary_key=True, sa_type=Text)
    site_id: str = Field(primary_key=True, sa_type=Text)


class DeviceRow(SQLModel, table=True):
    """An enrolled device, and where its chain stands."""

    __tablename__ = "device"
    device_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    site_id: str = Field(sa_type=Text, foreign_key="site.site_id")
    public_key: bytes = Field(sa_type=LargeBinary)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    version: str = Field(sa_type=Text)
    enrolled_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(sa_type=BigInteger)
    acknowledged: int = Field(sa_type=BigInteger)
    head_digest: bytes = Field(sa_type=LargeBinary)
    handed_over_at: int | None = Field(sa_type=BigInteger)
    previous_device_id: str | None = Field(sa_type=Text)
    """Who it was before it turned out to be a copy."""


class DeviceContactRow(SQLModel, table=True):
    """What a device said of itself when it last asked; no key, so it locks nobody."""

    __tablename__ = "device_contact"
    device_id: str = Field(primary_key=True, sa_type=Text)
    heard_at: int = Field(sa_type=BigInteger)
    version: str = Field(sa_type=Text)
    unsent: int = Field(sa_type=BigInteger)
    oldest_unsent_at: int | None = Field(sa_type=BigInteger)
    clock_ahead_ms: int | None = Field(sa_type=BigInteger)


class DeviceCodeRow(SQLModel, table=True):
    """A one-time enrolment code, as a keyed hash."""

    __tablename__ = "device_code"
    code_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    site_id: str = Field(sa_type=Text, foreign_key="site.site_id")
    name: str = Field(sa_type=Text)
    expires_at: int = Field(sa_type=BigInteger)
    used_by: str | None = Field(sa_type=Text)


class PrintedCardRow(SQLModel, table=True):
    """A card that was printed, by the Patient id that it stands for."""

    __tablename__ = "printed_card"
    patient_id: str = Field(primary_key=True, sa_type=Text)
    printed_at: int = Field(sa_type=BigInteger)


class SessionRow(SQLModel, table=True):
    """A session of the console, by the hash of its token."""

    __tablename__ = "session"
    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    practitioner_id: str = Field(
        sa_type=Text, foreign_key="practitioner.practitioner_id"
    )
    expires_at: int = Field(sa_type=BigInteger)
    session_id: str | None = Field(sa_type=Text)
    opened_at: int | None = Field(sa_type=BigInteger)
    used_at: int | None = Field(sa_type=BigInteger)


class AttemptRow(SQLModel, table=True):
    """Failed attempts, by a keyed hash of who made them or whom they are for."""

    __tablename__ = "attempt"
    key_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: int = Field(sa_type=BigInteger)


class OperationRow(SQLModel, table=True):
    """The log: accepted operations in the order of commit, as their authors wrote."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_of_site", "site_id", "sequence"),
        Index("operation_of_patient", "patient_id", "sequence"),
        {"sqlite_autoincrement": True},
    )
    sequence: int = Field(primary_key=True, sa_type=_COUNTER)
    operation_id: str = Field(sa_type=Text, unique=True)
    header_digest: bytes = Field(sa_type=LargeBinary)
    device_id: str = Field(sa_type=Text)
    change_id: str = Field(sa_type=Text)
    record_id: str = Field(sa_type=Text)
    patient_id: str = Field(sa_type=Text)
    site_id: str = Field(sa_type=Text)
    header: bytes = Field(sa_type=LargeBinary)
    salt: bytes | None = Field(sa_type=LargeBinary)
    content: bytes | None = Field(sa_type=LargeBinary)
    clamp_ms: int | None = Field(sa_type=BigInteger)
    received_at: int = Field(sa_type=BigInteger)


class SetAsideRow(SQLModel, table=True):
    """An operation that was acknowledged and not accepted, whole, with its reason."""

    __tablename__ = "set_aside"
    header_digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    operation_id: str = Field(sa_type=Text)
    record_id: str = Field(sa_type=Text, index=True)
    device_id: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    header: bytes = Field(sa_type=LargeBinary)
    salt: bytes | None = Field(sa_type=LargeBinary)
    content: bytes | None = Field(sa_type=LargeBinary)
    received_at: int = Field(sa_type=BigInteger)


class LinkRow(SQLModel, table=True):
    """One link of a device's chain; with the header digests it can be audited."""

    __tablename__ = "link"
    device_id: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    digest: bytes = Field(sa_type=LargeBinary)
    header_digest: bytes = Field(sa_type=LargeBinary)


class SignatureRow(SQLModel, table=True):
    """What a device signed: the head of a batch."""

    __tablename__ = "signature"
    device_id: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    signature: bytes = Field(sa_type=LargeBinary)


class AuditEventRow(SQLModel, table=True):
    """Who read what: the server's own events and those of tablets, in one hash chain.

    `body` is an AuditEvent as canonical bytes; `source` the device, "" the server.
    `body_digest` is there where its free text went with an erased person: SHA-256 of
    the body as it was.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("audit_event_of_patient", "patient_id", "number"),)
    number: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    event_id: str = Field(sa_type=Text, unique=True)
    source: str = Field(sa_type=Text)
    patient_id: str = Field(sa_type=Text)
    received_at: int = Field(sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)
    body_digest: bytes | None = Field(default=None, sa_type=LargeBinary)


class CompartmentReaderRow(SQLModel, table=True):
    """Who may read a closed section."""

    __tablename__ = "compartment_reader"
    compartment_id: str = Field(primary_key=True, sa_type=Text)
    practitioner_id: str = Field(primary_key=True, sa_type=Text)


class CompartmentKeyRow(SQLModel, table=True):
    """A key of a closed section; nothing new is sealed to a retired one."""

    __tablename__ = "compartment_key"
    key_id: str = Field(primary_key=True, sa_type=Text)
    compartment_id: str = Field(sa_type=Text)
    public_key: bytes = Field(sa_type=LargeBinary)
    made_at: int = Field(sa_type=BigInteger)
    retired: bool


class CompartmentHalfRow(SQLModel, table=True):
    """A key's private half, sealed to a reader's pair on a device."""

    __tablename__ = "compartment_half"
    key_id: str = Field(primary_key=True, sa_type=Text)
    practitioner_id: str = Field(primary_key=True, sa_type=Text)
    device_id: str = Field(primary_key=True, sa_type=Text)
    sealed: bytes = Field(sa_type=LargeBinary)


class DocumentRow(SQLModel, table=True):
    """One record, folded from its operations up to `sequence`, and what marks it.

    `revision` counts batches that changed a document, whatever they did to it.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("document_of_patient", "patient_id"),
        Index("document_of_revision", "revision"),
    )
    record_id: str = Field(primary_key=True, sa_type=Text)
    record_type: str = Field(sa_type=Text)
    patient_id: str = Field(sa_type=Text)
    sequence: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)
    conflicts: int
    site_ids: str = Field(sa_type=Text)
    red_flags: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    revision: int = Field(sa_type=BigInteger)


def table_of(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class, for statements on hot paths."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


OPERATION = table_of(OperationRow)
SET_ASIDE = table_of(SetAsideRow)
LINK = table_of(LinkRow)
SIGNATURE = table_of(SignatureRow)
DOCUMENT = table_of(DocumentRow)
AUDIT_EVENT = table_of(AuditEventRow)
COMPARTMENT_READER = table_of(CompartmentReaderRow)
COMPARTMENT_KEY = table_of(CompartmentKeyRow)
COMPARTMENT_HALF = table_of(CompartmentHalfRow)
DEPLOYMENT = table_of(DeploymentRow)
SITE = table_of(SiteRow)
PRACTITIONER = table_of(PractitionerRow)
PRACTITIONER_SITE = table_of(PractitionerSiteRow)
DEVICE = table_of(DeviceRow)
DEVICE_CONTACT = table_of(DeviceContactRow)
DEVICE_CODE = table_of(DeviceCodeRow)
PRINTED_CARD = table_of(PrintedCardRow)
SESSION = table_of(SessionRow)
ATTEMPT = table_of(AttemptRow)
