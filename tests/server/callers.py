"""Everybody who may come to the API, each with what it shows."""

from dataclasses import dataclass

from app.core.wire import Role
from sync_server.access import ROLES, Caller
from sync_server.services import administration, sign_in
from sync_server.services.administration import NewPractitioner
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice

NOBODY = "nobody"
WRONG = "a wrong token"
_KNOWN = {Role.NURSE.value: "Nadia", Role.COORDINATOR.value: "Clara"}


@dataclass
class Callers:
    """Makes the headers of each caller; sessions anew, since a call may end one."""

    deployment: TestDeployment
    tokens: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, those included whom nobody knows."""
        devices = (Caller.DEVICE.value, Caller.REVOKED_DEVICE.value)
        return (NOBODY, WRONG, *devices, *sorted(ROLES))

    def headers(self, name: str) -> dict[str, str]:
        """Return what a caller sends."""
        if name == NOBODY:
            return {}
        token = self._session(name) if name in ROLES else self.tokens.get(name, "x")
        return {"Authorization": f"Bearer {token}"}

    def _session(self, role: str) -> str:
        context = self.deployment.context
        with context.database.write() as connection:
            row = sign_in._practitioner(connection, sign_in.name_key(name_of(role)))
            return sign_in._open(context, connection, row).token


def name_of(role: str) -> str:
    """Return who has a role here."""
    return _KNOWN.get(role, f"One {role}")


def callers_of(deployment: TestDeployment) -> Callers:
    """Enrol a device, and one that is then revoked; add somebody of each role."""
    context = deployment.context
    tokens = {}
    for name in (Caller.DEVICE.value, Caller.REVOKED_DEVICE.value):
        device = WritingDevice(name, deployment.author, deployment.wall)
        tokens[name] = deployment.enrol(device).token
    revoked = Caller.REVOKED_DEVICE.value
    administration.revoke_device(context.ports, context.database, revoked)
    for role in sorted(ROLES - set(_KNOWN)):
        new = NewPractitioner(name_of(role), Role(role))
        administration.add_practitioner(context.ports, context.database, new)
    return Callers(deployment, tokens)
