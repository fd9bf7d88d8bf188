"""A durable save of one screening (PHQ-9: 12 answers, status, score), and of a draft.

Beside it, in the same run and on the same disk: plain SQLite that commits the same
bytes durably, and nothing else.
"""

import json
import sqlite3
import tempfile
from functools import partial
from pathlib import Path

from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.ids import RandomIds, derived_id
from app.core.records import RecordType
from tests.benchmarks._measuring import figure, report, timed
from tests.storage.tablets import Tablet, save_patient

SAVES = 200
ANSWERS = 12
TARGET_MS = 10.0
SECRET = b"of the benchmark"
PHQ9 = "http://loinc.org/q/44249-1|2.73"


def main() -> None:
    """Save screenings of as many patients."""
    ids = RandomIds()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vault_file, vault = Tablet(folder, ids=ids).unlocked()
        patients = [ids.new() for _ in range(SAVES)]
        for patient_id in patients:
            save_patient(vault, patient_id, "Amina Haile")
        screenings = [(p, screening(p, ids.new())) for p in patients]
        draft = json.dumps(_answers()).encode()
        drafts = [
            timed(partial(vault.save_draft, f"draft-{p}", p, draft)) for p in patients
        ]
        saves = [
            timed(partial(vault.commit, change, drop_draft=f"draft-{p}"))
            for p, change in screenings
        ]
        plain = _plain_saves(folder / "plain.db", draft)
        vault_file.close()
    figures = [
        figure("save one screening, the draft dropped", saves, TARGET_MS),
        figure("save a draft", drafts, TARGET_MS),
        figure("peer: plain SQLite, the same bytes, durable", plain),
    ]
    print(f"ratio to plain SQLite: {figures[0].median_ms / figures[2].median_ms:.1f}")
    report("save", figures)


def screening(patient_id: str, response_id: str) -> Change:
    """One PHQ-9, answered and scored."""
    change = Change()
    response = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, response_id, patient_id)
    change.set(response, {**_answers(), "questionnaire": PHQ9})
    change.set(response, {"status": {"status": "completed"}})
    score = RecordKey(
        RecordType.SCORE, derived_id(SECRET, response_id, "total"), patient_id
    )
    result: Json = {"total": "14", "band": "moderate", "complete": True}
    change.set(score, {"response": response_id, "result": result})
    return change


def _answers() -> dict[str, Json]:
    return {
        f"answer./4425{n}-9": {"code": "LA6569-3", "ordinal": "1"}
        for n in range(ANSWERS)
    }


def _plain_saves(path: Path, body: bytes) -> list[float]:
    driver = sqlite3.connect(path, isolation_level=None)
    driver.execute("PRAGMA journal_mode = WAL")
    driver.execute("PRAGMA synchronous = FULL")
    driver.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, body BLOB)")

    def save() -> None:
        driver.execute("BEGIN IMMEDIATE")
        for _ in range(4):
            driver.execute("INSERT INTO plain (body) VALUES (?)", (body,))
        driver.execute("COMMIT")

    seconds = [timed(save) for _ in range(SAVES)]
    driver.close()
    return seconds


if __name__ == "__main__":
    main()
