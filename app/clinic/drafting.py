"""Keeping one page's draft, until it becomes a record."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.core import canonical
from app.core.canonical import Json
from app.core.change import Heads
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
    """The draft to drop with it, or None."""
    kept: Kept | None = None
    """The draft as it lies there: it knows who typed what."""
    author: str | None = None
    """Who typed all that is saved; None where it is the one who saves."""


def seen_to_json(seen: Mapping[str, Heads]) -> dict[str, Json]:
    """Return what was seen, by name, as a draft keeps it."""
    return {name: list(heads) for name, heads in seen.items()}


def seen_from_json(value: Json) -> dict[str, Heads]:
    """Read what was seen when a draft was begun."""
    kept = as_mapping(value).items()
    return {
        name: tuple(map(str, heads if isinstance(heads, list | tuple) else ()))
        for name, heads in kept
    }


NO_DRAFT = Settling(None)
"""Of a change that was made without typing."""


class DraftKeeper:
    """The draft of one screen.

    `typing` is called on the session's loop; the other calls block, and run one after
    another in the order of events, as a lane of Work runs them: so nothing old lands
    on what is newer, and a save drops what was typed before it alone.
    """

    def __init__(self, drawer: Drawer, draft_id: str, patient_id: str) -> None:
        self.draft_id = draft_id
        self._drawer = drawer
        self._patient_id = patient_id
        self._is_mine = False

    def typing(self) -> None:
        """Something was typed: what is saved is mine now."""
        self._is_mine = True

    def load(self) -> Mapping[str, Json]:
        """Return what was kept, or nothing."""
        found = self._drawer.draft(self.draft_id)
        return {} if found is None else as_mapping(canonical.decode(found.content))

    def keep(self, content: Json) -> None:
        """Keep what was typed."""
        raw = json.dumps(content, ensure_ascii=False).encode()
        self._drawer.save_draft(self.draft_id, self._patient_id, raw)

    def drop(self) -> None:
        """Forget what was typed."""
        self._drawer.drop_draft(self.draft_id)

    def settle(self, commit: Callable[[Settling], Result]) -> Result:
        """Run what turns the draft into a record; if that raises, the draft stays."""
        kept = self._drawer.draft(self.draft_id)
        author = None if self._is_mine or kept is None else kept.sole_author
        return commit(Settling(self.draft_id, kept, author))
