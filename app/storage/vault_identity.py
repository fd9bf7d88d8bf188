"""A new identity for this device: it was a copy, or its server no longer knows it."""

from dataclasses import replace

from app.core.identity_wire import NewIdentity, identity_bytes
from app.core.version import VERSION
from app.storage.enrolment import DeviceIdentity, Enrolment
from app.storage.errors import OtherDeploymentError
from app.storage.former import add_former
from app.storage.rechain import rechain
from app.storage.vault_erasure import VaultErasure
from app.storage.vault_rotation import VaultRotation


class VaultIdentity(VaultErasure, VaultRotation):
    """Becomes another device with all that is here; nothing is lost or doubled."""

    @property
    def next_identity(self) -> DeviceIdentity:
        """Who this device will be if it must be another; always the same until then."""
        ids = self._unlocked.surroundings.ids
        device_id, key = self._before.next_identity(ids)
        return DeviceIdentity(device_id, key.public_bytes)

    def ask_for_identity(self) -> NewIdentity:
        """Return what proves to the server who asks, and that the new key is held."""
        surroundings = self._unlocked.surroundings
        device_id, key = self._before.next_identity(surroundings.ids)
        signed = identity_bytes(surroundings.device_id, device_id, key.public_bytes)
        return NewIdentity(
            device_id=device_id,
            public_key=key.public_bytes,
            version=VERSION,
            signature=surroundings.signing_key.sign(signed),
            proof=key.sign(signed),
        )

    def take_identity(self, enrolment: Enrolment) -> None:
        """Go on as `next_identity`, which the server enrolled; one transaction.

        Every own operation is in the new chain, to be offered by its old id; records,
        drafts, slots, keys and what was read stay. What was sealed for the server
        before is of the old chain: it goes first, and is sealed anew. Raises
        OtherDeploymentError for another deployment's server: nothing changed.
        """
        parts, setup = self._unlocked, self._before.setup()
        ours = None if setup is None else setup.deployment.deployment_id
        if enrolment.setup.deployment.deployment_id != ours:
            raise OtherDeploymentError
        with parts.while_open():
            self._drop_unsent()
            with parts.writing() as unit:
                before = unit.state.head.device_id
                given = self._before.take_next_identity(unit.driver, enrolment)
                device_id, signing_key = given
                head = rechain(unit.driver, parts.keyed, device_id)
                add_former(unit.driver, parts.local, before)
                clock = replace(unit.state.clock, device_id=device_id)
                unit.state = replace(unit.state, clock=clock, head=head)
            parts.surroundings = replace(
                parts.surroundings, device_id=device_id, signing_key=signing_key
            )
        self._seal_unsent()
        self.keep_recovery_slot()
