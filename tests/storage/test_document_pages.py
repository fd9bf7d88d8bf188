"""Pages of a first sync: whole documents, merged with what is here, each as often."""

import json
from collections.abc import Mapping

import pytest

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.document_pack import pack
from app.core.merge import Document, new_document
from app.core.operation import EncodedOperation, Operation
from app.core.page_wire import DocumentItem, DocumentPage
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import FeedItem, PullResponse
from app.storage import Damage, DamageKind, Vault, VaultCorruptError, VaultFile
from tests.storage.tablets import ANA, BO, PIN, PORT, change_of, named, patient
from tests.support.operations import WritingDevice, envelope

Opened = tuple[VaultFile, Vault]
Written = tuple[Operation, EncodedOperation]
VISIT = RecordKey(RecordType.ENCOUNTER, "v1", "p1")


@pytest.fixture
def elsewhere() -> WritingDevice:
    """Another tablet, whose operations the server has folded."""
    return WritingDevice("device-b", Authorship(BO, PORT.site_id))


def wrote(
    device: WritingDevice, key: RecordKey, fields: dict[str, Json], seen: object = None
) -> Written:
    known = seen if isinstance(seen, Document) else None
    (written,) = device.write((key, fields), seen=lambda _id: known)
    return written


def folded(*written: Written) -> Document:
    document = new_document(written[0][0])
    for operation, _encoded in written:
        document = document.apply(operation)
    return document


def text_of(document: Document) -> str:
    return json.dumps(pack(document), ensure_ascii=False, separators=(",", ":"))


def page(*documents: Document | str, cursor: str = "epoch-1.page-1") -> DocumentPage:
    texts = [d if isinstance(d, str) else text_of(d) for d in documents]
    items = tuple(DocumentItem(document=text) for text in texts)
    return DocumentPage(cursor=cursor, documents=items, more=True, server_ms=0)


def feed(*written: Written) -> PullResponse:
    items = tuple(
        FeedItem(sequence=n, device_id="device-b", operation=envelope(encoded))
        for n, (_operation, encoded) in enumerate(written, 1)
    )
    return PullResponse(cursor="epoch-1.9", items=items, more=False, server_ms=0)


def rows_of(vault_file: VaultFile, table: str) -> list[tuple[object, ...]]:
    with vault_file._database.read() as driver:
        return driver.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


def execute(vault_file: VaultFile, statement: str) -> None:
    with vault_file._database.write() as transaction:
        assert transaction.driver.execute(statement).rowcount > 0


