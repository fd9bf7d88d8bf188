"""SQLite's own calls to the disk, seen and steered from Python: no compiler needed.

`watch` wraps the functions of the VFS that this process's sqlite3 module uses. Each
call of a file in the watched folder goes to one observer first: it may end the
process there, answer with an error, or write the first half alone.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path

_File = POINTER(c_void_p)
_READ = ctypes.CFUNCTYPE(c_int, _File, c_void_p, c_int, c_int64)
_WRITE = ctypes.CFUNCTYPE(c_int, _File, c_void_p, c_int, c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(c_int, _File, c_int64)
_SYNC = ctypes.CFUNCTYPE(c_int, _File, c_int)
# Names go as pointers: SQLite keeps the pointer to a file's name.
_OPEN = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, _File, c_int, POINTER(c_int))
_DELETE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_IO_POINTERS = 18


class _Vfs(Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
    )


class _IoMethods(Structure):
    """sqlite3_io_methods: close, read, write, truncate, sync, and thirteen more."""

    _fields_ = (("version", c_int), ("calls", c_void_p * _IO_POINTERS))


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `kind` is open, read, write, truncate, sync or delete.

    `at` is the offset of a write, or the size that a file is cut to.
    """

    kind: str
    name: str
    at: int = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of a call: an error code of SQLite, or so many bytes of a write."""

    code: int = 0
    first: int | None = None


DO_IT = Answer()
Observer = Callable[[Call], Answer]


class _Watch:
    """The patched functions; kept alive for as long as a file may be open."""

    def __init__(self, folder: Path) -> None:
        self.folder = f"{folder.resolve()}/"
        self.observer: Observer | None = None
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self.vfs = library.sqlite3_vfs_find(None).contents
        self.kept = (self.vfs.open, self.vfs.delete)
        self._open = ctypes.cast(self.vfs.open, _OPEN)
        self._delete = ctypes.cast(self.vfs.delete, _DELETE)
        self._names: dict[int, str] = {}
        self._methods: dict[int, _IoMethods] = {}
        self._alive = (_OPEN(self.open), _DELETE(self.delete))
        self._patched: list[object] = []

    def install(self) -> None:
        self.vfs.open, self.vfs.delete = (
            ctypes.cast(one, c_void_p).value for one in self._alive
        )

    def remove(self) -> None:
        self.vfs.open, self.vfs.delete = self.kept
        self.observer = None

    def ask(self, call: Call) -> Answer:
        return DO_IT if self.observer is None else self.observer(call)

    def watched(self, raw: int | None) -> str | None:
        path = "" if raw is None else ctypes.string_at(raw).decode()
        inside = path.startswith(self.folder)
        return path.removeprefix(self.folder) if inside else None

    def open(
        self, vfs: int, raw: int | None, file: "_FilePointer", *rest: object
    ) -> int:
        name = self.watched(raw)
        if name is not None:
            answer = self.ask(Call("open", name))
            if answer.code:
                file[0] = None  # Nothing is there to be closed.
                return answer.code
        code: int = self._open(vfs, raw, file, *rest)
        if name is not None and code == 0:
            address = ctypes.cast(file, c_void_p).value or 0
            self._names[address] = name
            file[0] = ctypes.addressof(self._patched_methods(file[0] or 0))
        return code

    def delete(self, vfs: int, raw: int | None, sync: int) -> int:
        name = self.watched(raw)
        if name is not None:
            answer = self.ask(Call("delete", name))
            if answer.code:
                return answer.code
        code: int = self._delete(vfs, raw, sync)
        return code

    def _patched_methods(self, original: int) -> _IoMethods:
        known = self._methods.get(original)
        if known is not None:
            return known
        methods = _IoMethods.from_buffer_copy(_IoMethods.from_address(original))
        kinds = (_READ, _WRITE, _TRUNCATE, _SYNC)
        for at, (kind, make) in enumerate(
            zip(
                kinds,
                (self._read, self._write, self._truncate, self._sync),
                strict=True,
            ),
            start=1,
        ):
            replaced = kind(make(ctypes.cast(methods.calls[at], kind)))
            self._patched.append(replaced)
            methods.calls[at] = ctypes.cast(replaced, c_void_p).value
        self._methods[original] = methods
        return methods

    def _name(self, file: "_FilePointer") -> str:
        return self._names[ctypes.cast(file, c_void_p).value or 0]

    def _read(self, do: "_Function") -> "_Function":
        def read(file: "_FilePointer", into: int, size: int, at: int) -> int:
            answer = self.ask(Call("read", self._name(file), at))
            return answer.code or do(file, into, size, at)

        return read

    def _write(self, do: "_Function") -> "_Function":
        def write(file: "_FilePointer", source: int, size: int, at: int) -> int:
            data = ctypes.string_at(source, size)
            answer = self.ask(Call("write", self._name(file), at, data))
            if answer.first is not None:
                do(file, source, answer.first, at)
            return answer.code or do(file, source, size, at)

        return write

    def _truncate(self, do: "_Function") -> "_Function":
        def truncate(file: "_FilePointer", size: int) -> int:
            answer = self.ask(Call("truncate", self._name(file), size))
            return answer.code or do(file, size)

        return truncate

    def _sync(self, do: "_Function") -> "_Function":
        def sync(file: "_FilePointer", flags: int) -> int:
            answer = self.ask(Call("sync", self._name(file)))
            return answer.code or do(file, flags)

        return sync


_FilePointer = ctypes.Array[c_void_p]
_Function = Callable[..., int]
_kept_alive: list[_Watch] = []


@contextmanager
def watch(folder: Path, observer: Observer) -> Iterator[None]:
    """Let an observer see each call to a file of a folder, until this ends."""
    watched = _Watch(folder)
    _kept_alive.append(watched)
    watched.observer = observer
    watched.install()
    try:
        yield
    finally:
        watched.remove()
