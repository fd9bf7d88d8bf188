"""Who was erased, kept apart from the database: one append-only file of ids.

A backup of the database from before an erasure has the person again; this file, beside
the server's secrets and in no such backup, says who must go again before it serves.
Each line is an erasure as JSON and a keyed hash over it and the line before, so that
one that was changed, moved or taken out from between shows.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync_server.secret_file import ServerSecrets
from sync_server.settings import SettingsError

NAME = "erasures.ledger"
_PURPOSE = "erasure"
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One erasure: whose, why, when (UTC ms), and by whom, "" by a command."""

    patient_id: str
    reason: str
    erased_at: int
    erased_by: str


class ErasureLedger:
    """The file NAME in a deployment's folder, which all its servers share."""

    def __init__(self, path: Path, secrets: ServerSecrets) -> None:
        self.path = path
        self._secrets = secrets

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return all of them, oldest first; none where there is no file.

        Raises SettingsError where a line is not what was written.
        """
        if not self.path.exists():
            return ()
        return tuple(entry for entry, _mac in self._lines(self.path.read_bytes()))

    def append(self, entries: Sequence[LedgerEntry]) -> None:
        """Add erasures, each once; durable when it returns.

        Raises OSError, and SettingsError as above: then nothing was added.
        """
        with self._locked() as descriptor:
            raw = self._read(descriptor)
            known = self._lines(raw)
            ids = {entry.patient_id for entry, _mac in known}
            mac = known[-1][1] if known else ""
            added = ""
            for entry in entries:
                if entry.patient_id not in ids:
                    ids.add(entry.patient_id)
                    body = _body(entry)
                    mac = self._mac(mac, body)
                    added += json.dumps([body, mac]) + "\n"
            if added:
                # A line that a crash cut short stood for nothing that was done.
                os.ftruncate(descriptor, len(raw) if raw.endswith(b"\n") else _end(raw))
                os.lseek(descriptor, 0, os.SEEK_END)
                _write_all(descriptor, added.encode())
                os.fsync(descriptor)

    def _lines(self, raw: bytes) -> list[tuple[LedgerEntry, str]]:
        found: list[tuple[LedgerEntry, str]] = []
        mac = ""
        for number, line in enumerate(raw[: _end(raw)].splitlines(), start=1):
            try:
                body, written = json.loads(line)
                entry = LedgerEntry(*json.loads(body))
            except (ValueError, TypeError) as error:
                raise self._damaged(number) from error
            mac = self._mac(mac, body)
            if not hmac.compare_digest(mac, str(written)):
                raise self._damaged(number)
            found.append((entry, mac))
        return found

    def _damaged(self, number: int) -> SettingsError:
        return SettingsError(
            f"Line {number} of {self.path} is not what was written there. It names the "
            "people who must not come back: put your copy of it in its place."
        )

    def _mac(self, before: str, body: str) -> str:
        parts = (before.encode(), body.encode())
        return self._secrets.keyed_hash(_PURPOSE, *parts).hex()

    @contextmanager
    def _locked(self) -> Iterator[int]:
        flags = os.O_RDWR | os.O_CREAT
        is_new = not self.path.exists()
        descriptor = os.open(self.path, flags, _OWNER_ONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if is_new:
                _sync_folder(self.path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    @staticmethod
    def _read(descriptor: int) -> bytes:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return os.read(descriptor, os.fstat(descriptor).st_size + 1)


def _body(entry: LedgerEntry) -> str:
    return json.dumps(
        [entry.patient_id, entry.reason, entry.erased_at, entry.erased_by]
    )


def _end(raw: bytes) -> int:
    """Return where the last whole line ends."""
    return raw.rfind(b"\n") + 1


def _write_all(descriptor: int, raw: bytes) -> None:
    while raw:
        raw = raw[os.write(descriptor, raw) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
