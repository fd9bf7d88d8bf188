"""Search and queue over summaries in memory: loaded at unlock, gone at lock.

Names, cards and phones of all patients stand in one long text each, the newest first:
a search is a walk through a text, and ends when enough was found.
"""

import heapq
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate, islice
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from app.core.folding import Typed, digits, name_words
from app.core.summary import PatientSummary, Station, Values, queue

FOLDING = 1
"""Version of what is searched; raised, every snapshot is made again."""

SUMMARY_FIELDS = tuple(field.name for field in fields(PatientSummary))
_values_of = attrgetter(*SUMMARY_FIELDS)
_searched = itemgetter(
    *map(SUMMARY_FIELDS.index, ("card", "original", "latin", "phones", "encounter_id"))
)
_A_TUPLE: Any = tuple
_Packed: Any = _A_TUPLE[tuple(field.type for field in fields(PatientSummary))]
_pack = msgspec.json.Encoder().encode
_unpack = msgspec.json.Decoder(_Packed).decode
_FRESH = 256
"""Changes that are walked one by one, before the long texts are made again."""


class Entry(NamedTuple):
    """A patient in the index; the summary is read only when somebody looks at it."""

    recency: int
    """When the record last changed."""
    patient_id: str
    words: str
    """Each word of the name, folded, after a space."""
    card: str
    phones: str
    waits: bool
    """Whether the person may be in a queue."""
    packed: bytes
    """The summary's values as JSON, in the order of its fields."""

    @classmethod
    def of(cls, summary: PatientSummary) -> "Entry":
        """Return the entry of a summary."""
        return cls.of_values(_values_of(summary))

    @classmethod
    def of_values(cls, values: Values) -> "Entry":
        """Return the entry of a summary's values, with its words folded once."""
        card, original, latin, phones, encounter_id = _searched(values)
        words = name_words(original) if original else []
        if latin:
            words += name_words(latin)
        return cls(
            values[-1],
            values[0],
            " ".join(("", *dict.fromkeys(words))) if words else "",
            card.lower(),
            "".join([f" {digits(phone)}" for phone in phones]) if phones else "",
            bool(encounter_id),
            _pack(values),
        )

    @property
    def summary(self) -> PatientSummary:
        """The patient's summary."""
        return PatientSummary(*_unpack(self.packed))


NOTHING: Mapping[str, Entry | None] = MappingProxyType({})
"""No change."""


@dataclass(frozen=True, slots=True)
class _Query:
    words: tuple[str, ...]
    whole: tuple[str, ...]
    card: str
    number: str

    @classmethod
    def of(cls, text: str) -> "_Query":
        typed = Typed.of(text)
        words = tuple(sorted((f" {w}" for w in typed.words), key=len, reverse=True))
        whole = tuple(f"{word} " for word in words)
        return cls(words, whole, typed.card, typed.number)

    def choose(self, entries: list[Entry]) -> list[Entry]:
        """One pass over all for each kind of match: a tablet is slow at calls."""
        named = entries
        for word in self.words:
            named = [e for e in named if word in e[2]]
        if self.card:
            named += [e for e in entries if e[3].startswith(self.card)]
        if self.number:
            named += [e for e in entries if self.number in e[4]]
        return named

    def rank(self, entry: Entry) -> tuple[bool, int]:
        """Whole words first, then whose record changed last."""
        padded, whole = f"{entry[2]} ", True
        for word in self.whole:
            whole = whole and word in padded
        return not whole, -entry[0]


class _LongText:
    """One text of each entry after the other; finds the entries that hold a part.

    Each text ends a line.
    """

    def __init__(self, entries: list[Entry], texts: list[str]) -> None:
        self._entries = entries
        self._text = "\n" + "".join(texts)
        self._starts = list(accumulate(map(len, texts), initial=0))

    def words(self) -> frozenset[str]:
        """Return each word that stands in it."""
        return frozenset(self._text.split())

    def find(self, part: str) -> Iterator[Entry]:
        """Yield entries, each once, in order; a part may begin with a line's end."""
        at = self._text.find(part)
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            if row >= len(self._entries):
                return
            yield self._entries[row]
            at = self._text.find(part, self._starts[row + 1])


