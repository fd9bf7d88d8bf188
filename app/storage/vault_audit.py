"""What an open vault writes down of who read what."""

from collections.abc import Sequence

from app.core.audit import AuditEvent, in_parts
from app.core.change import Authorship
from app.storage.audit_log import MOST_TOGETHER, append_events
from app.storage.open_vault import OpenVault


class VaultAudit(OpenVault):
    """This device's audit: part of its signed chain, sent with the rest."""

    @property
    def author(self) -> Authorship:
        """Who writes, and where."""
        raise NotImplementedError

    def record_events(self, events: Sequence[AuditEvent]) -> None:
        """Write events durably, in one transaction; those known change nothing.

        Raises StorageError; then none of them was written.
        """
        parts = self._unlocked
        with parts.writing() as unit:
            for some in in_parts(events, MOST_TOGETHER):
                append_events(parts, unit, self.author, some)
