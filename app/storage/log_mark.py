"""A mark beside the vault: how much of its write-ahead log was said to be saved.

SQLite takes a log that vanished for one that was never there, a log of another time
for its own, and what follows a broken frame for nothing. So after each commit the
log's salts and its number of frames are noted in a small file. The note costs no sync
of its own but when the log begins anew; it may be behind the log, never ahead.
"""

import logging
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from app.storage.folders import sync_folder

MARK_NAME = "vault.log-mark"
_HEADER = struct.Struct(">4sIIIII8s")
_FRAME = struct.Struct(">IIII8s")
_RECORD = struct.Struct(">III")
_FRAMES_AT_ONCE = 16
"""A save writes fewer; one call for all costs less than one for each."""
_BINARY = getattr(os, "O_BINARY", 0)
_CHECK = struct.Struct(">I")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a log was: its salts, and how many frames of it were committed."""

    salts: tuple[int, int]
    frames: int

    def is_of(self, salts: tuple[int, int] | None) -> bool:
        """Tell whether a log is the marked one, or the one that SQLite began after."""
        if salts is None:
            return False
        following = (self.salts[0] + 1) & 0xFFFFFFFF
        return salts == self.salts or salts[0] == following


def read_mark(folder: Path) -> Mark | None:
    """Return the mark, or None where there is none that is whole."""
    try:
        raw = (folder / MARK_NAME).read_bytes()
    except FileNotFoundError:
        return None
    body, check = raw[: _RECORD.size], raw[_RECORD.size :]
    if check != _CHECK.pack(zlib.crc32(body)):
        return None
    one, other, frames = _RECORD.unpack(body)
    return Mark((one, other), frames)


def drop_mark(folder: Path) -> None:
    """Remove the mark, once the whole log is in the database."""
    (folder / MARK_NAME).unlink(missing_ok=True)
    sync_folder(folder)


def log_salts(log: Path) -> tuple[int, int] | None:
    """Return the salts of a log, or None where there is no log."""
    try:
        with log.open("rb") as file:
            raw = file.read(_HEADER.size)
    except FileNotFoundError:
        return None
    if len(raw) < _HEADER.size:
        return None
    _magic, _format, _page, _count, one, other, _sums = _HEADER.unpack(raw)
    return one, other


class LogMark:
    """Keeps the mark of one open vault; used under the database's lock."""

    def __init__(self, database: Path) -> None:
        self.folder = database.parent
        self._log = database.with_name(f"{database.name}-wal")
        self._reading = -1
        self._writing = -1
        self._mark = Mark((0, 0), 0)
        self._is_off = False

    def committed(self) -> None:
        """Note the commit that was just made; a disk that refuses ends the noting.

        The commit stands, so this never raises: without a mark nothing is compared.
        """
        if self._is_off:
            return
        try:
            self._note()
        except OSError as error:
            self._is_off = True
            _logger.warning("The log is not marked: errno %s.", error.errno)
            self._forget()

    def dropped(self) -> None:
        """Remove the mark: all of the log is in the database."""
        self._close()
        self._mark = Mark((0, 0), 0)
        drop_mark(self.folder)

    def closed(self) -> None:
        """Let go of the files; the mark stays if the log does."""
        self._close()
        if log_salts(self._log) is None:
            drop_mark(self.folder)

    def _forget(self) -> None:
        self._close()
        try:
            drop_mark(self.folder)
        except OSError as error:
            _logger.warning("The log's mark stays: errno %s.", error.errno)

    def _close(self) -> None:
        for descriptor in (self._reading, self._writing):
            if descriptor >= 0:
                os.close(descriptor)
        self._reading = self._writing = -1

    def _note(self) -> None:
        if self._reading < 0:
            self._reading = os.open(self._log, os.O_RDONLY | _BINARY)
        raw = _read_at(self._reading, 0, _HEADER.size)
        if len(raw) < _HEADER.size:
            return
        _magic, _format, page, _count, one, other, _sums = _HEADER.unpack(raw)
        begins = (one, other) != self._mark.salts
        frames = 0 if begins else self._mark.frames
        self._mark = Mark((one, other), self._end((one, other), frames, page))
        self._write(durable=begins)

    def _end(self, salts: tuple[int, int], frames: int, page: int) -> int:
        """Return where the commit ends that begins after so many frames."""
        at, size = frames, _FRAME.size + page
        while True:
            offset = _HEADER.size + at * size
            raw = _read_at(self._reading, offset, _FRAMES_AT_ONCE * size)
            for start in range(0, len(raw) - size + 1, size):
                _number, pages, *found, _sums = _FRAME.unpack_from(raw, start)
                if tuple(found) != salts:
                    return frames
                at += 1
                if pages:  # Only a commit's last frame names the database's size.
                    return at
            if len(raw) < _FRAMES_AT_ONCE * size:
                return frames

    def _write(self, *, durable: bool) -> None:
        if self._writing < 0:
            flags = os.O_WRONLY | os.O_CREAT | _BINARY
            self._writing = os.open(self.folder / MARK_NAME, flags, 0o600)
            durable = True
        body = _RECORD.pack(*self._mark.salts, self._mark.frames)
        _write_at_start(self._writing, body + _CHECK.pack(zlib.crc32(body)))
        if durable:
            os.fsync(self._writing)
            sync_folder(self.folder)


def _read_at(descriptor: int, offset: int, size: int) -> bytes:
    if hasattr(os, "pread"):  # Windows has none.
        return os.pread(descriptor, size, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


def _write_at_start(descriptor: int, raw: bytes) -> None:
    if hasattr(os, "pwrite"):
        os.pwrite(descriptor, raw, 0)
        return
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, raw)