class _Texts:
    """What was searched for at some moment: three long texts, the newest first."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._ordered = sorted(entries, key=itemgetter(0), reverse=True)
        self._names = _LongText(self._ordered, [f"{e[2]} \n" for e in self._ordered])

    @cached_property
    def _words(self) -> frozenset[str]:
        return self._names.words()

    @cached_property
    def _cards(self) -> _LongText:
        return _LongText(self._ordered, [f"{e[3]}\n" for e in self._ordered])

    @cached_property
    def _phones(self) -> _LongText:
        return _LongText(self._ordered, [f"{e[4]}\n" for e in self._ordered])

    def find(self, query: _Query) -> Iterator[Iterator[Entry]]:
        """Yield entries of each kind of match, the newest first."""
        # Mostly what is typed is no whole word yet: nothing is walked for it.
        is_whole = all(word.strip() in self._words for word in query.whole)
        yield self._named(query.whole) if is_whole else iter(())
        yield self._named(query.words)
        if query.card:
            yield self._cards.find(f"\n{query.card}")
        if query.number:
            yield self._phones.find(query.number)

    def _named(self, words: tuple[str, ...]) -> Iterator[Entry]:
        first, *rest = words
        for entry in self._names.find(first):
            if not rest or all(word in f"{entry.words} " for word in rest):
                yield entry


class PatientIndex:
    """Every patient on this tablet; may be asked from any thread."""

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        since: Mapping[str, Entry | None] = NOTHING,
    ) -> None:
        """Make it of what was kept, and of what changed since."""
        self._lock = threading.Lock()
        self._entries = {entry[1]: entry for entry in entries}
        self._fresh: dict[str, None] = {}
        self._unsaved: dict[str, None] = {}
        self.update(since)
        self._fresh.clear()
        self._texts = _Texts(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def update(self, changed: Mapping[str, Entry | None]) -> None:
        """Take in what a transaction changed; None takes a patient out."""
        fresh = {k: v for k, v in changed.items() if v is not None}
        with self._lock:
            for patient_id in changed.keys() - fresh.keys():
                self._entries.pop(patient_id, None)
            self._entries.update(fresh)
            self._fresh.update(dict.fromkeys(changed))
            self._unsaved.update(dict.fromkeys(changed))

    def entries(self) -> list[Entry]:
        """Return every entry."""
        with self._lock:
            return list(self._entries.values())

    def unsaved(self) -> dict[str, Entry | None]:
        """Return what changed since `saved`; None where a patient was taken out."""
        with self._lock:
            return {i: self._entries.get(i) for i in self._unsaved}

    def saved(self) -> None:
        """Count everything as kept for the next unlock."""
        with self._lock:
            self._unsaved.clear()

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
        texts, fresh = self._current()
        found = {entry[1]: entry for entry in query.choose(fresh)}
        whole = self._first(next(kinds := texts.find(query)), limit)
        found.update((entry[1], entry) for entry in whole)
        if len(whole) < limit:  # Nothing else stands above a whole word.
            for kind in kinds:
                found.update((entry[1], entry) for entry in self._first(kind, limit))
        best = heapq.nsmallest(limit, found.values(), key=query.rank)
        return [entry.summary for entry in best]

    def _first(self, found: Iterator[Entry], limit: int) -> list[Entry]:
        """Return as many as are sought, without those that changed meanwhile."""
        known = self._entries
        standing = (entry for entry in found if known.get(entry[1]) is entry)
        return list(islice(standing, limit))

    def _current(self) -> tuple[_Texts, list[Entry]]:
        """Return the long texts, and what changed since they were made."""
        with self._lock:
            if len(self._fresh) > max(_FRESH, len(self._entries) // 20):
                self._texts = _Texts(self._entries.values())
                self._fresh.clear()
            found = (self._entries.get(i) for i in self._fresh)
            return self._texts, [entry for entry in found if entry is not None]

    def quiet_since(self, before_ms: int) -> list[str]:
        """Return who is in nobody's care, and was not changed since (UTC ms)."""
        return [
            e.patient_id
            for e in self.entries()
            if e.recency < before_ms and not e.waits
        ]

    def queue(self, station: Station, site_id: str) -> list[PatientSummary]:
        """Return who waits at a station of a site, urgent first, then longest."""
        waiting = [entry.summary for entry in self.entries() if entry.waits]
        return queue(waiting, station, site_id)
