"""What the operator of the server allows and takes back by a command, in the audit.

Services that commands call take an `Operator`, and write the event in the transaction
of the deed: there is none without the other.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind
from sync_server.context import Ports
from sync_server.database import Database
from sync_server.services import audit

OPERATOR = "operator"
"""Who acts by a command: whoever may log in to the server is nobody's record here."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Writes down what a command does to somebody's rights."""

    database: Database
    ports: Ports

    def gave(self, connection: Connection, right: str, whose: str) -> None:
        """Write down that somebody may do something from now on."""
        self._did(connection, AuditKind.RIGHT_GIVEN, (right, whose, ""))

    def withdrew(self, connection: Connection, right: str, whose: str) -> None:
        """Write down that somebody may do something no more."""
        self._did(connection, AuditKind.RIGHT_WITHDRAWN, (right, whose, ""))

    def revoked_device(self, connection: Connection, device_id: str) -> None:
        """Write down that a tablet may send and read no more."""
        self._did(connection, AuditKind.RIGHT_WITHDRAWN, ("device", "", device_id))

    def _did(
        self, connection: Connection, kind: AuditKind, what: tuple[str, str, str]
    ) -> None:
        right, whose, device_id = what
        now, event_id = self.ports.wall(), self.ports.ids.new()
        event = AuditEvent(
            event_id,
            kind.value,
            now,
            OPERATOR,
            reason=right,
            owner_id=whose,
            device_id=device_id,
        )
        body = canonical.encode(event.fields())
        self.database.lock_log(connection)
        new = audit.NewEvent(event_id, audit.SERVER, "", body)
        audit.append(self.database, connection, [new], now)
