"""Taking in the server's feed: idempotent, in any order, blocked by nothing."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.operation import EncodedOperation
from app.core.problems import ProblemCode
from app.core.wire import FeedItem, OperationEnvelope, PullResponse
from app.storage import DamageKind, State, Vault, VaultCorruptError, VaultFile
from tests.storage.tablets import (
    BO,
    PORT,
    Tablet,
    named,
    patient,
    save_patient,
)
from tests.support.operations import START_MS, WritingDevice, envelope


def other_device() -> WritingDevice:
    return WritingDevice("device-b", Authorship(BO, PORT.site_id))


def item(
    device: WritingDevice,
    encoded: EncodedOperation,
    sequence: int,
    clamp: int | None = None,
) -> FeedItem:
    return FeedItem(
        sequence=sequence,
        device_id=device.device_id,
        operation=envelope(encoded),
        clamp_ms=clamp,
    )


def written(*writes: tuple[RecordKey, dict[str, Json]]) -> list[FeedItem]:
    device = other_device()
    built = device.write(*writes)
    return [item(device, encoded, n) for n, (_op, encoded) in enumerate(built, 1)]


def page(*items: FeedItem, cursor: str = "epoch-1.9") -> PullResponse:
    return PullResponse(cursor=cursor, items=items, more=False, server_ms=0)


def test_a_page_brings_records_and_its_cursor(vault: Vault) -> None:
    assert vault.cursor() == ""
    vault.apply_feed(page(*written((patient("p1"), named("Omar")))))
    assert vault.cursor() == "epoch-1.9"
    assert [s.latin for s in vault.search("omar")] == ["Omar"]
    entry = vault.operations("p1")[0]
    assert (entry.device_id, entry.state) == ("device-b", State.ACKNOWLEDGED)
    assert vault.pending() is None
    assert not vault.is_only_here("p1")


def test_a_page_taken_in_twice_changes_nothing(vault: Vault) -> None:
    items = written((patient("p1"), named("Omar")))
    heard: list[frozenset[str]] = []
    vault.apply_feed(page(*items))
    before = vault.document("p1")
    vault.subscribe(heard.append)
    vault.apply_feed(page(*items, *items))
    assert vault.document("p1") == before
    assert len(vault.operations("p1")) == 1
    assert heard == []


def test_the_cursor_is_kept_and_can_be_reset(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    vault.apply_feed(page(cursor="epoch-1.44"))
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.cursor() == "epoch-1.44"
    vault.reset_cursor()
    assert vault.cursor() == ""
    vault_file.close()


def test_an_own_operation_in_the_feed_is_an_echo(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    batch = vault.pending()
    assert batch is not None
    echo = FeedItem(
        sequence=1, device_id=batch.device_id, operation=batch.operations[0]
    )
    vault.apply_feed(page(echo))
    assert vault.pending() is None
    assert len(vault.operations("p1")) == 1


def test_concurrent_values_stay_beside_each_other(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    vault.apply_feed(page(*written((patient("p1"), named("Amena")))))
    document = vault.document("p1")
    assert document is not None
    assert len(document.writes("name")) == 2


def test_an_operation_id_with_other_bytes_is_set_aside(vault: Vault) -> None:
    first = written((patient("p1"), named("Omar")))
    second = written((patient("p1"), named("Umar")))
    vault.apply_feed(page(*first))
    vault.apply_feed(page(*second))
    assert [s.reason for s in vault.set_aside()] == [ProblemCode.OPERATION_ID_REUSED]
    assert len(vault.operations("p1")) == 1


def test_broken_items_block_nothing_and_are_kept(vault: Vault) -> None:
    good = written((patient("p1"), named("Omar")))
    broken = FeedItem(
        sequence=7,
        device_id="device-b",
        operation=OperationEnvelope(header="{", salt=b"", content="{}"),
    )
    forged = good[0].model_copy(
        update={
            "sequence": 8,
            "operation": good[0].operation.model_copy(update={"salt": b"other"}),
        }
    )
    vault.apply_feed(page(broken, forged, *good))
    assert vault.document("p1") is not None
    kept = vault.set_aside()
    assert [k.item for k in kept] == [broken, forged]
    assert {k.reason for k in kept} == {ProblemCode.OPERATION_MALFORMED}
    assert vault.cursor() == "epoch-1.9"


def test_a_record_of_another_patient_is_set_aside(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    wrong = RecordKey("Patient", "p1", "p2")
    vault.apply_feed(page(*written((wrong, {"sex": "male"}))))
    assert [s.reason for s in vault.set_aside()] == [ProblemCode.RECORD_MISMATCH]
    assert vault.documents("p2") == ()


def test_an_erased_operation_keeps_its_header(vault: Vault) -> None:
    items = written((patient("p1"), named("Omar")))
    bare = OperationEnvelope(header=items[0].operation.header, salt=None, content=None)
    vault.apply_feed(page(items[0].model_copy(update={"operation": bare})))
    entry = vault.operations("p1")[0]
    assert entry.operation is None
    assert entry.header.record_id == "p1"
    assert vault.document("p1") is None


def test_unknown_types_and_fields_are_kept(vault: Vault) -> None:
    key = RecordKey("FromTheFuture", "r1", "p1")
    vault.apply_feed(page(*written((key, {"unheard": {"of": [1, "2"]}}))))
    document = vault.document("r1")
    assert document is not None
    assert document.writes("unheard")[0].value == {"of": [1, "2"]}


@pytest.mark.parametrize("clamp", [None, START_MS + 1_000])
def test_the_clock_follows_what_it_sees_up_to_the_clamp(
    vault: Vault, clamp: int | None
) -> None:
    device = other_device()
    device.wall = lambda: START_MS + 900_000
    device.clock._wall = device.wall
    (_operation, encoded) = device.write((patient("p1"), named("Omar")))[0]
    vault.apply_feed(page(item(device, encoded, 1, clamp)))
    save_patient(vault, "p2", "Amina")
    expected = START_MS + 900_000 if clamp is None else clamp
    assert vault.operations("p2")[0].header.at.wall_ms == expected


def test_two_pulled_operations_can_not_be_swapped(
    opened: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = opened
    other = RecordKey("Observation", "o1", "p1")
    items = written((patient("p1"), named("Omar")), (other, {"value": "1"}))
    vault.apply_feed(page(*items))
    with vault_file._database.write() as transaction:
        transaction.driver.execute(
            "UPDATE operation SET sealed = (SELECT sealed FROM operation AS o "
            "WHERE o.record_id = 'o1') WHERE record_id = 'p1'"
        )
    assert [e.header.record_id for e in vault.operations("p1")] == ["o1"]
    assert {d.kind for d in vault.damaged} == {DamageKind.OPERATION}
    vault.apply_feed(page(*items))
    assert [e.header.record_id for e in vault.operations("p1")] == ["p1", "o1"]


def destroy(vault_file: VaultFile, *tables: str) -> None:
    """Make what is kept of the record p1 unreadable."""
    with vault_file._database.write() as transaction:
        for table in tables:
            transaction.driver.execute(
                f"UPDATE {table} SET sealed = zeroblob(80) WHERE record_id = 'p1'"
            )


def test_a_lost_record_blocks_no_page_and_comes_back_with_the_feed(
    opened: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = opened
    device = other_device()
    (_operation, encoded) = device.write((patient("p1"), named("Omar")))[0]
    first = item(device, encoded, 1)
    vault.apply_feed(page(first))
    destroy(vault_file, "document", "operation")
    second = device.write((patient("p1"), {"sex": "male"}), (patient("p2"), named("X")))
    items = [item(device, encoded, n) for n, (_op, encoded) in enumerate(second, 2)]
    vault.apply_feed(page(*items))
    assert vault.document("p2") is not None
    with pytest.raises(VaultCorruptError):
        vault.document("p1")
    vault.apply_feed(page(first))
    document = vault.document("p1")
    assert document is not None
    assert set(document.fields) == {"name", "sex"}


def test_an_own_link_that_was_lost_comes_back_with_the_feed(
    opened: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Omar")
    whole = vault.pending()
    assert whole is not None
    destroy(vault_file, "operation")
    assert vault.pending() is None
    echo = FeedItem(
        sequence=1, device_id=whole.device_id, operation=whole.operations[0]
    )
    vault.apply_feed(page(echo))
    rest = vault.pending()
    assert rest is not None
    assert (rest.first, rest.operations) == (2, whole.operations[1:])
    assert rest.signature == whole.signature


@given(data=st.data())
@settings(max_examples=25)
def test_any_order_and_repetition_gives_the_same_documents(data: st.DataObject) -> None:
    device = other_device()
    fields = st.dictionaries(
        st.sampled_from(["name", "sex", "card"]), st.integers(0, 3), min_size=1
    )
    writes = data.draw(st.lists(fields, min_size=1, max_size=6))
    items = [
        item(device, device.write((patient("p1"), dict(w)))[0][1], n)
        for n, w in enumerate(writes)
    ]
    once = data.draw(st.permutations(items))
    twice = data.draw(st.permutations([*items, *items]))
    cut = data.draw(st.integers(0, len(twice)))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = documents_after(Path(one), [once])
        second = documents_after(Path(two), [twice[:cut], twice[cut:], items])
    assert first == second


def documents_after(folder: Path, pages: list[list[FeedItem]]) -> object:
    vault_file, vault = Tablet(folder).unlocked()
    try:
        for items in pages:
            vault.apply_feed(page(*items))
        return vault.documents("p1")
    finally:
        vault_file.close()


def test_the_index_after_a_crash_is_the_index_before_it(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault.close()
    vault_file = restarted_without_a_lock(tablet, vault_file)
    vault = vault_file.unlock("practitioner-ana", "428193")
    assert sorted(s.latin for s in vault.search("a")) == ["Amina"]
    assert sorted(s.latin for s in vault.search("o")) == ["Omar"]
    vault_file.close()


def restarted_without_a_lock(tablet: Tablet, vault_file: VaultFile) -> VaultFile:
    vault = vault_file.unlock("practitioner-ana", "428193")
    save_patient(vault, "p2", "Omar")
    # As a killed process would: the file is let go, nothing is written at the end.
    vault_file._database.close()
    vault_file._lock.release()
    return tablet.open()
