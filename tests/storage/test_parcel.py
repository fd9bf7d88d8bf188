"""A locked tablet keeps what is unsent for its server alone, and says how much."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from app.core.audit import AuditEvent
from app.core.carried import fingerprint
from app.core.parcel import MAGIC, ParcelBody, ParcelError, read_parcel
from app.core.wire import Outcome, PushOutcome, PushRequest, PushResponse
from app.storage import (
    BatchLimits,
    KeptParcel,
    Vault,
    VaultCorruptError,
    VaultFile,
    kept_parcels,
    unsent,
)
from app.storage.errors import ParcelUnreadableError
from app.storage.hpke import BoxKey
from app.storage.parcel import PARCEL_NAME, Addressee, keep_unsent
from app.storage.reply import answer_box
from app.storage.sealing import SealError, is_signed
from tests.storage.tablets import ANA, PIN, SETUP, Tablet, save_patient

SERVER = BoxKey.generate()


@dataclass
class Held:
    """An open vault of a tablet whose server has a key to seal to."""

    tablet: Tablet
    file: VaultFile
    vault: Vault

    @property
    def parcel(self) -> Path:
        return self.tablet.vault_folder / PARCEL_NAME

    def again(self) -> None:
        """Unlock once more."""
        self.vault = self.file.unlock(ANA, PIN)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    tablet = Tablet(tmp_path)
    file, vault = tablet.unlocked()
    key = {"sealing_key": SERVER.public_bytes}
    vault.renew_setup(SETUP.model_copy(update=key))
    yield Held(tablet, file, vault)
    file.close()


def opened(path: Path, key: BoxKey = SERVER) -> tuple[PushRequest, ...]:
    """Open a parcel as its server does."""
    return tuple(body.batch for body in bodies(path, key))


def bodies(path: Path, key: BoxKey = SERVER) -> tuple[ParcelBody, ...]:
    """Open each part of a parcel as its server does."""
    parcel = read_parcel(path.read_bytes())
    assert parcel.is_whole
    unpack = zstandard.ZstdDecompressor().decompress
    return tuple(
        ParcelBody.model_validate_json(
            unpack(key.open(parcel.parts[index], parcel.purpose(index)))
        )
        for index in sorted(parcel.parts)
    )


def pushed(vault: Vault, limits: BatchLimits = BatchLimits()) -> list[PushRequest]:  # noqa: B008
    """Return the batches that a push would send, taking each as accepted."""
    batches = []
    while (batch := vault.pending(limits)) is not None:
        batches.append(batch)
        ids = [json.loads(e.header)["id"] for e in batch.operations]
        accepted = Outcome.ACCEPTED
        outcomes = [PushOutcome(operation_id=i, outcome=accepted) for i in ids]
        answer = PushResponse(
            outcomes=tuple(outcomes),
            acknowledged=batch.first + len(batch.operations) - 1,
            server_ms=0,
            epoch="epoch-1",
        )
        vault.record_outcomes(answer)
    return batches


def test_a_lock_leaves_the_batches_that_a_push_would_send(held: Held) -> None:
    for number in range(1203):
        save_patient(held.vault, f"p{number}", f"Name {number}")
    held.vault.close()
    kept = opened(held.parcel)
    held.again()
    assert [len(b.operations) for b in kept] == [*[100] * 12, 3]
    assert list(kept) == pushed(held.vault, BatchLimits(100, 64 * 1024))


def test_the_head_says_what_each_part_holds_and_to_whose_key(held: Held) -> None:
    for number in range(250):
        save_patient(held.vault, f"p{number}", "Amina")
    held.vault.close()
    head = unsent(held.tablet.vault_folder)
    assert head is not None
    assert [(p.operations, p.last) for p in head.parts] == [
        (100, 100),
        (100, 200),
        (50, 250),
    ]
    assert head.sealed_to == fingerprint(SERVER.public_bytes)


def test_a_part_alone_opens_in_its_own_place_and_no_other(held: Held) -> None:
    for number in range(150):
        save_patient(held.vault, f"p{number}", "Amina")
    held.vault.close()
    whole = read_parcel(held.parcel.read_bytes())
    second = read_parcel(whole.only(1))
    assert not second.is_whole
    assert SERVER.open(second.parts[1], second.purpose(1))
    with pytest.raises(SealError):
        SERVER.open(second.parts[1], second.purpose(0))


def test_where_an_answer_goes_is_signed_and_needs_an_unlock_to_open(
    held: Held,
) -> None:
    save_patient(held.vault, "p1", "Amina")
    pushed(held.vault)
    save_patient(held.vault, "p2", "Omar")
    held.vault.close()
    (body,) = bodies(held.parcel)
    to = body.reply_to
    assert to is not None
    assert (to.acknowledged, to.cursor) == (1, "")
    identity = held.file.identity
    said = to.signed_bytes(identity.device_id)
    assert is_signed(identity.public_key, to.signature, said)
    assert not is_signed(identity.public_key, to.signature, said + b"x")
    assert to.public_key != held.file._before.device_box().public_bytes
    held.again()
    assert answer_box(held.vault._unlocked).public_bytes == to.public_key


def test_what_was_sent_meanwhile_is_not_kept_and_nothing_unsent_leaves_none(
    held: Held,
) -> None:
    save_patient(held.vault, "p1", "Amina")
    held.vault.close()
    assert held.parcel.exists()
    held.again()
    pushed(held.vault)
    save_patient(held.vault, "p2", "Omar")
    held.vault.close()
    (batch,) = opened(held.parcel)
    assert batch.first == 2
    held.again()
    pushed(held.vault)
    held.vault.close()
    assert not held.parcel.exists()
    assert unsent(held.tablet.vault_folder) is None


def test_anybody_may_read_how_many_and_how_old_and_nothing_else(held: Held) -> None:
    begun = held.tablet.wall.now_ms
    for name in ("Amina", "Amina Haddad"):
        save_patient(held.vault, "p1", name)
    held.tablet.wall.advance(5_000)
    save_patient(held.vault, "p2", "Omar")
    held.vault.close()
    head = unsent(held.tablet.vault_folder)
    assert head is not None
    assert (head.operations, head.records) == (3, 2)
    assert head.device_id == held.file.identity.device_id
    assert (head.oldest_at, head.written_at) == (begun, begun + 5_000)
    raw = held.parcel.read_bytes()
    assert b"Amina" not in raw
    assert b"p1" not in raw.partition(MAGIC)[2][: len(head.model_dump_json()) + 4]
    assert held.parcel.stat().st_mode & 0o777 == 0o600


def test_audit_events_are_sent_and_are_no_records_of_anybody(held: Held) -> None:
    begun = held.tablet.wall.now_ms
    held.vault.record_events([AuditEvent("event-1", "read", begun, ANA, "p1")])
    held.vault.close()
    head = unsent(held.tablet.vault_folder)
    assert head is not None
    assert (head.operations, head.records, head.oldest_at) == (1, 0, begun)
    held.again()
    held.tablet.wall.advance(5_000)
    save_patient(held.vault, "p1", "Amina")
    counts = held.vault.counts()
    held.vault.close()
    head = unsent(held.tablet.vault_folder)
    assert head is not None
    assert (head.records, head.oldest_at) == (counts.records, counts.oldest_at)
    assert (head.operations, head.records) == (2, 1)


def test_what_a_damaged_vault_had_sealed_is_set_aside_with_it(held: Held) -> None:
    save_patient(held.vault, "p1", "Amina")
    held.file.close()
    before = held.parcel.read_bytes()
    held.tablet.database.write_bytes(b"no database" * 1_000)
    with pytest.raises(VaultCorruptError):
        held.tablet.open()
    held.file, vault = held.tablet.unlocked()
    vault.close()
    assert not held.parcel.exists()
    (kept,) = held.tablet.vault_folder.glob("vault-set-aside-*.parcel")
    assert kept.read_bytes() == before
    (batch,) = opened(kept)
    assert len(batch.operations) == 1
    assert kept_parcels(held.tablet.vault_folder) == (kept.name,)
    of_before = KeptParcel(kept)
    unsent_then = of_before.unsent()
    assert unsent_then is not None
    assert (unsent_then.records_left, unsent_then.is_sent) == (1, False)
    assert of_before.parcel_bytes() == before
    kept.write_bytes(before[:-1])
    with pytest.raises(ParcelUnreadableError):
        of_before.parcel_bytes()
    kept.write_bytes(b"broken")
    assert kept_parcels(held.tablet.vault_folder) == ()


def test_another_key_and_another_head_open_nothing(held: Held) -> None:
    save_patient(held.vault, "p1", "Amina")
    held.vault.close()
    with pytest.raises(SealError):
        opened(held.parcel, BoxKey.generate())
    raw = held.parcel.read_bytes()
    held.parcel.write_bytes(raw.replace(b'"records":1', b'"records":9'))
    with pytest.raises(SealError):
        opened(held.parcel)


@pytest.mark.parametrize("size", [0, 5, len(MAGIC) + 2, len(MAGIC) + 30])
def test_half_a_parcel_is_none(held: Held, size: int) -> None:
    save_patient(held.vault, "p1", "Amina")
    held.vault.close()
    raw = held.parcel.read_bytes()
    held.parcel.write_bytes(raw[:size])
    assert unsent(held.tablet.vault_folder) is None
    with pytest.raises(ParcelError):
        read_parcel(raw[:size])


def test_the_parcel_before_stays_until_the_new_one_is_durable(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_patient(held.vault, "p1", "Amina")
    held.vault.close()
    before = held.parcel.read_bytes()
    held.again()
    save_patient(held.vault, "p2", "Omar")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        held.vault.close()
    assert not held.vault.is_open
    assert held.parcel.read_bytes() == before
    held.again()
    held.vault.close()
    assert [b.first for b in opened(held.parcel)] == [1]
    assert not held.parcel.with_suffix(".parcel.new").exists()


@pytest.mark.parametrize("key", [b"", b"short"])
def test_a_server_without_a_key_keeps_nobody_from_locking(
    held: Held, key: bytes
) -> None:
    held.vault.renew_setup(SETUP.model_copy(update={"sealing_key": key}))
    save_patient(held.vault, "p1", "Amina")
    held.vault.close()
    assert not held.vault.is_open
    assert not held.parcel.exists()
    held.again()
    assert held.vault.counts().operations == 1


def test_what_stands_before_a_lost_link_is_kept(held: Held) -> None:
    for number in range(4):
        save_patient(held.vault, f"p{number}", "Amina")
    with held.file._database.write() as transaction:
        transaction.driver.execute("DELETE FROM operation WHERE number = 3")
    held.vault.close()
    (batch,) = opened(held.parcel)
    assert (batch.first, len(batch.operations)) == (1, 2)


def test_nothing_to_keep_is_no_parcel(tmp_path: Path) -> None:
    keep_unsent(tmp_path, (), Addressee(SERVER.public_bytes, 0))
    assert list(tmp_path.iterdir()) == []
