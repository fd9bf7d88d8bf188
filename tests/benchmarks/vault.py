"""The vault beside SQLCipher and plain SQLite: same records, same run, alternating.

Each side begins with the text of a record as a server sends it, and ends where a
screen may use it. The vault is used through its own public functions: pages of a
first sync, commits, reads, search, open and unlock; key derivation is Argon2id's least.
Its tail is 999 changes: the index was kept at the 750th, and is at the thousandth.

    python -m tests.benchmarks.vault [RECORDS ...]
"""

import gc
import json
import random
import secrets
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher  # type: ignore[import-untyped]

from app.core.change import Change
from app.core.ids import RandomIds
from app.core.page_wire import DocumentItem, DocumentPage
from app.core.projections import View
from app.storage import Vault
from tests.benchmarks._measuring import timed
from tests.benchmarks._vault_documents import document_text, fields_of
from tests.benchmarks._vault_peers import Peer
from tests.benchmarks._vault_records import bench_records
from tests.storage.tablets import ANA, PIN, Tablet, patient

SIZES = (10_000, 100_000)
PAGE = 500
ROUNDS = {10_000: 5}
COMMITS = 300
READS = 2_000
TAIL = 999
SEARCHES = 3
OPENINGS = 3
TYPED = ("amina", "hai", "fato", "rahman", "олена", "محم", "ሰላ", "yus", "t", "nobody")
Times = dict[str, dict[str, list[float]]]


@dataclass
class Records:
    """What both sides are given, made before anything is measured."""

    ids: list[str]
    texts: list[str]
    pages: list[DocumentPage]
    peer_pages: list[list[str]]
    more: list[tuple[Change, str]]
    """What is committed one by one: as a change, and as text."""

    @classmethod
    def of(cls, count: int) -> "Records":
        """Make them of the shared records."""
        found = list(bench_records(count + COMMITS))
        first, more = found[:count], found[count:]
        texts = [json.dumps(r, ensure_ascii=False) for r in first]
        items = [DocumentItem(document=document_text(r)) for r in first]
        pages = [
            DocumentPage(
                cursor=f"page-{n}",
                documents=tuple(items[n : n + PAGE]),
                more=True,
                server_ms=0,
            )
            for n in range(0, count, PAGE)
        ]
        peer_pages = [texts[n : n + PAGE] for n in range(0, count, PAGE)]
        changes = [(_change(r), json.dumps(r, ensure_ascii=False)) for r in more]
        ids = [str(record["patient_id"]) for record in first]
        return cls(ids, texts, pages, peer_pages, changes)


def _change(record: dict[str, object]) -> Change:
    change = Change()
    change.set(patient(str(record["patient_id"])), fields_of(record))
    return change


