"""What a coordinator's console and the server say to each other: bodies of /v1."""

from pydantic import Field

from app.core.people_wire import Grant
from app.core.wire import DeviceInfo, FeedItem, PractitionerInfo, SiteInfo
from app.core.wire_base import Id, WireModel


class SignInRequest(WireModel):
    """A practitioner signs in to the console."""

    name: str = Field(min_length=1, max_length=120)
    passphrase: str = Field(min_length=1, max_length=200)


class SignInResponse(WireModel):
    """A session of the console."""

    token: str
    practitioner: PractitionerInfo
    expires_at: int


class PatientSearch(WireModel):
    """Search by POST, so that no name stands in an address or a log."""

    text: str = Field(default="", max_length=120)
    site_id: str | None = None
    only_conflicts: bool = False
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0)


class PatientEntry(WireModel):
    """One patient in a list: the merged Patient document and what marks it."""

    patient_id: str
    document: dict[str, object]
    """Of the Patient record: app.core.document_json."""
    site_ids: tuple[str, ...]
    changed_at: int
    conflicts: int
    red_flags: tuple[str, ...]


class PatientList(WireModel):
    """A page of patients, newest change first."""

    total: int
    patients: tuple[PatientEntry, ...]
    set_aside: int = 0
    """Changes that were set aside where who asks reads, and wait for a decision."""
    hides_alarms: bool = False
    """Whether the red flags are left out: the role that asks may not see them."""


class PatientRecord(WireModel):
    """What a role may see of one patient, with the history that a timeline needs.

    `hidden` has the type of each document that is there and is not shown to it.
    """

    patient_id: str
    documents: tuple[dict[str, object], ...]
    history: tuple[FeedItem, ...]
    practitioners: tuple[PractitionerInfo, ...]
    devices: tuple[DeviceInfo, ...]
    sites: tuple[SiteInfo, ...]
    hidden: tuple[str, ...] = ()
    may_erase: bool = False
    """Whether who asks may erase this person's data."""


class GrantRequest(WireModel):
    """A coordinator allows one practitioner one thing on one tablet, for a day.

    `kind` is `set-pin` or `reopen`: neither carries a key.
    """

    kind: str
    device_id: Id
    practitioner_id: Id


class TabletAccess(WireModel):
    """A tablet that is not revoked, and what stands allowed on it and is unused."""

    device_id: Id
    name: str
    site_id: Id
    grants: tuple[Grant, ...] = ()


class PersonAccess(WireModel):
    """Somebody who works on tablets, and whether who asks may allow them anything."""

    practitioner_id: Id
    name: str
    role: Id
    confirmed: bool
    may_allow: bool


class Access(WireModel):
    """Who works on which tablets: sites, tablets and people by name."""

    sites: tuple[SiteInfo, ...]
    tablets: tuple[TabletAccess, ...]
    people: tuple[PersonAccess, ...]
    server_ms: int
