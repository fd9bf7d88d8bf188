"""Who else may open this vault: PINs beside an unlocked colleague."""

from app.core.people_wire import (
    MAX_NAME,
    PractitionerKey,
    PractitionerKeys,
    Proposal,
    Proposals,
    ProposalsAnswer,
)
from app.core.problems import ProblemCode
from app.core.roles import may_add
from app.core.wire import PractitionerInfo, Setup
from app.storage.before_unlock import BeforeUnlock
from app.storage.colleagues import PractitionerEntry
from app.storage.errors import (
    ColleagueError,
    LockedError,
    NoSlotError,
    SecondColleagueError,
)
from app.storage.hpke import BoxKey
from app.storage.keyring import Keyring
from app.storage.open_vault import OpenVault
from app.storage.pins import check_new_pin
from app.storage.slots import SlotKeys
from app.storage.unlocked import Unlocked


class VaultPeople(OpenVault):
    """The keys of who unlocked the vault, and what they may do with them."""

    practitioner_id: str

    def __init__(self, unlocked: Unlocked, before: BeforeUnlock) -> None:
        super().__init__(unlocked, before)
        self._held: tuple[SlotKeys, Keyring] | None = None

    def hold(self, keys: SlotKeys, keyring: Keyring) -> None:
        """Take over what this practitioner's slot opened to."""
        self._held = keys, keyring

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

    def add_slot(self, practitioner_id: str, pin: str) -> None:
        """Let a colleague choose their first PIN on this tablet. Slow on purpose.

        Raises PinRefusedError, PinAlreadyChosenError, or NoSlotError for somebody the
        setup does not name.
        """
        keys, keyring = self._keys
        checked = check_new_pin(pin, self._person(practitioner_id).role)
        slot = keyring.wrap(practitioner_id, checked, keys.for_colleague())
        with self._unlocked.while_open():
            keyring.add(slot)

    def change_pin(self, old: str, new: str) -> None:
        """Change the PIN of who unlocked; the old one counts as a try. Slow on purpose.

        Raises PinRefusedError, before the old one is tried, WrongPinError, WaitError.
        """
        _keys, keyring = self._keys
        me = self.practitioner_id
        checked = check_new_pin(new, self._person(me).role)
        slot = keyring.wrap(me, checked, keyring.open(me, old))
        with self._unlocked.while_open():
            keyring.replace(slot)

    def reset_pin(
        self, practitioner_id: str, new: str, second_id: str, second_pin: str
    ) -> None:
        """Let somebody who forgot their PIN choose anew, beside two colleagues.

        Whoever unlocked is the first; the second gives their own PIN, which counts as
        a try. Both are confirmed, and neither is the one who forgot. What was sealed to
        the older pair of that one can't be opened with the new one. Slow on purpose.

        Raises SecondColleagueError, PinRefusedError, WrongPinError, WaitError,
        NoSlotError.
        """
        keys, keyring = self._keys
        together = {self.practitioner_id, second_id, practitioner_id}
        both = (self._person(self.practitioner_id), self._person(second_id))
        if len(together) < 3 or not all(who.confirmed for who in both):  # noqa: PLR2004
            raise SecondColleagueError
        checked = check_new_pin(new, self._person(practitioner_id).role)
        keyring.open(second_id, second_pin)
        slot = keyring.wrap(practitioner_id, checked, keys.for_colleague())
        with self._unlocked.while_open():
            keyring.replace(slot)

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

    def people(self) -> tuple[PractitionerEntry, ...]:
        """Return who may work here, and whether each has a PIN on this tablet."""
        _keys, keyring = self._keys
        return self._before.entries(keyring.holders())

    def renew_setup(self, setup: Setup) -> None:
        """Keep what the server says about the deployment."""
        self._before.renew_setup(setup)

    def _person(self, practitioner_id: str) -> PractitionerInfo:
        found = self._before.practitioner(practitioner_id)
        if found is None:
            raise NoSlotError
        return found

    def close(self) -> None:
        """Lock: drop the keys too."""
        self._held = None
        super().close()
