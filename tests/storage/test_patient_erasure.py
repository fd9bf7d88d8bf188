"""A patient is erased on request: nothing of them stays, nothing comes back."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core.change import Authorship, RecordKey
from app.core.document_pack import pack
from app.core.merge import new_document
from app.core.page_wire import DocumentItem, DocumentPage
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import (
    FeedItem,
    OperationEnvelope,
    Outcome,
    PullResponse,
    PushOutcome,
)
from app.storage import PatientErasedError, State, Vault, VaultFile
from app.storage.audit_log import subject_of
from app.storage.errors import RecordMismatchError
from app.storage.hpke import BoxKey
from app.storage.parcel import PARCEL_NAME
from app.storage.rows import Rows
from app.storage.sealing import Sealer, SealError, place
from tests.storage.faults.moments import EVERY, SOME, at_statements
from tests.storage.tablets import (
    ANA,
    BO,
    PIN,
    PORT,
    SETUP,
    Tablet,
    change_of,
    named,
    patient,
    save_patient,
)
from tests.storage.test_outbox import answer, head_of, ids_of, next_batch
from tests.storage.test_parcel import opened as parcel_opened
from tests.support.operations import WritingDevice, envelope

Opened = tuple[VaultFile, Vault]
NOTE = RecordKey(RecordType.OBSERVATION, "note-p1", "p1")
SECRET = "zzSecretOfAmina"
TABLES: Mapping[str, str] = {
    "operation": "operation_id, record_id, patient_id, number, state",
    "document": "record_id, patient_id, position, paged",
    "draft": "draft_id, patient_id",
}


def elsewhere() -> WritingDevice:
    return WritingDevice("device-b", Authorship(BO, PORT.site_id))


def from_elsewhere(patient_id: str, latin: str, sequence: int) -> FeedItem:
    ((_operation, encoded),) = elsewhere().write((patient(patient_id), named(latin)))
    return FeedItem(
        sequence=sequence, device_id="device-b", operation=envelope(encoded)
    )


def page(*items: FeedItem) -> PullResponse:
    return PullResponse(cursor="epoch-1.9", items=items, more=False, server_ms=0)


def outcome_of(operation_id: str, reason: ProblemCode | None) -> PushOutcome:
    kind = Outcome.ACCEPTED if reason is None else Outcome.REJECTED
    return PushOutcome(operation_id=operation_id, outcome=kind, reason=reason)


def broken(item: FeedItem) -> FeedItem:
    """Return an item whose content is not what its header says."""
    envelope = OperationEnvelope(
        header=item.operation.header, salt=item.operation.salt, content=f'"{SECRET}"'
    )
    return item.model_copy(update={"operation": envelope, "sequence": 77})


def filled(tablet: Tablet) -> Opened:
    """Amina with all that a patient may have, and another beside her."""
    tablet.folder.mkdir(exist_ok=True)
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", SECRET)
    batch = next_batch(vault)
    refused = outcome_of(ids_of(batch)[0], ProblemCode.UNKNOWN_SITE)
    vault.record_outcomes(answer(refused, acknowledged=head_of(batch).number))
    vault.commit(change_of((NOTE, {"value": SECRET})))
    save_patient(vault, "p2", "Omar")
    vault.save_draft("draft-1", "p1", json.dumps({"page": SECRET}).encode())
    vault.save_draft("draft-2", "p2", b'{"page": 2}')
    late = from_elsewhere("p1", SECRET, 5)
    vault.apply_feed(page(broken(late), from_elsewhere("p3", "Lina", 6)))
    vault.close()
    return vault_file, vault_file.unlock(ANA, PIN)


def of(vault: Vault, *people: str) -> tuple[object, ...]:
    """All that can be seen of some patients."""
    return (
        [vault.documents(one) for one in people],
        [vault.operations(one) for one in people],
        [vault.drafts(one) for one in people],
        [vault.summary(one) for one in people],
        [e for e in vault.set_aside() if e.patient_id in people],
    )


def is_gone(vault: Vault) -> bool:
    documents, _log, _drafts, summaries, _aside = of(vault, "p1")
    entries = vault.operations("p1")
    assert [entry.header.patient_id for entry in entries] == ["p1", "p1"]
    gone = [entry.operation is None for entry in entries]
    assert len(set(gone)) == 1
    is_there = documents != [()] or summaries != [None] or vault.drafts("p1") != ()
    assert is_there != gone[0]
    assert (vault.search(SECRET) == []) == gone[0]
    return gone[0]


@dataclass(frozen=True)
class Kept:
    """What somebody copied before: her key, and her rows."""

    key: Sealer
    wrapped: bytes
    sealed: tuple[bytes, ...]

    @classmethod
    def of(cls, vault_file: VaultFile, rows: Rows) -> "Kept":
        where = "WHERE patient_id = 'p1'"
        with vault_file._database.read() as driver:
            key = rows.key(driver, "p1")
            sealed = [
                row[0]
                for table in TABLES
                for row in driver.execute(f"SELECT sealed FROM {table} {where}")
            ]
            sql = f"SELECT kept FROM patient_key {where}"
            (wrapped,) = driver.execute(sql).fetchone()
        return cls(key, wrapped, tuple(sealed))

    def opens(self, database: Path) -> list[str]:
        """Return the rows that the copied key opens."""
        driver = sqlite3.connect(database)
        found, tried = [], 0
        for table, columns in TABLES.items():
            for sealed, *ids in driver.execute(
                f"SELECT sealed, {columns} FROM {table}"
            ):
                tried += 1
                if self._opens(sealed, table_place(table, ids)):
                    found.append(f"{table} {ids[0]}")
        driver.close()
        assert tried > 3, "nothing was tried"
        return found

    def _opens(self, sealed: bytes, where: bytes) -> bool:
        try:
            self.key.unseal(sealed, where)
        except SealError:
            return False
        return True


def table_place(table: str, ids: list[object]) -> bytes:
    texts = [str(one or 0) for one in ids]
    if table == "document":
        *rest, paged = texts
        return place("document", *rest, 1, *("paged",) * int(paged))
    return place(table, *texts, *((1,) if table == "operation" else ()))


def test_nothing_of_her_stays_and_others_are_untouched(tablet: Tablet) -> None:
    vault_file, vault = filled(tablet)
    others = of(vault, "p2", "p3")
    kept = Kept.of(vault_file, vault._unlocked.rows)
    assert len(kept.opens(tablet.database)) == len(kept.sealed) == 5
    aside = [e.item_id for e in vault.set_aside()]
    assert len(aside) == 2
    vault.erase_patient("p1")
    assert is_gone(vault)
    assert kept.opens(tablet.database) == []
    assert of(vault, "p2", "p3") == others
    assert vault.set_aside() == ()
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    raw = all_bytes(tablet)
    assert not any(row in raw for row in (*kept.sealed, kept.wrapped))
    assert SECRET.encode() not in raw
    again = vault_file.unlock(ANA, PIN)
    assert is_gone(again)
    assert of(again, "p2", "p3") == others
    assert (again.verify(), again.damaged) == (frozenset(), frozenset())
    with vault_file._database.read() as driver:
        names = driver.execute("SELECT name FROM sealed_value").fetchall()
        values = [opened_value(again, driver, name) for (name,) in names]
    assert not any(SECRET.encode() in value for value in values)
    vault_file.close()


def opened_value(vault: Vault, driver: sqlite3.Connection, name: str) -> bytes:
    """Return a value under the data key; nothing for one of the device."""
    try:
        return vault._unlocked.local.get(driver, name) or b""
    except Exception:  # noqa: BLE001 - another key's
        return b""


def all_bytes(tablet: Tablet) -> bytes:
    files = [f for f in tablet.vault_folder.iterdir() if f.name.startswith("vault.db")]
    return b"".join(file.read_bytes() for file in files)


def test_the_chain_is_sent_without_content_and_is_done_with_it(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", SECRET)
    save_patient(vault, "p2", "Omar")
    before = next_batch(vault)
    vault.erase_patient("p1")
    batch = next_batch(vault)
    assert [o.header for o in batch.operations] == [o.header for o in before.operations]
    first, second = batch.operations
    assert (first.salt, first.content) == (None, None)
    assert second.content is not None
    public = Ed25519PublicKey.from_public_bytes(vault_file.identity.public_key)
    public.verify(batch.signature, head_of(batch).signed_bytes())
    ids = ids_of(batch)
    refused = outcome_of(ids[0], ProblemCode.ERASED)
    accepted = outcome_of(ids[1], None)
    number = head_of(batch).number
    vault.record_outcomes(answer(refused, accepted, acknowledged=number))
    assert vault.pending() is None
    assert vault.operations("p1")[0].state is State.ACKNOWLEDGED
    counts = vault.counts()
    assert (counts.operations, counts.records, counts.set_aside) == (0, 0, 0)
    assert vault.set_aside() == ()


def test_what_is_unsent_beside_the_vault_is_sealed_anew_without_it(
    tmp_path: Path,
) -> None:
    server = BoxKey.generate()
    vault_file, vault = Tablet(tmp_path).unlocked()
    key = {"sealing_key": server.public_bytes}
    vault.renew_setup(SETUP.model_copy(update=key))
    save_patient(vault, "p1", SECRET)
    vault.close()
    parcel = tmp_path / "vault" / PARCEL_NAME
    (batch,) = parcel_opened(parcel, server)
    assert batch.operations[0].content is not None
    vault_file.unlock(ANA, PIN).erase_patient("p1")
    (batch,) = parcel_opened(parcel, server)
    assert batch.operations[0].content is None
    vault_file.close()


def test_nothing_is_written_of_her_any_more(tablet: Tablet) -> None:
    vault_file, vault = filled(tablet)
    vault.erase_patient("p1")
    for again in (vault, vault_file.unlock(ANA, PIN)):
        if not again.is_open:
            continue
        with pytest.raises(PatientErasedError) as refused:
            save_patient(again, "p1", "Back")
        assert refused.value.code is ProblemCode.ERASED
        with pytest.raises(PatientErasedError):
            again.save_draft("draft-1", "p1", b"{}")
        assert is_gone(again)
    vault_file.close()


def test_what_comes_for_her_later_keeps_nothing_of_its_content(tablet: Tablet) -> None:
    vault_file, vault = filled(tablet)
    vault.erase_patient("p1")
    device = elsewhere()
    built = device.write(
        (patient("p3"), named("Lina")),  # Her id is known: the next ones are new.
        (patient("p1"), named(SECRET)),
        (patient("p4"), named("Zoe")),
    )
    items = [
        FeedItem(sequence=n, device_id="device-b", operation=envelope(encoded))
        for n, (_operation, encoded) in enumerate(built, 7)
    ]
    reused = from_elsewhere("p1", SECRET, 10)
    for _twice in range(2):
        vault.apply_feed(page(*items[1:], broken(items[1]), reused))
    ((operation, _encoded),) = elsewhere().write((patient("p1"), named(SECRET)))
    text = json.dumps(pack(new_document(operation).apply(operation)))
    documents = DocumentItem(document=text), DocumentItem(document=text[:-1])
    vault.apply_documents(
        DocumentPage(cursor="c", documents=documents, more=False, server_ms=0)
    )
    entries = vault.set_aside()
    assert {(e.item_id, e.reason) for e in entries} == {
        ("feed:device-b:8", ProblemCode.ERASED),
        ("feed:device-b:10", ProblemCode.OPERATION_ID_REUSED),
        ("feed:device-b:77", ProblemCode.OPERATION_MALFORMED),
        ("page:p1", ProblemCode.ERASED),
    }
    assert {(e.item, e.patient_id) for e in entries} == {(None, "p1")}
    assert [e.operation for e in vault.operations("p1")] == [None] * 3
    assert vault.documents("p1") == ()
    assert vault.summary("p1") is None
    assert vault.search(SECRET) == []
    assert [s.latin for s in vault.search("Zoe")] == ["Zoe"]
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    vault_file.close()


def test_somebody_not_here_yet_is_kept_out_too_also_after_the_key_changed(
    opened: Opened,
) -> None:
    vault_file, vault = opened
    vault.erase_patient("p9")
    vault.rotate_data_key()
    vault = vault_file.unlock(ANA, PIN)
    vault.apply_feed(page(from_elsewhere("p9", SECRET, 1)))
    assert vault.summary("p9") is None
    with pytest.raises(PatientErasedError):
        save_patient(vault, "p9", "Back")


def test_audit_events_are_nobodys_to_erase(opened: Opened) -> None:
    _vault_file, vault = opened
    with pytest.raises(RecordMismatchError):
        vault.erase_patient(subject_of(vault._unlocked))


@pytest.mark.parametrize("stride", [SOME, EVERY])
def test_a_death_at_any_statement_leaves_her_whole_or_gone(
    tmp_path: Path, stride: int
) -> None:
    tablet = Tablet(tmp_path / "tablet")
    vault_file, vault = filled(tablet)
    others, her = of(vault, "p2", "p3"), of(vault, "p1")
    with at_statements(tablet, vault_file, stride) as moments:
        vault.erase_patient("p1")
    vault_file.close()
    assert moments.statements > 15
    ends = set()
    for moment in moments.folders:
        again, opened = Tablet(moment).unlocked()
        assert of(opened, "p2", "p3") == others
        ends.add(is_gone(opened))
        if not is_gone(opened):
            assert of(opened, "p1") == her
        assert (opened.verify(), opened.damaged) == (frozenset(), frozenset())
        again.close()
    assert ends == {True, False}


def test_an_outcome_of_another_kind_is_kept_as_before(opened: Opened) -> None:
    _vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    batch = next_batch(vault)
    refused = outcome_of(ids_of(batch)[0], ProblemCode.ERASED)
    vault.record_outcomes(answer(refused, acknowledged=head_of(batch).number))
    assert [e.reason for e in vault.set_aside()] == [ProblemCode.ERASED]
    assert refused.outcome is Outcome.REJECTED