@dataclass
class Round:
    """One round: three stores in one folder, measured in turn."""

    folder: Path
    records: Records
    times: Times = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Fill, commit and search; then, all of them opened anew, read and open."""
        tablet = Tablet(self.folder, ids=RandomIds())
        vault_file, vault = tablet.unlocked()
        key = secrets.token_hex(32)
        peers = self._peers(key)
        self._fill(vault, peers)
        self._commit(vault, peers)
        self._search(vault, peers)
        for name, peer in peers.items():
            peer.close()
            self.bytes[name] = peer.path.stat().st_size
        self._note("close", "vault", timed(vault.close))
        self.bytes["vault"] = _size(tablet.vault_folder)
        vault, peers = vault_file.unlock(ANA, PIN), self._peers(key)
        self._read(vault, peers)
        self._open(vault, tablet, key)
        for peer in peers.values():
            peer.close()
        vault_file.close()

    def _peers(self, key: str) -> dict[str, Peer]:
        return {
            "sqlcipher": Peer(sqlcipher, self.folder / "cipher.db", key),
            "plain": Peer(sqlite3, self.folder / "plain.db"),
        }

    def _note(self, what: str, store: str, seconds: float) -> None:
        self.times.setdefault(what, {}).setdefault(store, []).append(seconds)

    def _time(self, what: str, store: str, action: Callable[[], object]) -> None:
        self._note(what, store, timed(action))

    def _fill(self, vault: Vault, peers: dict[str, Peer]) -> None:
        spent = dict.fromkeys(("vault", *peers), 0.0)
        pairs = zip(self.records.pages, self.records.peer_pages, strict=True)
        for page, texts in pairs:
            spent["vault"] += timed(partial(vault.apply_documents, page))
            for name, peer in peers.items():
                spent[name] += timed(partial(peer.insert, texts))
        for store, seconds in spent.items():
            self._note("bulk", store, seconds / len(self.records.ids))

    def _commit(self, vault: Vault, peers: dict[str, Peer]) -> None:
        for change, text in self.records.more:
            self._time("commit", "vault", partial(vault.commit, change))
            for name, peer in peers.items():
                self._time("commit", name, partial(peer.insert, [text]))

    def _search(self, vault: Vault, peers: dict[str, Peer]) -> None:
        for typed in TYPED * SEARCHES:
            self._time("search", "vault", partial(vault.search, typed))
            for name, peer in peers.items():
                self._time("search", name, partial(peer.search, typed))

    def _read(self, vault: Vault, peers: dict[str, Peer]) -> None:
        for record_id in random.Random(1).sample(self.records.ids, READS):
            self._time("point", "vault", partial(_note_of, vault, record_id))
            for name, peer in peers.items():
                self._time("point", name, partial(_peers_note, peer, record_id))

    def _open(self, vault: Vault, tablet: Tablet, key: str) -> None:
        """Open copies of what a tablet leaves that died after its longest tail."""
        for record_id in self.records.ids[:TAIL]:
            change = Change()
            change.set(patient(record_id), {"language": "en"})
            vault.commit(change)
        for number in range(OPENINGS):
            copy = self.folder / f"copy-{number}"
            shutil.copytree(tablet.vault_folder, copy / "vault")
            shutil.copy(tablet.folder / "device-secret", copy)
            start = time.perf_counter()
            vault_file, _vault = Tablet(copy).unlocked()
            self._note("open", "vault", time.perf_counter() - start)
            vault_file.close()
            shutil.rmtree(copy)
            start = time.perf_counter()
            peer = self._peers(key)["sqlcipher"]
            self._note("open", "sqlcipher", time.perf_counter() - start)
            peer.close()


def _note_of(vault: Vault, record_id: str) -> object:
    document = vault.document(record_id)
    return None if document is None else View(document).value("note")


def _peers_note(peer: Peer, record_id: str) -> object:
    return peer.read(record_id)["note"]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def measure(count: int, rounds: int) -> dict[str, float]:
    """Measure one size; print a table, and return the ratios and times."""
    records = Records.of(count)
    done = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            one = Round(Path(name), records)
            gc.collect()
            gc.freeze()  # What was made to measure with is nobody's garbage.
            one.run()
            done.append(one)
        print(f"  round {number + 1} of {rounds}", flush=True)
    return _report(count, done)


def _report(count: int, done: list[Round]) -> dict[str, float]:
    print(f"\n{count} records, {len(done)} rounds: medians")
    print(f"{'':12} {'vault':>12} {'sqlcipher':>12} {'plain':>12} {'ours/cipher':>12}")
    found = {}
    for what, unit in (
        ("bulk", 1e6),
        ("commit", 1e6),
        ("point", 1e6),
        ("search", 1e6),
        ("open", 1e3),
        ("close", 1e3),
    ):
        name = {1e6: "us", 1e3: "ms"}[unit]
        stores = {s: _median(done, what, s) for s in ("vault", "sqlcipher", "plain")}
        ratios = [
            statistics.median(one.times[what]["vault"])
            / statistics.median(one.times[what]["sqlcipher"])
            for one in done
            if "sqlcipher" in one.times[what]
        ]
        ratio = statistics.median(ratios) if ratios else float("nan")
        cells = [f"{(v or float('nan')) * unit:12.1f}" for v in stores.values()]
        print(f"{what + ' ' + name:12} {' '.join(cells)} {ratio:12.2f}")
        found[f"{what}_ratio"] = ratio
        found[what] = stores["vault"]
    sizes = done[0].bytes
    found["bytes_ratio"] = sizes["vault"] / sizes["sqlcipher"]
    cells = [f"{sizes[s] / count:12.0f}" for s in ("vault", "sqlcipher", "plain")]
    print(f"{'bytes':12} {' '.join(cells)} {found['bytes_ratio']:12.2f}")
    return found


def _median(done: list[Round], what: str, store: str) -> float:
    values = [v for one in done for v in one.times[what].get(store, [])]
    return statistics.median(values) if values else 0.0


def main() -> None:
    """Measure each size, and end with one line of JSON."""
    sizes = [int(a) for a in sys.argv[1:]] or list(SIZES)
    found = {count: measure(count, ROUNDS.get(count, 1)) for count in sizes}
    line: dict[str, float | None] = {}
    if 10_000 in found:
        for name in ("bulk", "point", "commit", "search", "bytes"):
            line[f"{name}_ratio"] = round(found[10_000][f"{name}_ratio"], 3)
    for count, label in ((10_000, "open_10k_s"), (100_000, "open_100k_s")):
        if count in found:
            line[label] = round(found[count]["open"], 3)
    print(json.dumps({"benchmark": "vault", **line}))


if __name__ == "__main__":
    main()
