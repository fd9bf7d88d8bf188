"""Sync under load: push and pull beside PouchDB, many tablets, a bad line, nothing new.

Ours is what the app runs: an encrypted vault, rounds of its engine over HTTP, a server
process with one worker on SQLite; a push reads, compresses, sends, logs and merges. The
peer is PouchDB on Node with LevelDB on both sides. Both send the same records, in turn.

    python -m tests.benchmarks.sync [--only PART ...] [--rounds N] [--without-pouchdb]
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import (
    _sync_first,
    _sync_idle,
    _sync_line,
    _sync_many,
)
from tests.benchmarks._sync_pouchdb import PouchDB, PouchTimes
from tests.benchmarks._sync_speed import OurTimes, Waiting
from tests.benchmarks._vault_records import bench_records

RECORDS = 10_000
Line = dict[str, float | int | None]


def speed(given: argparse.Namespace) -> Line:
    """Push and pull the records, ours and PouchDB's in turn."""
    peer = None if given.without_pouchdb else PouchDB.install()
    records = list(bench_records(given.records))
    texts = [
        json.dumps({"_id": record["patient_id"], **record}, ensure_ascii=False)
        for record in records
    ]
    ours: list[OurTimes] = []
    theirs: list[PouchTimes] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        waiting = Waiting.make(folder / "made", records)
        for number in range(given.rounds):
            turns: list[Callable[[Path], None]] = [
                lambda place: ours.append(waiting.measure(place / "ours"))
            ]
            if peer is not None:
                turns.append(
                    lambda place: theirs.append(peer.measure(place / "theirs", texts))
                )
            # Who comes second finds warmer caches: each is it as often.
            for turn in turns if number % 2 else reversed(turns):
                with tempfile.TemporaryDirectory() as place:
                    turn(Path(place))
            _say_round(number, given.records, ours[-1], theirs[-1] if theirs else None)
    return _speed_line(given.records, ours, theirs)


def _say_round(
    number: int, count: int, ours: OurTimes, theirs: PouchTimes | None
) -> None:
    said = f"  round {number + 1}: ours {count / ours.push_s:.0f} up, "
    said += f"{count / ours.pull_s:.0f} down"
    if theirs is not None:
        said += f"; PouchDB {count / theirs.push_s:.0f} up, "
        said += f"{count / theirs.pull_s:.0f} down (records/s)"
    print(said, flush=True)


def _speed_line(count: int, ours: list[OurTimes], theirs: list[PouchTimes]) -> Line:
    up, down = (
        statistics.median(count / getattr(each, name) for each in ours)
        for name in ("push_s", "pull_s")
    )
    line: Line = {
        "push_per_s": round(up),
        "pull_per_s": round(down),
        "bytes_per_record": round(ours[0].sent_bytes / count),
        "bytes_per_record_down": round(ours[0].received_bytes / count),
    }
    if theirs:
        for name in ("push", "pull"):
            pairs = zip(ours, theirs, strict=True)
            ratios = [
                getattr(t, f"{name}_s") / getattr(o, f"{name}_s") for o, t in pairs
            ]
            line[f"{name}_ratio"] = round(statistics.median(ratios), 2)
            median = statistics.median(getattr(t, f"{name}_s") for t in theirs)
            line[f"pouchdb_{name}_per_s"] = round(count / median)
    return line


def many(_given: argparse.Namespace) -> Line:
    """A hundred tablets at once, on both databases."""
    line: Line = {}
    for kind in ("sqlite", "postgresql"):
        found = _sync_many.measure(kind)
        print(f"  {kind}: {found}", flush=True)
        line[f"tablets100_s_{kind}"] = round(found.total_s, 1)
        line[f"tablets100_p99_s_{kind}"] = round(found.p99_s, 2)
        line[f"tablets100_refused_{kind}"] = found.refused
    return line


def first(_given: argparse.Namespace) -> Line:
    """Ten thousand people to a new tablet."""
    found = _sync_first.measure()
    print(f"  {found}", flush=True)
    return {
        "first_sync_10k_s": round(found.names_s, 1),
        "first_sync_10k_whole_s": round(found.whole_s, 1),
    }


def bad_line(_given: argparse.Namespace) -> Line:
    """Five tablets on 64 kbit/s."""
    found = _sync_line.measure()
    print(f"  {found}", flush=True)
    return {
        "bad_line_s": round(found.seconds, 1),
        "bad_line_cuts": found.cuts,
        "bad_line_cut_connections": found.cut_connections,
        "bad_line_lost_batches": found.lost_batches,
        "bad_line_operations_again": sum(found.again_by_cut),
        "bad_line_again_beyond_one_batch": found.beyond_one_batch,
        "bad_line_with_pull_s": round(found.others_came_s, 1),
    }


def idle(_given: argparse.Namespace) -> Line:
    """Nothing new."""
    found = _sync_idle.measure()
    print(f"  {found}", flush=True)
    return {
        "idle_requests": found.requests,
        "idle_ms": round(found.milliseconds, 1),
        "asked_requests": found.asked_requests,
        "asked_ms": round(found.asked_milliseconds, 1),
    }


PARTS: dict[str, Callable[[argparse.Namespace], Line]] = {
    "idle": idle,
    "speed": speed,
    "first": first,
    "many": many,
    "line": bad_line,
}


def main() -> None:
    """Measure the parts, and end with one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=5, help="of push and pull")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--without-pouchdb", action="store_true")
    given = parser.parse_args()
    line: Line = {}
    for name in given.only:
        print(f"{name}:", flush=True)
        line.update(PARTS[name](given))
    print(json.dumps({"benchmark": "sync", **line}))


if __name__ == "__main__":
    main()
