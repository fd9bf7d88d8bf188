"""Saving and reading records, drafts, and what listeners hear."""

import threading

import pytest

from app.core.canonical import Json
from app.core.change import Authorship, Change, RecordKey
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.summary import Station
from app.core.values import EncounterStatus
from app.storage import RecordMismatchError, State, Vault, VaultFile
from tests.storage.tablets import (
    ANA,
    BO,
    PIN,
    PORT,
    Tablet,
    change_of,
    named,
    patient,
    save_patient,
)

Opened = tuple[VaultFile, Vault]


def value(document: Document | None, name: str) -> object:
    assert document is not None
    return document.writes(name)[-1].value


def test_a_change_is_read_back(vault: Vault) -> None:
    saved = vault.commit(change_of((patient("p1"), {"sex": "female"})))
    assert saved.patient_ids == {"p1"}
    assert value(vault.document("p1"), "sex") == "female"
    assert vault.document("p2") is None
    assert vault.documents("p2") == ()


def test_a_later_change_replaces_what_its_author_saw(vault: Vault) -> None:
    vault.commit(change_of((patient("p1"), {"sex": "unknown"})))
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    document = vault.document("p1")
    assert document is not None
    assert [w.value for w in document.writes("sex")] == ["female"]


def test_one_change_writes_several_records_under_one_change_id(vault: Vault) -> None:
    encounter = RecordKey(RecordType.ENCOUNTER, "e1", "p1")
    vault.commit(change_of((patient("p1"), named("Amina")), (encounter, {"x": 1})))
    log = vault.operations("p1")
    assert {e.header.change.change_id for e in log} == {log[0].header.change.change_id}
    assert [e.header.record_id for e in log] == ["p1", "e1"]
    assert {e.state for e in log} == {State.PENDING}
    assert {e.device_id for e in log} == {vault.device_id}


