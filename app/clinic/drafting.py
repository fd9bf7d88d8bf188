"""Keeping one page's draft, whatever thread comes first: the newest wins."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.core import canonical
from app.core.canonical import Json
from app.core.document_json import as_mapping

Result = TypeVar("Result")


class Kept(Protocol):
    """A draft as the vault gives it back."""

    @property
    def content(self) -> bytes:
        """UTF-8 JSON."""

    @property
    def sole_author(self) -> str | None:
        """Who typed all of it, or None where it was more than one."""

    def author_of(self, section: str, name: str, value: Json) -> str | None:
        """Return who typed a member; None if it says something else there."""


class Drawer(Protocol):
    """Where drafts lie: the vault."""

    def save_draft(self, draft_id: str, patient_id: str, content: bytes) -> None:
        """Keep a draft; durable when it returns."""

    def draft(self, draft_id: str) -> Kept | None:
        """Return a draft, or None."""

    def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What a commit must know of the draft that it takes the place of."""

    drop_draft: str | None
    """The draft to drop with it; None where something newer lies in it already."""
    kept: Kept | None = None
    """The draft as it lies there: it knows who typed what."""
    author: str | None = None
    """Who typed all that is saved; None where it is the one who saves."""


NO_DRAFT = Settling(None)
"""Of a change that was made without typing."""


class DraftKeeper:
    """The draft of one screen.

    `number` is taken on the session's loop at each event; the other calls run in
    threads, which may overtake each other: an older number never writes over a
    newer one, nor after the draft became a record.
    """

    def __init__(self, drawer: Drawer, draft_id: str, patient_id: str) -> None:
        self.draft_id = draft_id
        self._drawer = drawer
        self._patient_id = patient_id
        self._lock = threading.Lock()
        self._given = 0
        self._written = 0
        self._is_mine = False

    def number(self) -> int:
        """Return the next place in the order of events."""
        self._given += 1
        return self._given

    def typing(self) -> int:
        """Return the next place, for something typed: what is saved is mine now."""
        self._is_mine = True
        return self.number()

    def load(self) -> Mapping[str, Json]:
        """Return what was kept, or nothing."""
        with self._lock:
            found = self._drawer.draft(self.draft_id)
        return {} if found is None else as_mapping(canonical.decode(found.content))

    def keep(self, number: int, content: Json) -> None:
        """Keep what was typed, unless something newer was kept already."""
        raw = json.dumps(content, ensure_ascii=False).encode()
        with self._lock:
            if number > self._written:
                self._drawer.save_draft(self.draft_id, self._patient_id, raw)
                self._written = number

    def drop(self, number: int) -> None:
        """Forget what was typed up to here."""

        def forget(settling: Settling) -> None:
            if settling.drop_draft is not None:
                self._drawer.drop_draft(settling.drop_draft)

        self.settle(number, forget)

    def settle(self, number: int, commit: Callable[[Settling], Result]) -> Result:
        """Run what turns the draft into a record; if that raises, the draft stays.

        So does a draft that was typed after `number`: only its own save may drop it.
        """
        with self._lock:
            kept = self._drawer.draft(self.draft_id)
            author = None if self._is_mine or kept is None else kept.sole_author
            overtaken = self._written > number
            draft_id = None if overtaken else self.draft_id
            result = commit(Settling(draft_id, kept, author))
            self._written = max(self._written, number)
        return result
