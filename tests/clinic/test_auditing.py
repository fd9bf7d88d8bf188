"""The trail over a real vault: written, sealed, sent, and in nobody's record."""

from pathlib import Path

import pytest

from app.clinic.auditing import MOST_OWED, AuditTrail
from app.core.audit import AuditEvent, AuditKind, audit_subject
from app.core.ids import RandomIds
from app.core.operation import decode_operation
from app.core.wire import (
    FeedItem,
    Outcome,
    PullResponse,
    PushOutcome,
    PushRequest,
    PushResponse,
)
from app.storage import (
    Damage,
    DamageKind,
    DiskFullError,
    LockedError,
    LockedEvent,
    LockedKind,
    Vault,
    VaultCorruptError,
)
from app.storage.locked_events import Beside
from app.storage.reserve import Reserve
from app.storage.sealing import Sealer, new_key
from app.storage.stored_operation import encoded_of
from tests.clinic.desks import Table, a_table
from tests.features.record.people import register


def batch_of(vault: Vault) -> PushRequest:
    batch = vault.pending()
    assert batch is not None
    return batch


def events(vault: Vault) -> list[AuditEvent]:
    """The audit events that the tablet would send now."""
    batch = vault.pending()
    sent = [decode_operation(encoded_of(e)) for e in batch.operations] if batch else []
    return [
        AuditEvent.of(o.header.record_id, o.fields)
        for o in sent
        if o.header.record_type == "AuditEvent"
    ]


def trail_of(table: Table) -> AuditTrail:
    return table.desk.trail


