"""What client and server say to each other: bodies of /v1, as pydantic models.

Bytes of operations travel as text (a header and a content are UTF-8 JSON, carried
as strings and never encoded again) and salts, keys and signatures as base64.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.compartment_wire import Compartment
from app.core.people_wire import PractitionerKey
from app.core.wire_base import Bytes, Id, Reason, WireModel

API_PREFIX = "/v1"
MAX_BATCH_OPERATIONS = 500
Cursor = Annotated[str, Field(max_length=192)]
"""How far a device has read; only its server reads it, and it is never a time."""


class Role(StrEnum):
    """What a practitioner is."""

    NURSE = "nurse"
    MEDIATOR = "mediator"
    NGO_STAFF = "ngo-staff"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class PractitionerInfo(WireModel):
    """A practitioner as tablets know them."""

    practitioner_id: Id
    name: str
    role: str
    confirmed: bool = True
    """False where a colleague added them, and no administrator looked yet."""


class SiteInfo(WireModel):
    """A site: where care is given; due dates follow its zone."""

    site_id: Id
    name: str
    zone: str


class DeviceInfo(WireModel):
    """A device as a record's timeline names it."""

    device_id: Id
    name: str
    site_id: str


class Deployment(WireModel):
    """Who runs this deployment and answers for its data (GDPR Art. 13)."""

    deployment_id: Id
    name: str
    controller: str
    contact: str
    retention_days: int = Field(ge=1)
    demo: bool = False


class NoticeText(WireModel):
    """The deployer's information notice in one language."""

    language: str
    body: str


class Notice(WireModel):
    """The deployer's information notice: a version, and its texts."""

    version: str
    texts: tuple[NoticeText, ...] = ()
    services: tuple[str, ...] = ()
    """Named services with which sharing may be agreed to."""


class Setup(WireModel):
    """What a tablet must know to work offline; renewed at each sync."""

    deployment: Deployment
    site: SiteInfo
    sites: tuple[SiteInfo, ...]
    practitioners: tuple[PractitionerInfo, ...]
    devices: tuple[DeviceInfo, ...]
    notice: Notice
    plan: dict[str, object]
    """A site's plan: forms by station (app.core.questionnaire.plan); {} is ours."""
    compartments: tuple[Compartment, ...] = ()
    """Closed sections: who may read them, and the keys to write in them."""
    former: tuple[PractitionerInfo, ...] = ()
    """Who was revoked: no longer let in, still named in what they wrote."""
    practitioner_keys: tuple[PractitionerKey, ...] = ()
    """The public halves of everybody's pairs, one for each device they unlock."""
    recovery_public: Bytes = b""
    """X25519, 32 bytes raw: whose private half is printed, and held by two."""

    @property
    def practitioner_names(self) -> dict[str, str]:
        """What everybody who ever wrote is called, by id."""
        known = (*self.former, *self.practitioners)
        return {who.practitioner_id: who.name for who in known}

    @property
    def unconfirmed(self) -> frozenset[str]:
        """Whom a colleague added, and no administrator confirmed, by id."""
        known = (*self.former, *self.practitioners)
        return frozenset(w.practitioner_id for w in known if not w.confirmed)

    idle_seconds: int = Field(default=5 * 60, ge=1)
    """How long an unlocked tablet waits for a touch before it locks."""
    cover_seconds: int = Field(default=60, ge=1)
    """How long the app may be out of the foreground before it locks."""
    keep_days: int | None = Field(default=None, ge=1)
    """How long a tablet keeps who is in nobody's care; None is as long as it can."""
    sealing_key: Bytes = b""
    """X25519, 32 bytes raw: what is not sent yet is sealed to it at a lock."""
    ended_look_ups: tuple[Id, ...] = ()
    """Whom this tablet looked up long ago, and need not hold any more."""


class EnrolRequest(WireModel):
    """A new device presents its one-time code and its public key."""

    code: str = Field(min_length=1, max_length=64)
    device_id: Id
    public_key: Bytes
    """Ed25519, 32 bytes raw."""
    name: str = Field(max_length=80)
    version: str = Field(max_length=40)


class EnrolResponse(WireModel):
    """What an enrolled device keeps. Asked twice with the same key, it is given twice.

    `card_secret` turns card codes into Patient ids.
    """

    token: str
    epoch: str
    card_secret: Bytes
    server_public_key: Bytes
    setup: Setup
    erased: tuple[str, ...] = ()
    """Who was erased: a tablet that comes back from a backup forgets them first."""


class OperationEnvelope(WireModel):
    """An operation as its author encoded it; salt and content absent once erased."""

    header: str
    salt: Bytes | None
    content: str | None
    clamp_ms: int | None = None
    """Pushed again, the clamp that a server gave before: the smallest counts."""


class PushRequest(WireModel):
    """A batch: links `first`.. of a device's chain, its head signed (Ed25519).

    `previous` is the digest, in hex, of the link before the first.
    """

    device_id: Id
    first: int = Field(ge=1)
    previous: str = Field(min_length=64, max_length=64)
    operations: tuple[OperationEnvelope, ...] = Field(max_length=MAX_BATCH_OPERATIONS)
    signature: Bytes


class Outcome(StrEnum):
    """What became of one pushed operation."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class PushOutcome(WireModel):
    """The outcome of one operation, by its id; a rejected one is set aside."""

    operation_id: str
    outcome: Outcome
    reason: Reason | None = None
    clamp_ms: int | None = None
    """Given where the stamp lay in the far future: what counts instead."""


class PushResponse(WireModel):
    """Each operation's outcome; `acknowledged` is the chain's number at the server."""

    outcomes: tuple[PushOutcome, ...]
    acknowledged: int
    server_ms: int
    epoch: str


class FeedItem(WireModel):
    """One accepted operation, in the order of commit."""

    sequence: int
    device_id: str
    operation: OperationEnvelope
    clamp_ms: int | None = None


class PullResponse(WireModel):
    """A page of the feed. A page never splits a change."""

    cursor: Cursor
    items: tuple[FeedItem, ...]
    more: bool
    server_ms: int
    erasures: Cursor = ""
    """Names the newest erasure: a tablet that has another mark asks who was erased."""
    entered: tuple[str, ...] = ()
    """Patients who came into the device's scope with this page, and were known before:
    their documents are to be asked for whole."""
    check: str = ""
    """With the last page: what all that the device holds counts (see unit_check)."""


class ChainStatus(WireModel):
    """Where a device's chain stands at the server."""

    device_id: Id
    acknowledged: int
    digest: str
    set_aside: tuple[str, ...] = ()
    """Ids of its operations that were not accepted, as far as the server knows."""


class Problem(WireModel):
    """RFC 9457 problem details; `type` is a ProblemCode, sentences are the client's."""

    type: str
    title: str
    status: int
    wait_seconds: int | None = None
    expected: int | None = None
    """With `chain-gap` and `device-forked`: the number the server has."""


class Health(WireModel):
    """Whether the server is up; /ready, which asks the database, adds its epoch."""

    status: str
    version: str
    epoch: str = ""
