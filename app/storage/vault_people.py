"""Who works here beside who unlocked, and what the server is told of them."""

import logging
from collections.abc import Callable

from app.core.compartment_wire import NewCompartmentKey
from app.core.people_wire import (
    MAX_NAME,
    Grants,
    PractitionerKey,
    PractitionerKeys,
    Proposal,
    Proposals,
    ProposalsAnswer,
    RecoverySlot,
    UsedGrants,
)
from app.core.problems import ProblemCode
from app.core.roles import may_add
from app.core.wire import PractitionerInfo, Setup
from app.storage.before_unlock import BeforeUnlock
from app.storage.colleagues import PractitionerEntry
from app.storage.compartments import Reader
from app.storage.errors import (
    ColleagueError,
    LockedError,
    NoSlotError,
)
from app.storage.hpke import BoxKey
from app.storage.keyring import Keyring
from app.storage.open_vault import OpenVault
from app.storage.recovery_slot import KeptRecovery
from app.storage.slots import SlotKeys
from app.storage.unlocked import Unlocked

_logger = logging.getLogger(__name__)


class VaultPeople(OpenVault):
    """The keys of who unlocked the vault, and what they may do with them."""

    practitioner_id: str

    def __init__(self, unlocked: Unlocked, before: BeforeUnlock) -> None:
        super().__init__(unlocked, before)
        self._held: tuple[SlotKeys, Keyring] | None = None
        self.on_sent_away: Callable[[], None] = lambda: None
        """Called once the setup no longer names who unlocked; on the sync's thread."""

    def hold(self, keys: SlotKeys, keyring: Keyring) -> None:
        """Take over what this practitioner's slot opened to."""
        self._held = keys, keyring
        self.keep_recovery_slot()

    @property
    def box(self) -> BoxKey:
        """The pair of who unlocked: opens what was sealed to them on this tablet."""
        keys, _keyring = self._keys
        return BoxKey(keys.private_key)

    @property
    def _keys(self) -> tuple[SlotKeys, Keyring]:
        if self._held is None:
            raise LockedError
        return self._held

    def add_colleague(self, name: str, role: str) -> str:
        """Let somebody work here at once, unconfirmed, and return their id.

        Of at most the role of who unlocked; sync proposes them to the server. Raises
        ColleagueError: for the role, or a name that is missing or taken.
        """
        me = self._person(self.practitioner_id)
        if not me.confirmed:
            raise ColleagueError(ProblemCode.FORBIDDEN)
        if not may_add(me.role, role):
            raise ColleagueError(ProblemCode.ROLE_TOO_HIGH)
        plain = " ".join(name.split())[:MAX_NAME]
        if not plain or not plain.isprintable():
            raise ColleagueError(ProblemCode.NAME_MISSING)
        with self._unlocked.while_open():
            setup = self._before.setup()
            known = () if setup is None else setup.practitioners
            if plain.casefold() in {who.name.casefold() for who in known}:
                raise ColleagueError(ProblemCode.NAME_TAKEN)
            practitioner_id = self._unlocked.surroundings.ids.new()
            self._before.add_colleague(
                Proposal(
                    practitioner_id=practitioner_id,
                    name=plain,
                    role=role,
                    proposed_by=me.practitioner_id,
                )
            )
        return practitioner_id

    def proposals(self) -> Proposals:
        """Return whom the server does not name yet."""
        return Proposals(proposals=self._before.proposals())

    def record_proposals(self, answer: ProposalsAnswer) -> None:
        """Keep what became of proposals: whom the server refused is let in no more."""
        refused = {o.practitioner_id for o in answer.outcomes if o.reason is not None}
        if refused:
            self._before.refuse_colleagues(refused)
            self._look_whether_sent_away()

    def practitioner_keys(self) -> PractitionerKeys:
        """Return everybody's public half on this device."""
        _keys, keyring = self._keys
        mine = self.device_id
        return PractitionerKeys(
            keys=tuple(
                PractitionerKey(
                    practitioner_id=one, device_id=mine, public_key=public_key
                )
                for one, public_key in keyring.public_keys().items()
            )
        )

    def compartment_keys(self) -> tuple[NewCompartmentKey, ...]:
        """Return what who unlocked is to publish so that others may read notes too.

        By the setup as it stands: made from the newest, sending it again adds nothing.
        """
        setup = self._before.setup()
        if setup is None:
            return ()
        me = Reader(self.practitioner_id, self.device_id, self.box)
        ids, halves = self._unlocked.surroundings.ids, setup.practitioner_keys
        owed = (me.owed(each, halves, ids) for each in setup.compartments)
        return tuple(key for keys in owed for key in keys)

    def people(self) -> tuple[PractitionerEntry, ...]:
        """Return who may work here, and whether each has a PIN on this tablet."""
        _keys, keyring = self._keys
        return self._before.entries(keyring)

    def renew_setup(self, setup: Setup) -> None:
        """Keep what the server says about the deployment."""
        self._before.renew_setup(setup)
        self.keep_recovery_slot()
        self._look_whether_sent_away()

    def _look_whether_sent_away(self) -> None:
        """Whom the setup does not name is not let in: nor do they go on."""
        if self._before.practitioner(self.practitioner_id) is None:
            self.on_sent_away()

    def keep_recovery_slot(self) -> None:
        """Seal the data key to the organisation's recovery key, if that is new.

        At each unlock and setup, and after the data key was changed.
        """
        keys, _keyring = self._keys
        setup = self._before.setup()
        public = b"" if setup is None else setup.recovery_public
        kept = self._before.recovery_slot()
        if not public or (kept and kept.is_for(public, keys.data_key)):
            return
        try:
            fresh = KeptRecovery.of(public, keys.data_key, self.device_id)
        except ValueError:
            _logger.warning("The recovery key of the setup is none.")
            return
        self._before.keep_recovery_slot(fresh)

    def revoked_slots(self) -> tuple[str, ...]:
        """Return who lost their slot since the data key was last changed."""
        return self._before.revoked_slots()

    def recovery_slot(self) -> RecoverySlot | None:
        """Return what the server keeps so that a grant can open this tablet.

        None where the setup names another recovery key, or none: a server that fell
        back would refuse it again and again.
        """
        kept, setup = self._before.recovery_slot(), self._before.setup()
        public = b"" if setup is None else setup.recovery_public
        if kept is None or kept.recovery_public != public:
            return None
        return RecoverySlot(
            recovery_public=kept.recovery_public,
            sealed=kept.sealed,
            box_public=self._before.device_box().public_bytes,
        )

    def keep_grants(self, answer: Grants) -> None:
        """Keep a coordinator's grants for this tablet; what reopens does so at once."""
        _keys, keyring = self._keys
        self._before.keep_grants(answer, self.device_id, keyring)

    def used_grants(self) -> UsedGrants:
        """Return which grants were used and the server was not told of."""
        return self._before.used_grants()

    def told_grants(self, told: UsedGrants) -> None:
        """Note that the server knows which were used."""
        self._before.told_grants(told)

    def _person(self, practitioner_id: str) -> PractitionerInfo:
        found = self._before.practitioner(practitioner_id)
        if found is None:
            raise NoSlotError
        return found

    def close(self) -> None:
        """Lock: drop the keys too."""
        try:
            super().close()
        finally:
            self._held = None  # Last: a change of the data key may still set it.