def test_a_pages_people_are_found_and_read_after_the_next_unlock(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    told: list[frozenset[str]] = []
    vault.subscribe(told.append)
    amina = folded(wrote(elsewhere, patient("p1"), named("Amina Haile")))
    omar = folded(wrote(elsewhere, patient("p2"), named("Omar")))
    visit = folded(
        wrote(elsewhere, VISIT, {"started_at": 5, "status": {"status": "arrived"}})
    )
    vault.apply_documents(page(amina, visit, omar))
    assert told == [frozenset({"p1", "p2"})]
    assert vault.cursor() == "epoch-1.page-1"
    for _ in range(2):
        assert vault.document("p1") == amina
        found_here = {d.record_id: d for d in vault.documents("p1")}
        assert found_here == {"p1": amina, "v1": visit}
        assert [s.latin for s in vault.search("om")] == ["Omar"]
        found = vault.summary("p1")
        assert found is not None
        assert found.encounter_id == "v1"
        assert vault.counts().operations == 0
        vault.close()
        vault = vault_file.unlock(ANA, PIN)
    assert vault.damaged == frozenset()


def test_a_page_twice_is_a_page_once(opened: Opened, elsewhere: WritingDevice) -> None:
    vault_file, vault = opened
    came = page(
        folded(wrote(elsewhere, patient("p1"), named("Amina"))), "no document at all"
    )
    vault.apply_documents(came)
    before = rows_of(vault_file, "document"), rows_of(vault_file, "patient_key")
    vault.apply_documents(came)
    vault.apply_documents(came)
    assert before == (
        rows_of(vault_file, "document"),
        rows_of(vault_file, "patient_key"),
    )
    assert len(vault.set_aside()) == 1


def test_the_same_record_twice_in_a_page_is_joined(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _vault_file, vault = opened
    first = wrote(elsewhere, patient("p1"), named("Amina"))
    second = wrote(elsewhere, patient("p1"), {"allergy": "nuts"}, folded(first))
    vault.apply_documents(page(folded(first), folded(first, second)))
    assert vault.document("p1") == folded(first, second)


def test_a_page_takes_nothing_away_that_was_written_here(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _vault_file, vault = opened
    vault.commit(change_of((patient("p1"), {**named("Amina"), "allergy": "nuts"})))
    theirs = folded(wrote(elsewhere, patient("p1"), {**named("Amine"), "sex": "male"}))
    vault.apply_documents(page(theirs))
    document = vault.document("p1")
    assert document is not None
    assert [w.value for w in document.writes("allergy")] == ["nuts"]
    assert [w.value for w in document.writes("sex")] == ["male"]
    assert len(document.writes("name")) == 2
    assert vault.pending() is not None


def test_what_was_replaced_elsewhere_does_not_come_back(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _vault_file, vault = opened
    first = wrote(elsewhere, patient("p1"), named("Amina"))
    vault.apply_feed(feed(first))
    second = wrote(elsewhere, patient("p1"), named("Fatima"), folded(first))
    vault.apply_documents(page(folded(first, second)))
    vault.apply_documents(page(folded(first)))
    assert vault.document("p1") == folded(first, second)
    assert [s.latin for s in vault.search("fat")] == ["Fatima"]
    assert vault.search("amina") == []


def test_a_local_operation_without_its_document_is_folded_in(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    vault.commit(change_of((patient("p1"), {"allergy": "nuts"})))
    execute(vault_file, "DELETE FROM document")
    vault.apply_documents(page(folded(wrote(elsewhere, patient("p1"), named("Amina")))))
    document = vault.document("p1")
    assert document is not None
    assert set(document.fields) == {"name", "allergy"}


def test_the_log_goes_on_from_a_page(opened: Opened, elsewhere: WritingDevice) -> None:
    _vault_file, vault = opened
    first = wrote(elsewhere, patient("p1"), named("Amina"))
    second = wrote(elsewhere, patient("p1"), named("Fatima"), folded(first))
    vault.apply_documents(page(folded(first)))
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    vault.apply_feed(feed(first, second))
    document = vault.document("p1")
    assert document is not None
    assert [w.value for w in document.writes("name")] == [named("Fatima")["name"]]
    assert set(document.fields) == {"name", "sex"}
    assert vault.damaged == frozenset()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ProblemCode.OPERATION_MALFORMED),
        ("{}", ProblemCode.OPERATION_MALFORMED),
        ("\ud800", ProblemCode.OPERATION_MALFORMED),
        (
            '{"type":"Patient","record":"","patient":"p","by":[]}',
            ProblemCode.OPERATION_MALFORMED,
        ),
        (
            '{"type":"Patient","record":"p1","patient":"p9","by":[]}',
            ProblemCode.RECORD_MISMATCH,
        ),
        (
            '{"type":"Score","record":"p1","patient":"p1","by":[]}',
            ProblemCode.RECORD_MISMATCH,
        ),
    ],
)
def test_a_broken_item_is_set_aside_and_blocks_nothing(
    opened: Opened, elsewhere: WritingDevice, text: str, reason: ProblemCode
) -> None:
    vault_file, vault = opened
    amina = folded(wrote(elsewhere, patient("p1"), named("Amina")))
    omar = folded(wrote(elsewhere, patient("p2"), named("Omar")))
    vault.apply_documents(page(amina))
    vault.apply_documents(page(text, omar, cursor="epoch-1.page-2"))
    (aside,) = vault.set_aside()
    assert aside.reason is reason
    assert isinstance(aside.item, DocumentItem)
    assert vault.document("p1") == amina
    assert vault.document("p2") == omar
    assert vault.cursor() == "epoch-1.page-2"
    vault_file.close()


def test_a_damaged_document_of_a_page_is_not_half_made_from_the_log(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    came = page(folded(wrote(elsewhere, patient("p1"), {"allergy": "nuts"})))
    vault.apply_documents(came)
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    whole = vault.document("p1")
    execute(vault_file, "UPDATE document SET sealed = zeroblob(200)")
    with pytest.raises(VaultCorruptError):
        vault.document("p1")
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}
    vault.apply_documents(came)
    assert vault.document("p1") == whole


def test_an_older_document_of_a_page_keeps_the_page(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    vault.apply_documents(
        page(folded(wrote(elsewhere, patient("p1"), {"allergy": "nuts"})))
    )
    older = rows_of(vault_file, "document")
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    whole = vault.document("p1")
    put_back(vault_file, older[0])
    assert vault.document("p1") == whole
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}


@pytest.mark.parametrize("paged", [0, 1])
def test_the_mark_of_a_page_is_authenticated(
    opened: Opened, elsewhere: WritingDevice, paged: int
) -> None:
    vault_file, vault = opened
    if paged:
        vault.apply_documents(
            page(folded(wrote(elsewhere, patient("p1"), {"allergy": "nuts"})))
        )
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    whole = vault.document("p1")
    execute(vault_file, "UPDATE document SET paged = 1 - paged")
    assert vault.document("p1") == whole
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}


def put_back(vault_file: VaultFile, row: tuple[object, ...]) -> None:
    with vault_file._database.write() as transaction:
        transaction.driver.execute(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?)", row
        )


def test_the_clock_moves_past_what_a_page_brought(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _vault_file, vault = opened
    wall = elsewhere.wall
    assert callable(wall)
    elsewhere.clock.tick()
    operation, encoded = wrote(elsewhere, patient("p1"), named("Amina"))
    vault.apply_documents(page(folded((operation, encoded))))
    vault.commit(change_of((patient("p2"), named("Omar"))))
    assert vault.operations("p2")[0].header.at > operation.header.at


def test_somebody_odd_stays_out_of_lists_and_nothing_else(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _vault_file, vault = opened
    odd: Mapping[str, Json] = {"started_at": 10**30, "status": {"status": []}}
    visit = folded(wrote(elsewhere, VISIT, dict(odd)))
    amina = folded(wrote(elsewhere, patient("p1"), named("Amina")))
    omar = folded(wrote(elsewhere, patient("p2"), named("Omar")))
    vault.apply_documents(page(visit, amina, omar))
    assert [s.latin for s in vault.search("omar")] == ["Omar"]
    assert vault.document("v1") == visit


def test_of_a_clamp_what_the_last_page_says_counts(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    _file, vault = opened
    operation, _encoded = wrote(elsewhere, patient("p1"), {"sex": "female"})
    fresh = new_document(operation)
    # A server that fell back accepts it anew, and later than before.
    for clamp_ms in (100, 200, None):
        vault.apply_documents(page(fresh.apply(operation, clamp_ms)))
        found = vault.document("p1")
        assert found is not None
        assert [w.clamp_ms for w in found.writes("sex")] == [clamp_ms]
