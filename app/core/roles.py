"""What follows from a role alone. Pure; a role that is not known here may do least."""

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


def needs_passphrase(role: str) -> bool:
    """Tell whether a PIN of digits is too little for a role."""
    return role in _WITH_PASSPHRASE
