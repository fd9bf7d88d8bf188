"""What the app says when something goes wrong carries nothing of a person."""

import faulthandler
import json
import logging
import sqlite3
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.core.wire import PushOutcome
from app.storage import DiskError, Passphrase
from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.tablets import QUICK, Tablet
from tests.storage.test_nothing_in_the_clear import (
    CARD,
    NAMES,
    PHONE,
    found,
    holds,
    write_answers,
    write_people,
)

WORDS = Passphrase("a long sentence of the house", QUICK)
PERSONAL = (*NAMES, *(part for name in NAMES for part in name.split()), PHONE, CARD)


def personal_in(text: str) -> list[str]:
    return [one for one in PERSONAL if one in text or ascii(one).strip("'") in text]


def failing_commit(tablet: Tablet) -> BaseException:
    """Fill the disk while people are saved; return the error."""
    is_full: list[bool] = []

    def refuse(call: Call) -> Answer:
        is_write = call.kind == "write" and call.name.endswith("-wal")
        return Answer(code=sqlite3.SQLITE_FULL) if is_full and is_write else DO_IT

    with watch(tablet.folder, refuse):
        vault_file, vault = tablet.unlocked()
        is_full.append(True)
        with pytest.raises(DiskError) as refused:
            write_people(vault)
        is_full.clear()
        vault_file.close()
    return refused.value


def test_a_backup_is_not_in_the_clear(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    write_people(vault)
    write_answers(vault)
    vault.back_up(tablet.folder / "backup", WORDS)
    assert found(tablet) == []
    vault_file.close()


def test_logs_at_their_most_talkative_name_nobody(
    tablet: Tablet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        vault_file, vault = tablet.unlocked()
        vault.subscribe(lambda _ids: 1 / 0)  # type: ignore[arg-type]
        write_people(vault)
        write_answers(vault)
        vault_file.close()
        failing_commit(tablet)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert "A listener failed" in caplog.text
    assert personal_in(caplog.text) == []


def test_the_traceback_of_a_commit_that_failed_names_nobody(tablet: Tablet) -> None:
    error = failing_commit(tablet)
    told = "".join(traceback.format_exception(error))
    assert "disk-full" in told
    assert personal_in(told) == []


def test_an_error_of_a_statement_carries_no_parameters(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    with (
        pytest.raises((SQLAlchemyError, sqlite3.Error)) as refused,
        vault_file._database._engine.connect() as connection,
    ):
        connection.exec_driver_sql("INSERT INTO slot VALUES (?, ?, ?)", (NAMES[0],) * 3)
    assert personal_in("".join(traceback.format_exception(refused.value))) == []
    vault_file.close()


def test_an_error_of_a_model_carries_no_input() -> None:
    wrong = {"operation_id": [NAMES[0]], "outcome": NAMES[1], "clamp_ms": PHONE}
    with pytest.raises(ValidationError) as refused:
        PushOutcome.model_validate_json(json.dumps(wrong))
    assert personal_in(str(refused.value) + repr(refused.value)) == []


CRASH = """
import faulthandler, os, sys
from pathlib import Path
from tests.storage.tablets import Tablet
from tests.storage.test_nothing_in_the_clear import write_people
faulthandler.enable()
_file, vault = Tablet(Path(sys.argv[1])).unlocked()
vault.subscribe(lambda ids: os.abort())
write_people(vault)
"""


def test_the_output_of_a_crash_names_nobody(tablet: Tablet) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, tablet.folder],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    told = (done.stdout + done.stderr).decode()
    assert "write_people" in told
    assert personal_in(told) == []
    assert found(tablet) == []


def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    trap = tmp_path / "crash"
    with trap.open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback(file)
        file.write(NAMES[0])
    assert holds(trap, NAMES[0])
    assert personal_in(repr({"name": NAMES[3]})) != []
    assert personal_in(ascii(NAMES[0])) != []