def test_stamps_never_go_back_even_over_a_restart(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault_file.close()
    tablet.wall.advance(-400 * 86_400_000)
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina Haile")
    first, second = (e.header.at for e in vault.operations("p1"))
    assert second > first
    vault_file.close()


def test_a_write_on_another_patients_record_is_refused_whole(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    before = vault.counts()
    change = change_of((patient("p2"), named("Omar")))
    change.set(RecordKey(RecordType.PATIENT, "p1", "p2"), {"sex": "male"})
    with pytest.raises(RecordMismatchError) as refused:
        vault.commit(change)
    assert refused.value.code is ProblemCode.RECORD_MISMATCH
    assert vault.document("p2") is None
    assert vault.counts() == before
    assert vault.search("omar") == []


def test_after_a_failure_the_same_patient_can_be_saved(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    change = change_of((patient("p2"), named("Omar")))
    change.set(RecordKey(RecordType.PATIENT, "p1", "p2"), {"sex": "male"})
    with pytest.raises(RecordMismatchError):
        vault.commit(change)
    # A key made in the transaction that failed must not seal what follows.
    save_patient(vault, "p2", "Omar")
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.document("p2") is not None
    assert vault.damaged == frozenset()
    vault_file.close()


def test_an_empty_change_writes_nothing(vault: Vault) -> None:
    assert vault.commit(Change()).operation_ids == ()
    assert vault.counts().operations == 0


def test_the_author_is_stamped_when_it_is_written(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    other = Authorship(BO, "site-elsewhere")
    vault.commit(change_of((patient("p1"), {"sex": "female"})), author=other)
    authors = [e.header.practitioner_id for e in vault.operations("p1")]
    assert authors == [ANA, BO]


def test_a_draft_survives_a_restart_and_keeps_its_author(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    vault.save_draft("d1", "p1", b'{"answer": 1}')
    vault.save_draft("d1", "p1", '{"answer": "نعم"}'.encode())
    tablet.wall.advance(1)
    vault.save_draft("d2", "p2", b"{}")
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    draft = vault.draft("d1")
    assert draft is not None
    assert draft.content == '{"answer": "نعم"}'.encode()
    assert draft.practitioner_id == ANA
    assert [d.draft_id for d in vault.drafts()] == ["d1", "d2"]
    assert [d.draft_id for d in vault.drafts("p2")] == ["d2"]
    assert vault.counts().operations == 0
    vault_file.close()


def as_bo(vault: Vault) -> Vault:
    """The same tablet in Bo's hands."""
    vault.practitioner_id = BO
    return vault


def author(vault: Vault, *member: str, value: Json) -> str | None:
    draft = vault.draft("d1")
    assert draft is not None
    return draft.author_of(member[0], member[1], value)


def test_what_a_colleague_typed_stays_theirs_when_another_types_on(
    vault: Vault,
) -> None:
    vault.save_draft("d1", "p1", b'{"answers": {"a": [1], "b": [2], "c": [3]}}')
    as_bo(vault).save_draft("d1", "p1", b'{"answers": {"a": [1], "b": [0]}, "page": 2}')
    assert author(vault, "answers", "a", value=[1]) == ANA
    assert author(vault, "answers", "b", value=[0]) == BO
    assert author(vault, "page", "", value=2) == BO
    assert author(vault, "answers", "b", value=[2]) is None
    assert author(vault, "answers", "c", value=[3]) is None
    draft = vault.draft("d1")
    assert draft is not None
    assert (draft.practitioner_id, draft.sole_author) == (BO, None)
    vault.save_draft("d1", "p1", b'{"answers": {"a": [1], "b": [9]}, "page": 2}')
    assert author(vault, "answers", "a", value=[1]) == ANA


def test_a_draft_that_says_nothing_new_is_still_its_authors(vault: Vault) -> None:
    vault.save_draft("d1", "p1", b'{"form": {"name": "Amina"}}')
    as_bo(vault).save_draft("d1", "p1", b'{"form": {"name": "Amina"}}')
    draft = vault.draft("d1")
    assert draft is not None
    assert draft.sole_author == ANA


def test_what_two_typed_is_saved_whole_under_both_names(vault: Vault) -> None:
    vault.save_draft("d1", "p1", b"{}")
    parts = [
        (change_of((patient("p1"), {"sex": "female"})), Authorship(ANA, "site-port")),
        (change_of((patient("p1"), {"origin": "SY"})), Authorship(BO, "site-port")),
    ]
    vault.commit_all(parts, drop_draft="d1")
    document = vault.document("p1")
    assert document is not None
    authors = {n: document.writes(n)[0].practitioner_id for n in ("sex", "origin")}
    assert authors == {"sex": ANA, "origin": BO}
    assert vault.drafts() == ()
    wrong = change_of((RecordKey(RecordType.PATIENT, "p1", "p2"), {"sex": "male"}))
    with pytest.raises(RecordMismatchError):
        vault.commit_all([parts[0], (wrong, Authorship(BO, "site-port"))])
    assert vault.counts().operations == 2


def test_a_commit_drops_its_draft_and_no_other(vault: Vault) -> None:
    vault.save_draft("d1", "p1", b"{}")
    vault.save_draft("d2", "p1", b"{}")
    vault.commit(change_of((patient("p1"), named("Amina"))), drop_draft="d1")
    assert [d.draft_id for d in vault.drafts()] == ["d2"]
    vault.drop_draft("d2")
    assert vault.drafts() == ()


def test_a_commit_that_fails_keeps_its_draft(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    vault.save_draft("d1", "p1", b"{}")
    wrong = RecordKey(RecordType.PATIENT, "p1", "p2")
    with pytest.raises(RecordMismatchError):
        vault.commit(change_of((wrong, {"sex": "male"})), drop_draft="d1")
    assert vault.draft("d1") is not None


def test_listeners_hear_who_changed_until_they_stop(vault: Vault) -> None:
    heard: list[frozenset[str]] = []
    stop = vault.subscribe(heard.append)
    save_patient(vault, "p1", "Amina")
    vault.save_draft("d1", "p1", b"{}")
    stop()
    stop()
    save_patient(vault, "p2", "Omar")
    assert heard == [frozenset({"p1"})]


def test_a_listener_that_fails_takes_nothing_away(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_patient_ids: frozenset[str]) -> None:
        raise RuntimeError("the session has ended")

    heard: list[frozenset[str]] = []
    vault.subscribe(fail)
    vault.subscribe(heard.append)
    save_patient(vault, "p1", "Amina")
    assert heard == [frozenset({"p1"})]
    assert "listener failed" in caplog.text


def test_many_threads_write_one_chain(vault: Vault) -> None:
    def write(prefix: int) -> None:
        for number in range(10):
            save_patient(vault, f"p{prefix}-{number}", "Amina")

    threads = [threading.Thread(target=write, args=(n,), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch = vault.pending()
    assert batch is not None
    assert len(batch.operations) == 40
    assert len(vault.search("amina")) == 40


def test_the_queue_follows_what_is_saved(opened: Opened) -> None:
    vault_file, vault = opened
    encounter = RecordKey(RecordType.ENCOUNTER, "e1", "p1")
    status: dict[str, Json] = {"status": EncounterStatus.ARRIVED.value}
    arrived: dict[str, Json] = {"started_at": 5, "status": status}
    vault.commit(change_of((patient("p1"), named("Amina")), (encounter, arrived)))
    assert [s.patient_id for s in vault.queue(Station.TRIAGE)] == ["p1"]
    assert vault.queue(Station.TRIAGE, "site-elsewhere") == []
    triaged = {"status": {"status": EncounterStatus.TRIAGED.value}}
    vault.commit(change_of((encounter, triaged)))
    assert vault.queue(Station.TRIAGE) == []
    again = vault_file.unlock(ANA, PIN)
    assert [s.patient_id for s in again.queue(Station.NURSE, PORT.site_id)] == ["p1"]
    found = again.summary("p1")
    assert found is not None
    assert found.status == "triaged"
