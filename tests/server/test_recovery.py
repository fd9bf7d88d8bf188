"""Recovery slots and grants at the server: once, for a while, for one alone."""

import pytest

from app.core.people_wire import (
    GrantKind,
    RecoverySlot,
    UsedGrants,
    grant_purpose,
    recovery_purpose,
)
from sync_server.boxes import open_box, seal_to
from sync_server.problems import ProblemError
from sync_server.services import recovery
from sync_server.services.administration import AdministrationError
from tests.server.deployments import HOUR_MS, TestDeployment

ORGANISATION, TABLET, DATA_KEY = bytes(range(32)), bytes(range(9, 41)), b"k" * 32
PUBLIC, BOX = recovery.public_of(ORGANISATION), recovery.public_of(TABLET)


def send_slot(deployment: TestDeployment, device_id: str = "tablet-a") -> None:
    sealed = seal_to(PUBLIC, DATA_KEY, recovery_purpose(device_id))
    slot = RecoverySlot(recovery_public=PUBLIC, sealed=sealed, box_public=BOX)
    recovery.keep_slot(deployment.context, device_id, slot)


@pytest.fixture
def ready(deployment: TestDeployment) -> TestDeployment:
    """A deployment with a recovery key, and a tablet that sent its slot."""
    recovery.use_key(deployment.context.database, PUBLIC)
    deployment.device("tablet-a")
    send_slot(deployment)
    return deployment


def test_a_grant_carries_the_key_to_that_tablet_for_that_practitioner(
    ready: TestDeployment,
) -> None:
    context = ready.context
    made = recovery.grant_recovery(context, ORGANISATION, "tablet-a", "nadia", HOUR_MS)
    (found,) = recovery.grants_of(context, "tablet-a").grants
    assert found.practitioner_id == ready.nurse_id
    assert (found.grant_id, found.kind) == (made.grant_id, GrantKind.RECOVER)
    names = (found.grant_id, "tablet-a", ready.nurse_id)
    assert open_box(TABLET, found.sealed, grant_purpose(*names)) == DATA_KEY
    assert recovery.grants_of(context, "tablet-b").grants == ()


def test_a_used_grant_is_gone_and_so_is_an_old_one(ready: TestDeployment) -> None:
    context = ready.context
    for kind in (GrantKind.SET_PIN, GrantKind.REOPEN):
        recovery.grant_plain(context, kind, "tablet-a", "Nadia", HOUR_MS)
    used = recovery.grants_of(context, "tablet-a").grants[0]
    told = UsedGrants(grant_ids=(used.grant_id,))
    assert recovery.mark_used(context, "tablet-b", told).count == 0
    assert recovery.mark_used(context, "tablet-a", told).count == 1
    assert recovery.mark_used(context, "tablet-a", told).count == 0
    assert len(recovery.grants_of(context, "tablet-a").grants) == 1
    ready.wall.advance(HOUR_MS)
    assert recovery.grants_of(context, "tablet-a").grants == ()


def test_no_grant_is_made_of_what_does_not_fit(ready: TestDeployment) -> None:
    context = ready.context
    ready.device("tablet-b")
    with pytest.raises(AdministrationError, match="has not sent what recovers it"):
        recovery.grant_recovery(context, ORGANISATION, "tablet-b", "Nadia", HOUR_MS)
    with pytest.raises(AdministrationError, match="don't give this tablet's"):
        recovery.grant_recovery(context, TABLET, "tablet-a", "Nadia", HOUR_MS)
    for device, name in (("nowhere", "Nadia"), ("tablet-a", "Nobody")):
        with pytest.raises(AdministrationError, match="There is no"):
            recovery.grant_plain(context, GrantKind.REOPEN, device, name, HOUR_MS)
    assert recovery.grants_of(context, "tablet-a").grants == ()


def test_a_slot_that_is_sealed_to_another_key_is_refused(
    deployment: TestDeployment,
) -> None:
    with pytest.raises(ProblemError, match="forbidden"):
        send_slot(deployment)
