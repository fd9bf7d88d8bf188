"""Colleagues who were added on this tablet, until the server's setup names them."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.core.people_wire import Proposal
from app.core.wire import PractitionerInfo, Setup
from app.storage.sealed_values import SealedValues
from app.storage.slots import PinOrigin

_COLLEAGUES = "people/colleagues"
_RETIRED = "people/retired"


@dataclass(frozen=True, slots=True)
class PractitionerEntry:
    """Somebody who may work on this tablet, and whether they chose a PIN here."""

    practitioner: PractitionerInfo
    has_pin: bool
    pin_origin: PinOrigin | None = None
    """When it was chosen and by whose leave, where that is known."""


@dataclass(frozen=True, slots=True)
class LocalColleague:
    """Somebody whom a colleague added here; not `open` once the server refused them."""

    proposal: Proposal
    open: bool = True

    @property
    def info(self) -> PractitionerInfo:
        """The person, as screens show them: unconfirmed."""
        return PractitionerInfo(
            practitioner_id=self.proposal.practitioner_id,
            name=self.proposal.name,
            role=self.proposal.role,
            confirmed=False,
        )


def joined(setup: Setup, local: Iterable[LocalColleague]) -> Setup:
    """Return a setup that also names who was added here."""
    named = {w.practitioner_id for w in (*setup.practitioners, *setup.former)}
    fresh = [c for c in local if c.proposal.practitioner_id not in named]
    return setup.model_copy(
        update={
            "practitioners": (
                *setup.practitioners,
                *(each.info for each in fresh if each.open),
            ),
            "former": (*setup.former, *(c.info for c in fresh if not c.open)),
        }
    )


class LocalColleagues:
    """Reads and writes them, sealed under the device's key; and who lost a slot."""

    def __init__(self, values: SealedValues) -> None:
        self._values = values

    def all(self, driver: sqlite3.Connection) -> tuple[LocalColleague, ...]:
        """Return everybody who was added here and is not in the setup yet."""
        raw = self._values.get(driver, _COLLEAGUES)
        return tuple(
            LocalColleague(Proposal.model_validate(proposal), is_open)
            for proposal, is_open in json.loads(raw or b"[]")
        )

    def add(self, driver: sqlite3.Connection, proposal: Proposal) -> None:
        """Keep one more."""
        self._put(driver, (*self.all(driver), LocalColleague(proposal)))

    def refuse(self, driver: sqlite3.Connection, practitioner_ids: set[str]) -> None:
        """Keep them as names alone."""
        self._put(
            driver,
            [
                replace(c, open=c.open and not _is_of(c, practitioner_ids))
                for c in self.all(driver)
            ],
        )

    def forget_known(self, driver: sqlite3.Connection, setup: Setup) -> None:
        """Drop whom a setup names, as one of those who work or who left."""
        known = {w.practitioner_id for w in (*setup.practitioners, *setup.former)}
        local = self.all(driver)
        if any(_is_of(each, known) for each in local):
            self._put(driver, [each for each in local if not _is_of(each, known)])

    def retired(self, driver: sqlite3.Connection) -> tuple[str, ...]:
        """Return whose slots were removed and may still know the data key."""
        return tuple(json.loads(self._values.get(driver, _RETIRED) or b"[]"))

    def keep_retired(self, driver: sqlite3.Connection, ids: Iterable[str]) -> None:
        """Remember whose slots were removed."""
        raw = json.dumps(sorted(set(ids))).encode()
        self._values.put(driver, _RETIRED, raw)

    def _put(
        self, driver: sqlite3.Connection, colleagues: Iterable[LocalColleague]
    ) -> None:
        raw = json.dumps([[c.proposal.model_dump(), c.open] for c in colleagues])
        self._values.put(driver, _COLLEAGUES, raw.encode())


def _is_of(colleague: LocalColleague, practitioner_ids: set[str]) -> bool:
    return colleague.proposal.practitioner_id in practitioner_ids
