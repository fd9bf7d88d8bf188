"""PINs that are chosen beside who unlocked: whose, and who has to stand by.

A role that may do more is nobody's to take: a first PIN is chosen beside a confirmed
colleague whose role is not lower, who unlocked or types their own PIN; a forgotten one
beside two, one of them so. A coordinator's grant stands for all of them. What was done,
and beside whom, is kept with the slot and as an event, in the same transaction.
"""

from dataclasses import dataclass, field

from app.core.people_wire import Grant, GrantKind
from app.core.problems import ProblemCode
from app.core.roles import may_reset_pin, may_set_first_pin
from app.core.wire import PractitionerInfo
from app.storage.database import Transaction
from app.storage.errors import SecondColleagueError
from app.storage.locked_events import Beside
from app.storage.pins import check_new_pin
from app.storage.slots import Slot
from app.storage.vault_people import VaultPeople


@dataclass(frozen=True, slots=True)
class Second:
    """A colleague who stands by and gives their own PIN, which counts as a try."""

    practitioner_id: str
    pin: str = field(repr=False)


class VaultPins(VaultPeople):
    """Lets colleagues choose PINs; slow on purpose, all but `require_grant`."""

    def add_slot(
        self, practitioner_id: str, pin: str, second: Second | None = None
    ) -> None:
        """Let a colleague choose their first PIN on this tablet.

        Raises SecondColleagueError where no confirmed colleague of a role as high
        stands by, PinRefusedError, PinAlreadyChosenError, WrongPinError or WaitError of
        the second one's PIN, or NoSlotError for somebody the setup does not name.
        """
        person = self._person(practitioner_id)
        by = self._standing_by(person, second)
        if not may_set_first_pin(person.role, _confirmed(by)):
            raise SecondColleagueError(ProblemCode.HIGHER_ROLE_NEEDED)
        slot = self._slot(person, pin, second)
        _keys, keyring = self._keys
        with self._unlocked.while_open():
            keyring.add(self._as_now(slot), _ids(by))

    def change_pin(self, old: str, new: str) -> None:
        """Change the PIN of who unlocked; the old one counts as a try.

        Raises PinRefusedError, before the old one is tried, WrongPinError, WaitError.
        """
        _keys, keyring = self._keys
        me = self.practitioner_id
        checked = check_new_pin(new, self._person(me).role)
        slot = keyring.wrap(me, checked, keyring.open(me, old))
        with self._unlocked.while_open():
            keyring.change(self._as_now(slot))

    def reset_pin(self, practitioner_id: str, new: str, second: Second) -> None:
        """Let somebody who forgot their PIN choose anew, beside two colleagues.

        Whoever unlocked is the first. Both are confirmed, neither is the one who
        forgot, and one of them has a role that is not lower. What was sealed to the
        older pair of that one can't be opened with the new one.

        Raises SecondColleagueError, PinRefusedError, WrongPinError, WaitError,
        NoSlotError.
        """
        person = self._person(practitioner_id)
        by = self._standing_by(person, second)
        confirmed = _confirmed(by)
        if len(confirmed) < 2:  # noqa: PLR2004
            raise SecondColleagueError
        if not may_reset_pin(person.role, confirmed):
            raise SecondColleagueError(ProblemCode.HIGHER_ROLE_NEEDED)
        slot = self._slot(person, new, second)
        _keys, keyring = self._keys
        with self._unlocked.while_open():
            keyring.reset(self._as_now(slot), _ids(by))

    def require_grant(self, practitioner_id: str) -> Grant:
        """Return the grant by which somebody may choose a PIN; raise GrantError."""
        with self._unlocked.database.read() as driver:
            find = self._before.grants.find
            return find(driver, GrantKind.SET_PIN, practitioner_id)

    def set_pin_by_grant(self, practitioner_id: str, new: str) -> None:
        """Let somebody choose a PIN, the first or anew, by a coordinator's grant.

        The grant is used up with it. Raises GrantError, PinRefusedError, NoSlotError.
        """
        person = self._person(practitioner_id)
        check_new_pin(new, person.role)
        grant = self.require_grant(practitioner_id)
        slot = self._slot(person, new, None)

        def use(transaction: Transaction) -> None:
            # Once: another may have used it meanwhile.
            find, driver = self._before.grants.find, transaction.driver
            find(driver, GrantKind.SET_PIN, practitioner_id)
            self._before.grants.use(driver, grant)

        _keys, keyring = self._keys
        beside = Beside((self.practitioner_id,), grant.grant_id)
        with self._unlocked.while_open():
            keyring.put(self._as_now(slot), beside, use)

    def _standing_by(
        self, person: PractitionerInfo, second: Second | None
    ) -> tuple[PractitionerInfo, ...]:
        """Return who unlocked, then the second; nobody twice, nor the one it is for."""
        ids = [self.practitioner_id, *([second.practitioner_id] if second else [])]
        apart = dict.fromkeys(one for one in ids if one != person.practitioner_id)
        return tuple(self._person(one) for one in apart)

    def _slot(self, person: PractitionerInfo, pin: str, second: Second | None) -> Slot:
        """Make a slot once the second one's PIN was right."""
        keys, keyring = self._keys
        checked = check_new_pin(pin, person.role)
        if second is not None:
            keyring.open(second.practitioner_id, second.pin)
        return keyring.wrap(person.practitioner_id, checked, keys.for_colleague())

    def _as_now(self, slot: Slot) -> Slot:
        """Return a new slot, opening to the data key as it is: it may have changed."""
        keys, _keyring = self._keys
        return slot if slot.is_under(keys.data_key) else slot.moved_to(keys.data_key)


def _confirmed(people: tuple[PractitionerInfo, ...]) -> list[str]:
    return [who.role for who in people if who.confirmed]


def _ids(people: tuple[PractitionerInfo, ...]) -> Beside:
    return Beside(tuple(who.practitioner_id for who in people))
