"""A vault that becomes another device: nothing lost, nothing doubled, all goes on."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core.audit import AuditEvent, AuditKind
from app.core.chain import ChainHead
from app.core.identity_wire import identity_bytes
from app.core.operation import EncodedOperation, decode_header
from app.core.parcel import ParcelHead
from app.core.wire import Outcome, PushOutcome, PushRequest, PushResponse
from app.storage import DeviceIdentity, Enrolment, Vault, unsent
from app.storage.errors import OtherDeploymentError
from app.storage.hpke import BoxKey
from tests.storage.tablets import ANA, PIN, SETUP, Tablet, enrolment, save_patient


def another(token: str = "another token", public: bytes = b"") -> Enrolment:
    setup = SETUP.model_copy(update={"sealing_key": public})
    return replace(enrolment(), token=token, setup=setup)


def acknowledged(vault: Vault, batch: PushRequest) -> None:
    ids = [decode_header(e.header.encode())[0].operation_id for e in batch.operations]
    outcomes = tuple(
        PushOutcome(operation_id=one, outcome=Outcome.ACCEPTED) for one in ids
    )
    last = batch.first + len(ids) - 1
    vault.record_outcomes(
        PushResponse(outcomes=outcomes, acknowledged=last, server_ms=1, epoch="1")
    )


def ids_of(batch: PushRequest | None) -> list[str]:
    assert batch is not None
    return [
        decode_header(each.header.encode())[0].record_id for each in batch.operations
    ]


def assert_signed(batch: PushRequest, by: DeviceIdentity) -> None:
    """A chain of its own from the first link, signed by the new key."""
    assert (batch.first, batch.device_id) == (1, by.device_id)
    head = ChainHead(by.device_id)
    for each in batch.operations:
        digest = EncodedOperation(each.header.encode(), None, None).header_digest
        head = head.extend(digest)
    key = Ed25519PublicKey.from_public_bytes(by.public_key)
    key.verify(batch.signature, head.signed_bytes())


def test_all_it_wrote_is_offered_again_and_what_was_never_sent_comes_first(
    tmp_path: Path,
) -> None:
    tablet = Tablet(tmp_path)
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "sent", "Sent")
    batch = vault.pending()
    assert batch is not None
    acknowledged(vault, batch)
    save_patient(vault, "waiting", "Waiting")
    vault.save_draft("draft", "waiting", b"{}")
    before, identity = vault.device_id, vault.next_identity
    vault.take_identity(another())
    assert vault.device_id == identity.device_id != before
    assert vault_file.identity == identity
    again = vault.pending()
    assert ids_of(again) == ["waiting", "sent"]
    assert again is not None
    assert again.operations[1] == batch.operations[0]
    assert_signed(again, identity)
    assert [d.draft_id for d in vault.drafts()] == ["draft"]
    assert vault.connection.token == "another token"
    assert vault.verify() == frozenset()
    vault_file.close()
    # It is durable, and what is written from then on goes on in the new chain.
    vault_file, vault = tablet.unlocked()
    assert vault.damaged == frozenset()
    assert vault.device_id == identity.device_id
    save_patient(vault, "later", "Later")
    assert ids_of(vault.pending()) == ["waiting", "sent", "later"]
    assert vault.next_identity.device_id != identity.device_id
    vault_file.close()


def test_its_next_identity_is_the_same_until_it_is_taken(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path)
    vault_file, vault = tablet.unlocked()
    wanted = vault.next_identity
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.next_identity == wanted
    asked = vault.ask_for_identity()
    assert (asked.device_id, asked.public_key) == (wanted.device_id, wanted.public_key)
    signed = identity_bytes(vault.device_id, wanted.device_id, wanted.public_key)
    mine = vault_file.identity.public_key
    Ed25519PublicKey.from_public_bytes(mine).verify(asked.signature, signed)
    Ed25519PublicKey.from_public_bytes(wanted.public_key).verify(asked.proof, signed)
    vault_file.close()


def test_another_deployments_server_changes_nothing(tmp_path: Path) -> None:
    vault_file, vault = Tablet(tmp_path).unlocked()
    save_patient(vault, "p", "P")
    before = vault.device_id, vault.pending(), vault.connection
    other = SETUP.deployment.model_copy(update={"deployment_id": "other"})
    setup = SETUP.model_copy(update={"deployment": other})
    with pytest.raises(OtherDeploymentError):
        vault.take_identity(replace(another(), setup=setup))
    assert (vault.device_id, vault.pending(), vault.connection) == before
    vault_file.close()


def test_its_audit_events_from_before_are_still_no_records(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path)
    vault_file, vault = tablet.unlocked()
    vault.record_events([AuditEvent("e1", AuditKind.READ.value, 1, ANA, "p")])
    vault.ask_for_identity()
    vault.take_identity(another())
    vault.record_events([AuditEvent("e2", AuditKind.READ.value, 2, ANA, "p")])
    assert vault.counts().records == 0
    batch = vault.pending()
    assert ids_of(batch) == ["e1", "e2"]
    vault_file.close()


def test_what_was_sealed_for_the_server_is_sealed_anew(tmp_path: Path) -> None:
    tablet, box = Tablet(tmp_path), BoxKey.generate()
    vault_file, vault = tablet.unlocked()
    vault.renew_setup(another(public=box.public_bytes).setup)
    save_patient(vault, "p", "P")
    vault_file.close()
    old = unsent(tablet.vault_folder)
    vault_file = tablet.open()
    vault = vault_file.unlock(ANA, PIN)
    vault.ask_for_identity()
    vault.take_identity(another(public=box.public_bytes))
    new = unsent(tablet.vault_folder)
    assert isinstance(old, ParcelHead)
    assert isinstance(new, ParcelHead)
    assert new.device_id == vault.device_id != old.device_id
    vault_file.close()
