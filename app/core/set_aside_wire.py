"""Bodies of /v1 about changes that were set aside: what coordinators read and decide.

A change is decided whole: all that one save wrote. It is named by the header digest
of its first operation, in hex.
"""

from enum import StrEnum

from pydantic import Field

from app.core.wire_base import Id, Reason, WireModel

MAX_DECIDED = 50
"""Changes that one request decides at most: writers wait for it meanwhile."""


class LeaveOutReason(StrEnum):
    """Why a change is left out; a code, so that nobody's data is typed into it."""

    WRITTEN_AGAIN = "written-again"
    """What it says stands in the record already."""
    MISTAKE = "mistake"
    """It should not have been written, or on somebody else."""
    NOT_OURS = "not-ours"
    """Whoever wrote it does not work here."""
    UNREADABLE = "unreadable"
    """It can't be read, and nobody can bring it back."""


class LeftOut(WireModel):
    """That somebody decided to leave a change out: who, when (UTC ms), and why."""

    practitioner: str
    decided_at: int
    reason: str


class SetAsideEntry(WireModel):
    """A change that was set aside, and what is known of it without reading it."""

    set_aside_id: Id
    reason: Reason
    """Of the part that could not be accepted; others are `change-incomplete`."""
    patient_id: str = ""
    """Whose record it is; "" where who asks may not see them, or nobody knows."""
    document: dict[str, object] | None = None
    """That person's Patient record (app.core.document_json), as far as it is known."""
    is_elsewhere: bool = False
    """Whether the person is at other sites than those where who asks reads."""
    device: str
    """What the tablet is called; its id where it has no name."""
    site: str = ""
    practitioner_id: str = ""
    practitioner: str = ""
    """Who wrote it, by name; "" where the server does not know them."""
    written_at: int | None = None
    """By the tablet's clock, UTC ms; None where it can't be read."""
    received_at: int
    records: tuple[str, ...] = ()
    """The type of each record that it writes on."""
    left_out: LeftOut | None = None


class SetAsideList(WireModel):
    """A page of changes that were set aside, oldest first, and how many in all."""

    total: int
    changes: tuple[SetAsideEntry, ...]


class SetAsideChange(WireModel):
    """One of them, with what was written as far as who asks may see it.

    `documents` are what its operations would make by themselves; `hidden` has the type
    of each record that is not shown to the role, `unreadable` how many can't be read.
    """

    entry: SetAsideEntry
    documents: tuple[dict[str, object], ...] = ()
    hidden: tuple[str, ...] = ()
    unreadable: int = 0


class TryAgain(WireModel):
    """Offer changes to the server once more, as a tablet would."""

    set_aside_ids: tuple[Id, ...] = Field(min_length=1, max_length=MAX_DECIDED)


class Tried(WireModel):
    """What became of those that were still there; `still` by id, with the reason."""

    accepted: tuple[str, ...]
    still: dict[str, Reason]


class LeaveOut(WireModel):
    """Leave a change out: it stays on record, and is nobody's to decide any more."""

    set_aside_id: Id
    reason: LeaveOutReason
