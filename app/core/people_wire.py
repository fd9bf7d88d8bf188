"""Bodies of /v1 about who may open a tablet: keys, proposals, recovery, grants."""

from enum import StrEnum

from pydantic import Field

from app.core.wire_base import Bytes, Id, Reason, WireModel

MAX_NAME = 120
MAX_PEOPLE = 500


class PractitionerKey(WireModel):
    """The public half (X25519, 32 bytes raw) of a practitioner's pair on a device."""

    practitioner_id: Id
    device_id: Id
    public_key: Bytes


class PractitionerKeys(WireModel):
    """All that a device has; what it sent before and is not among them is gone."""

    keys: tuple[PractitionerKey, ...] = Field(max_length=MAX_PEOPLE)


class Proposal(WireModel):
    """A colleague who was added on a tablet; the id is random and stays theirs."""

    practitioner_id: Id
    name: str = Field(min_length=1, max_length=MAX_NAME)
    role: Id
    proposed_by: Id


class Proposals(WireModel):
    """Proposals of one tablet; sent again they change nothing."""

    proposals: tuple[Proposal, ...] = Field(max_length=MAX_PEOPLE)


class ProposalOutcome(WireModel):
    """What became of a proposal; without a reason they may write."""

    practitioner_id: Id
    reason: Reason | None = None


class ProposalsAnswer(WireModel):
    """An outcome for each proposal."""

    outcomes: tuple[ProposalOutcome, ...]


class RecoverySlot(WireModel):
    """A tablet's data key, sealed to the organisation's recovery key (HPKE).

    `box_public` is the tablet's own X25519 public half: a grant is sealed to it.
    """

    recovery_public: Bytes
    sealed: Bytes = Field(max_length=1024)
    box_public: Bytes


class GrantKind(StrEnum):
    """What a coordinator's grant allows."""

    RECOVER = "recover"
    """Choose a new PIN on a locked tablet: it carries the data key."""
    SET_PIN = "set-pin"
    """Choose a new PIN beside one unlocked colleague, instead of two."""
    REOPEN = "reopen"
    """Try again where too many wrong PINs closed the way in."""


class Grant(WireModel):
    """One practitioner, one device, one use. `sealed` is there in `recover` alone."""

    grant_id: Id
    kind: str
    device_id: Id
    practitioner_id: Id
    expires_at: int
    sealed: Bytes = b""


class Grants(WireModel):
    """A device's grants that are neither used nor expired, by the server's clock."""

    grants: tuple[Grant, ...]
    server_ms: int


class UsedGrants(WireModel):
    """Grants that were used; named again they change nothing."""

    grant_ids: tuple[Id, ...] = Field(max_length=MAX_PEOPLE)


class Kept(WireModel):
    """How many of what was sent the server keeps now."""

    count: int


def recovery_purpose(device_id: str) -> bytes:
    """Return what a tablet's recovery slot is sealed for."""
    return f"tessera/1/recovery-slot/{device_id}".encode()


def grant_purpose(grant_id: str, device_id: str, practitioner_id: str) -> bytes:
    """Return what a grant's data key is sealed for: no other grant opens it."""
    return f"tessera/1/grant/{grant_id}/{device_id}/{practitioner_id}".encode()
