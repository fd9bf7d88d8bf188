"""Reading and saving records in an open vault."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.change import Authorship, Change, build, replacing_unaccepted
from app.core.ids import KeyedIds, RecordIds, patient_id_of_card
from app.core.merge import Document
from app.core.operation import Header
from app.core.summary import PatientSummary, Station
from app.core.wire import Setup
from app.storage import drafts
from app.storage.before_unlock import BeforeUnlock
from app.storage.damage import Damage, DamageKind
from app.storage.drafts import Draft
from app.storage.errors import VaultCorruptError
from app.storage.log import LogEntry, read_log
from app.storage.only_here import is_only_here
from app.storage.open_vault import OpenVault
from app.storage.patient_rotation import rotate_patient_key
from app.storage.unit import Unit
from app.storage.unlocked import CARD_SECRET, Unlocked


@dataclass(frozen=True, slots=True)
class Saved:
    """What a commit wrote; it is durable by now."""

    operation_ids: tuple[str, ...]
    patient_ids: frozenset[str]


class VaultRecords(OpenVault):
    """Records, drafts, search: what screens use."""

    def __init__(
        self, unlocked: Unlocked, before: BeforeUnlock, practitioner_id: str
    ) -> None:
        super().__init__(unlocked, before)
        self.practitioner_id = practitioner_id

    @property
    def setup(self) -> Setup:
        """What this tablet knows of its deployment: sites, practitioners, notice."""
        setup = self._before.setup()
        if setup is None:
            raise VaultCorruptError
        return setup

    @property
    def author(self) -> Authorship:
        """Who writes, and where."""
        return Authorship(self.practitioner_id, self.setup.site.site_id)

    def patient_id_of_card(self, code: str) -> str:
        """Return the Patient id of a card's code, the same on every tablet."""
        return patient_id_of_card(self._deployment_secret(), code)

    @property
    def ids(self) -> RecordIds:
        """What makes ids here; those that are derived are the same on every tablet.

        To derive one raises LockedError after the lock, and VaultCorruptError where
        the deployment's secret is lost.
        """
        return KeyedIds(self._unlocked.surroundings.ids, self._deployment_secret)

    def _deployment_secret(self) -> bytes:
        parts = self._unlocked
        with parts.database.read() as driver:
            try:
                return parts.local.require(driver, CARD_SECRET)
            except VaultCorruptError:
                parts.rows.damaged.add(Damage(DamageKind.VALUE, CARD_SECRET))
                raise

    def document(self, record_id: str) -> Document | None:
        """Return a record, or None; raise VaultCorruptError if it can't be read."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return parts.rows.document(driver, record_id)

    def documents(self, patient_id: str) -> tuple[Document, ...]:
        """Return every record of a patient."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return parts.rows.documents(driver, patient_id)

    def operations(self, patient_id: str) -> tuple[LogEntry, ...]:
        """Return a patient's operations, oldest first, each with where it stands."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return read_log(driver, parts.rows, parts.aside, patient_id)

    def commit(
        self,
        change: Change,
        drop_draft: str | None = None,
        author: Authorship | None = None,
    ) -> Saved:
        """Save a change whole, and drop the draft that it was made from.

        Durable before this returns; on any failure nothing changed, the draft stays
        and a StorageError says why; PatientErasedError for a patient who was erased:
        nothing more is written of them. `author` is for a draft of somebody else.
        """
        return self.commit_all([(change, author or self.author)], drop_draft)

    def commit_all(
        self, parts: Iterable[tuple[Change, Authorship]], drop_draft: str | None = None
    ) -> Saved:
        """Save changes of several authors in one transaction, in this order.

        For a draft that more than one typed in. It promises what `commit` does.
        """
        with self._unlocked.writing() as unit:
            heads = [h for change, who in parts for h in self._add(unit, change, who)]
            if drop_draft is not None:
                drafts.drop_draft(unit.driver, unit.rows, drop_draft)
        return Saved(
            tuple(head.operation_id for head in heads),
            frozenset(head.patient_id for head in heads),
        )

    def _add(self, unit: Unit, change: Change, author: Authorship) -> list[Header]:
        parts = self._unlocked
        clock, ids = parts.clock(unit.state), parts.surroundings.ids
        built = build(change, author, clock, ids, unit.document)
        built = replacing_unaccepted(built, unit.unaccepted)
        for operation, encoded in built:
            unit.fold(operation)
            unit.append_own(operation.header, encoded)
        if built:
            unit.move_clock(clock.last)
        return [operation.header for operation, _encoded in built]

    def save_draft(self, draft_id: str, patient_id: str, content: bytes) -> None:
        """Keep what is typed on a page, as UTF-8 JSON; durable before this returns.

        What a colleague typed before, and stands, stays theirs. Raises
        PatientErasedError for whom nothing is kept any more.
        """
        parts = self._unlocked
        now = parts.surroundings.wall()
        draft = Draft(draft_id, patient_id, self.practitioner_id, now, content)
        with parts.writing() as unit:
            unit.require_not_erased(patient_id)
            older = drafts.get_draft(unit.driver, parts.rows, draft_id)
            drafts.put_draft(unit.driver, parts.rows, drafts.typed_on(older, draft))

    def draft(self, draft_id: str) -> Draft | None:
        """Return a draft, or None."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return drafts.get_draft(driver, parts.rows, draft_id)

    def drafts(self, patient_id: str | None = None) -> tuple[Draft, ...]:
        """Return the drafts of one patient, or of everybody, oldest first."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return drafts.get_drafts(driver, parts.rows, patient_id)

    def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""
        with self._unlocked.writing() as unit:
            drafts.drop_draft(unit.driver, unit.rows, draft_id)

    def rotate_patient_key(self, patient_id: str) -> None:
        """Seal all of a patient's rows under a new key; the old one opens nothing here.

        One durable transaction. Raises VaultCorruptError, with nothing changed, where
        there is no such patient or a row can't be read.
        """
        with self._unlocked.writing() as unit:
            rotate_patient_key(unit, patient_id)
        self._unlocked.empty_log()

    def is_only_here(self, patient_id: str) -> bool:
        """Tell whether the server has not accepted all that is known of a patient."""
        with self._unlocked.database.read() as driver:
            return is_only_here(driver, patient_id)

    def summary(self, patient_id: str) -> PatientSummary | None:
        """Return a patient as lists show them, or None."""
        return self._unlocked.index.summary(patient_id)

    def search(self, text: str, limit: int = 50) -> list[PatientSummary]:
        """Return who fits what is typed so far: name, card code or phone."""
        return self._unlocked.index.search(text, limit)

    def queue(
        self, station: Station, site_id: str | None = None
    ) -> list[PatientSummary]:
        """Return who waits at a station, urgent first, then longest."""
        site = self.setup.site.site_id if site_id is None else site_id
        return self._unlocked.index.queue(station, site)
