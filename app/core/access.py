"""What a role may see of a record. Pure; screens and the server both ask it.

Outside the restricted compartment this limits screens, not cryptography.

Breaking glass opens screens of a tablet, for a reason that is written down first. It is
for those to whom something is closed that a danger may ask for: a mediator who is alone
with the person at night, NGO staff who take them to a hospital that asks what was
found. Nurses and coordinators see all that can be opened so; an administrator treats
nobody. It opens no confidential note, for no key here does, and nothing at the server:
who sits at a console has a network, and asks. Nor does it let anybody correct.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.merge import Document
from app.core.records import RecordType
from app.core.wire import Role


class Sensitivity(StrEnum):
    """How much a section of a record says about somebody's health."""

    ADMINISTRATIVE = "administrative"
    """Who it is, where they are, how to reach them, what they agreed to."""
    CLINICAL = "clinical"
    """What was asked and answered, as it was said."""
    RESULT = "result"
    """What it means: scores, red flags, what was measured."""
    RESTRICTED = "restricted"
    """Disclosures: for those alone who are allowed by name."""


_OF_TYPE: Mapping[str, Sensitivity] = {
    RecordType.PATIENT: Sensitivity.ADMINISTRATIVE,
    RecordType.RELATED_PERSON: Sensitivity.ADMINISTRATIVE,
    RecordType.CONTACT_POINT: Sensitivity.ADMINISTRATIVE,
    RecordType.ENCOUNTER: Sensitivity.ADMINISTRATIVE,
    RecordType.COMMUNICATION: Sensitivity.ADMINISTRATIVE,
    RecordType.CONSENT: Sensitivity.ADMINISTRATIVE,
    RecordType.QUESTIONNAIRE_RESPONSE: Sensitivity.CLINICAL,
    RecordType.OBSERVATION: Sensitivity.RESULT,
    RecordType.SCORE: Sensitivity.RESULT,
    RecordType.AUDIT_EVENT: Sensitivity.RESTRICTED,
    RecordType.CONFIDENTIAL_NOTE: Sensitivity.RESTRICTED,
}
_LEAST = frozenset({Sensitivity.ADMINISTRATIVE})
_ALL_BUT_RESTRICTED = frozenset(Sensitivity) - {Sensitivity.RESTRICTED}
_SEEN: Mapping[str, frozenset[Sensitivity]] = {
    Role.NURSE: _ALL_BUT_RESTRICTED,
    Role.COORDINATOR: _ALL_BUT_RESTRICTED,
    Role.MEDIATOR: _LEAST | {Sensitivity.CLINICAL},
    Role.NGO_STAFF: _LEAST,
    Role.ADMINISTRATOR: _LEAST,
}
_BACKS_UP = frozenset({Role.COORDINATOR.value, Role.ADMINISTRATOR.value})
_BREAKS_GLASS = frozenset({Role.MEDIATOR.value, Role.NGO_STAFF.value})


def sensitivity_of(record_type: str) -> Sensitivity:
    """Return how sensitive a type is; one of a newer version counts as a result."""
    return _OF_TYPE.get(record_type, Sensitivity.RESULT)


def may_see(role: str, sensitivity: Sensitivity, *, is_broken: bool = False) -> bool:
    """Tell whether a role opens a section; an unknown role sees the least.

    `is_broken` says that somebody broke the glass. Restricted sections are opened by
    name (app.core.confidential), never by role nor so.
    """
    if is_broken and may_break_glass(role):
        return sensitivity in _ALL_BUT_RESTRICTED
    return sensitivity in _SEEN.get(role, _LEAST)


def may_break_glass(role: str) -> bool:
    """Tell whether a role may open what is closed to it, for a reason it must give."""
    return role in _BREAKS_GLASS


def may_back_up(role: str) -> bool:
    """Tell whether a role may take all of a tablet out as one file.

    The file holds every record, also what screens hide from a role, and its passphrase
    alone protects it: so those may who answer for a deployment's data already.
    """
    return role in _BACKS_UP


@dataclass(frozen=True, slots=True)
class Part:
    """What a role sees of a record: its documents, and the types of those it may not.

    `hidden` has a type once for each document: nothing that is there looks empty.
    """

    documents: tuple[Document, ...]
    hidden: tuple[str, ...] = ()


def part_for(
    role: str, documents: Iterable[Document], *, is_broken: bool = False
) -> Part:
    """Return the part of a record that a role may see."""
    shown, hidden = [], []
    for document in documents:
        kind = document.record_type
        if may_see(role, sensitivity_of(kind), is_broken=is_broken):
            shown.append(document)
        else:
            hidden.append(kind)
    return Part(tuple(shown), tuple(sorted(hidden)))
