"""Search and queue over summaries in memory: loaded at unlock, gone at lock."""

import heapq
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.canonical import Json
from app.core.folding import Typed, digits, name_words
from app.core.summary import PatientSummary, Station, queue

FOLDING = 1
"""Version of what is searched; raised, every snapshot is made again."""


class Entry:
    """A patient in the index; the summary is read only when somebody looks at it."""

    __slots__ = ("_summary", "card", "phones", "raw", "words")

    def __init__(self, raw: Mapping[str, Json], words: str, phones: str) -> None:
        self.raw = raw
        self.words = words
        self.phones = phones
        self.card = str(raw.get("card", "")).lower()
        self._summary: PatientSummary | None = None

    @classmethod
    def of(cls, summary: PatientSummary) -> "Entry":
        """Return the entry of a summary, with its words folded once."""
        found: dict[str, None] = {}
        for text in (summary.original, summary.latin):
            found.update(dict.fromkeys(name_words(text)))
        words = "".join(f" {word}" for word in found)
        phones = "".join(f" {digits(phone)}" for phone in summary.phones)
        return cls(summary.to_json(), words, phones)

    @property
    def summary(self) -> PatientSummary:
        """The patient's summary."""
        if self._summary is None:
            self._summary = PatientSummary.from_json(self.raw)
        return self._summary

    @property
    def waits(self) -> bool:
        """Whether the person may be in a queue."""
        return bool(self.raw.get("encounter_id"))

    @property
    def recency(self) -> int:
        """When the record last changed."""
        changed_at = self.raw.get("changed_at")
        return changed_at if isinstance(changed_at, int) else 0


@dataclass(frozen=True, slots=True)
class _Query:
    words: tuple[str, ...]
    card: str
    number: str

    @classmethod
    def of(cls, text: str) -> "_Query":
        typed = Typed.of(text)
        words = tuple(f" {word}" for word in typed.words)
        return cls(words, typed.card, typed.number)

    def choose(self, entries: list[Entry]) -> list[Entry]:
        """One pass over all for each kind of match: a tablet is slow at calls."""
        named = entries
        for word in self.words:
            named = [e for e in named if word in e.words]
        found = {id(e): e for e in named}
        if self.card:
            card = self.card
            found.update((id(e), e) for e in entries if e.card.startswith(card))
        if self.number:
            number = self.number
            found.update((id(e), e) for e in entries if number in e.phones)
        return list(found.values())


class PatientIndex:
    """Every patient on this tablet; may be asked from any thread."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._lock = threading.Lock()
        self._entries = {str(e.raw["patient_id"]): e for e in entries}

    def __len__(self) -> int:
        return len(self._entries)

    def update(self, changed: Mapping[str, PatientSummary | None]) -> None:
        """Take in what a transaction changed; None takes a patient out."""
        fresh = {k: Entry.of(v) for k, v in changed.items() if v is not None}
        with self._lock:
            for patient_id in changed.keys() - fresh.keys():
                self._entries.pop(patient_id, None)
            self._entries.update(fresh)

    def entries(self) -> list[Entry]:
        """Return every entry."""
        with self._lock:
            return list(self._entries.values())

    def summary(self, patient_id: str) -> PatientSummary | None:
        """Return one patient's summary, or None."""
        entry = self._entries.get(patient_id)
        return None if entry is None else entry.summary

    def search(self, text: str, limit: int) -> list[PatientSummary]:
        """Return those whose name, card or phone fits what is typed so far.

        Each typed word begins a word of the name; whole words first, then those whose
        record changed last. Nothing typed finds nothing.
        """
        query = _Query.of(text)
        if not query.words:
            return []
        found = query.choose(self.entries())
        whole = tuple(f"{word} " for word in query.words)

        def rank(entry: Entry) -> tuple[bool, int]:
            padded = f"{entry.words} "
            return not all(w in padded for w in whole), -entry.recency

        return [e.summary for e in heapq.nsmallest(limit, found, key=rank)]

    def queue(self, station: Station, site_id: str) -> list[PatientSummary]:
        """Return who waits at a station of a site, urgent first, then longest."""
        waiting = [e.summary for e in self.entries() if e.waits]
        return queue(waiting, station, site_id)
