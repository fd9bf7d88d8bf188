"""What follows from a role alone. Pure; a role that is not known here may do least."""

from collections.abc import Collection, Iterable

from app.core.wire import Role

_RANKS = {
    Role.ADMINISTRATOR.value: 3,
    Role.COORDINATOR.value: 2,
    Role.NURSE.value: 1,
    Role.NGO_STAFF.value: 0,
    Role.MEDIATOR.value: 0,
}
_WITH_PASSPHRASE = frozenset({Role.COORDINATOR.value, Role.ADMINISTRATOR.value})


def may_add(role: str, of: str) -> bool:
    """Tell whether somebody may add a colleague of a role: at most their own."""
    return of in _RANKS and role in _RANKS and _RANKS[of] <= _RANKS[role]


def addable(role: str) -> tuple[Role, ...]:
    """Return the roles of colleagues that somebody may add, as they are listed."""
    return tuple(each for each in Role if may_add(role, each.value))


def may_set_first_pin(role: str, beside: Iterable[str]) -> bool:
    """Tell whether somebody may choose a first PIN beside these confirmed colleagues.

    One of a role that is not lower: otherwise whoever unlocked could make themselves
    somebody who may do more than they.
    """
    return any(may_add(theirs, role) for theirs in beside)


def may_reset_pin(role: str, beside: Collection[str]) -> bool:
    """Tell whether a forgotten PIN may be chosen anew beside these: two, one as high.

    `beside` has the role of each confirmed colleague, none of them its owner.
    """
    return len(beside) > 1 and may_set_first_pin(role, beside)


def needs_passphrase(role: str) -> bool:
    """Tell whether a PIN of digits is too little for a role."""
    return role in _WITH_PASSPHRASE