def test_a_reading_is_in_the_signed_batch_under_the_device_s_own_subject(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        trail_of(table).read("amina")
        (event,) = events(table.vault)
        assert (event.kind, event.patient_id) == ("read", "amina")
        assert event.practitioner_id == "practitioner-ana"
        (sent,) = batch_of(table.vault).operations
        header = decode_operation(encoded_of(sent)).header
        secret = bytes(range(32, 64))
        assert header.patient_id == audit_subject(secret, table.vault.device_id)


def test_looking_twice_in_a_minute_is_one_event_and_later_another(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        trail_of(table).read("amina")
        table.tablet.wall.advance(59_999)
        trail_of(table).read("amina")
        trail_of(table).read("boris")
        table.tablet.wall.advance(1)
        trail_of(table).read("amina")
        read = [event.patient_id for event in events(table.vault)]
        assert read == ["amina", "boris", "amina"]


def test_events_are_in_no_record_no_timeline_no_list_and_no_count(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        vault, before = table.vault, table.vault.counts()
        log = vault.operations(amina.patient_id)
        trail_of(table).read(amina.patient_id)
        subject = audit_subject(bytes(range(32, 64)), vault.device_id)
        assert vault.counts() == before
        assert vault.operations(amina.patient_id) == log
        assert vault.documents(subject) == ()
        assert vault.summary(subject) is None


def test_a_far_clock_that_the_server_clamps_folds_no_event(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        trail_of(table).read("amina")
        batch = batch_of(table.vault)
        sent = decode_operation(encoded_of(batch.operations[0])).header
        outcome = PushOutcome(
            operation_id=sent.operation_id, outcome=Outcome.ACCEPTED, clamp_ms=5
        )
        table.vault.record_outcomes(
            PushResponse(
                outcomes=(outcome,), acknowledged=1, server_ms=1, epoch="epoch-1"
            )
        )
        assert table.vault.pending() is None
        assert table.vault.document(sent.record_id) is None


def test_what_a_feed_brings_of_another_device_s_audit_is_no_record_here(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path / "a") as one, a_table(tmp_path / "b") as two:
        trail_of(one).read("amina")
        (sent,) = batch_of(one.vault).operations
        item = FeedItem(sequence=1, device_id="device-x", operation=sent)
        page = PullResponse(cursor="e.1", items=(item,), more=False, server_ms=1)
        two.vault.apply_feed(page)
        header = decode_operation(encoded_of(sent)).header
        assert two.vault.document(header.record_id) is None


def test_a_full_disk_stops_no_reading_and_the_event_follows(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        database = table.vault._unlocked.database
        register(table.desk, "Amina")
        _pragma(table, "max_page_count = 1")
        for number in range(200):  # until what is free in the file is used up
            trail_of(table).read(f"patient-{number}")
        with pytest.raises(DiskFullError):
            trail_of(table).broke_glass("amina", "She bleeds")
        _pragma(table, "max_page_count = 1000000")
        trail_of(table).broke_glass("amina", "She bleeds")
        with database.read() as driver:
            query = "SELECT count(*) FROM operation WHERE patient_id = ?"
            subject = audit_subject(bytes(range(32, 64)), table.vault.device_id)
            assert driver.execute(query, (subject,)).fetchone()[0] == 201


def test_what_a_full_disk_refused_waits_beside_the_vault_over_a_crash(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        ids, wall = table.desk.ids, table.desk.wall
        spare = Reserve(tmp_path, Sealer(new_key()))
        trail = AuditTrail(table.vault, ids, wall, spare)
        _pragma(table, "max_page_count = 1")
        asked = [f"patient-{number}" for number in range(200)]
        for each in asked:
            trail.read(each)
        written = {event.patient_id for event in read_of(table)}
        assert 0 < trail.waiting == len(asked) - len(written)
        again = AuditTrail(table.vault, ids, wall, spare)  # The process was killed.
        again.take_up()
        assert again.waiting == trail.waiting
        _pragma(table, "max_page_count = 1000000")
        again.take_up()
        assert again.waiting == 0
        assert sorted(e.patient_id for e in read_of(table)) == sorted(asked)
        AuditTrail(table.vault, ids, wall, spare).take_up()
        assert len(read_of(table)) == len(asked)


def test_of_too_many_that_wait_the_oldest_become_a_number(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        spare = Reserve(tmp_path, Sealer(new_key()))
        trail = AuditTrail(table.vault, RandomIds(), table.desk.wall, spare)
        _pragma(table, "max_page_count = 1")
        asked = MOST_OWED + 200
        for _ in range(asked):
            trail.read(RandomIds().new())
        waiting = trail.waiting
        assert waiting > MOST_OWED
        again = AuditTrail(table.vault, RandomIds(), table.desk.wall, spare)
        again.take_up()
        assert again.waiting == waiting  # All of them have room.
        _pragma(table, "max_page_count = 1000000")
        again.take_up()
        lost = [e for e in all_events(table) if e.kind == "events-lost"]
        assert len(lost) == 1
        assert lost[0].count == waiting - MOST_OWED + 1


def all_events(table: Table) -> list[AuditEvent]:
    subject = audit_subject(bytes(range(32, 64)), table.vault.device_id)
    log = table.vault.operations(subject)
    found = [e.operation for e in log if e.operation is not None]
    return [AuditEvent.of(o.header.record_id, o.fields) for o in found]


def read_of(table: Table) -> list[AuditEvent]:
    return [event for event in all_events(table) if event.kind == "read"]


def test_what_is_taken_out_is_written_down_first_and_not_without(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        trail_of(table).took_out(AuditKind.EXPORT)
        (event,) = events(table.vault)
        assert (event.kind, event.patient_id) == ("export", "")
        _pragma(table, "max_page_count = 1")
        for number in range(200):  # until what is free in the file is used up
            trail_of(table).read(f"patient-{number}")
        with pytest.raises(DiskFullError):
            trail_of(table).took_out(AuditKind.EXPORT, "amina")


def test_a_lost_deployment_secret_stops_no_reading_and_opens_nothing_unwritten(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        with table.vault._unlocked.database.write() as transaction:
            transaction.driver.execute(
                "UPDATE sealed_value SET sealed = zeroblob(80) "
                "WHERE name = 'card_secret'"
            )
        trail_of(table).read("amina")
        assert Damage(DamageKind.VALUE, "card_secret") in table.vault.damaged
        with pytest.raises(VaultCorruptError):
            trail_of(table).broke_glass("amina", "She bleeds")


def _pragma(table: Table, statement: str) -> None:
    with table.vault._unlocked.database.read() as driver:
        driver.execute(f"PRAGMA {statement}").fetchall()


FAILED = LockedEvent("l1", LockedKind.UNLOCK_FAILED, "practitioner-bo", 1_000, 9_000, 3)


def test_failed_unlocks_are_written_at_the_next_unlock_and_only_once(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        assert trail_of(table).write_locked([FAILED]) == [FAILED]
        trail_of(table).write_locked([FAILED])
        (event,) = events(table.vault)
        assert (event.kind, event.practitioner_id) == (
            "unlock-failed",
            FAILED.practitioner_id,
        )
        assert (event.count, event.recorded_at, event.ended_at) == (3, 1_000, 9_000)


def test_a_new_pin_names_whose_who_had_unlocked_and_who_stood_by(
    tmp_path: Path,
) -> None:
    by = Beside(("practitioner-ana", "practitioner-cy"), "grant-1")
    chosen = LockedEvent(
        "l2", LockedKind.PIN_CHOSEN, "practitioner-bo", 5_000, 5_000, beside=by
    )
    with a_table(tmp_path) as table:
        trail_of(table).write_locked([chosen])
        (event,) = events(table.vault)
        assert (event.kind, event.recorded_at) == ("pin-chosen", 5_000)
        assert (event.practitioner_id, event.second_id) == by.colleagues
        assert (event.owner_id, event.grant_id) == ("practitioner-bo", "grant-1")


def test_nothing_is_broken_open_after_the_lock(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        trail = trail_of(table)
        table.vault.close()
        with pytest.raises(LockedError):
            trail.broke_glass("amina", "She bleeds")
