"""A server in one sealed file: made while it works, restored on either database."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from app.core.wire import Outcome
from sync_server import backup_file, erasure_ledger, secret_file
from sync_server.backup_file import Cost, Lock
from sync_server.context import Context
from sync_server.database import Database
from sync_server.opening import open_context
from sync_server.services import backup, erasure
from sync_server.services.administration import AdministrationError
from sync_server.services.erasure import Erasing
from sync_server.settings import Settings, SettingsError
from tests.server.deployments import TestDeployment, deployed
from tests.server.erasing import (
    ANSWER,
    ERASED,
    NAME,
    broken,
    erase_p1,
    everything,
    said,
    write_both,
)

WORDS = "a passphrase of several words"
CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
LEFT_OUT = {"session", "attempt"}


def written(
    deployment: TestDeployment, path: Path, *, with_secrets: bool = False
) -> Path:
    """Back a deployment up into a file."""
    lines = backup.stream(deployment.context, with_secrets=with_secrets)
    backup_file.write(path, Lock(WORDS, CHEAP), lines, deployment.context.ports)
    return path


@contextmanager
def restored(
    path: Path, deployment: TestDeployment, url: str, ledger: Path | None = None
) -> Iterator[tuple[Context, backup.Restored]]:
    """Restore a file into a new folder, on SQLite there or on a given database."""
    folder = path.parent / "restored"
    folder.mkdir(exist_ok=True)
    settings = Settings(data=folder, database_url=url, threads=4)
    database = Database(settings.url, 4)
    ports = deployment.context.ports
    try:
        with path.open("rb") as source:
            lines = backup_file.lines(backup_file.read(source, WORDS))
            done = backup.restore(
                backup.Target(settings, database, ports, ledger), lines
            )
        yield open_context(settings, ports, database), done
    finally:
        database.close()


def rows(context: Context) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that a backup holds, but for the epoch."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with context.database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                columns = [c for c in table.columns if c.name != "epoch"]
                query = select(*columns).order_by(*table.primary_key.columns)
                listed = [tuple(row) for row in connection.execute(query)]
                found[table.name] = [*listed]
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest) -> str:
    """Where to restore to: SQLite in the new folder, or another PostgreSQL database."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_what_is_restored_is_what_was_backed_up_and_goes_on(
    deployment: TestDeployment, tmp_path: Path, target_url: str
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    path = written(deployment, tmp_path / "backup", with_secrets=True)
    before = rows(deployment.context)
    with restored(path, deployment, target_url) as (context, done):
        assert rows(context) == before
        assert done.counts["operation"] == 3
        assert done.broken == []
        assert len(done.chains) == 2
        again = replace(deployment, context=context, settings=context.settings)
        assert again.epoch != deployment.epoch
        device.write((ERASED, {"sex": "female"}))
        (outcome,) = again.push(device).outcomes
        assert outcome.outcome is Outcome.ACCEPTED
        assert broken(context) == []


def test_the_ledger_is_replayed_before_anything_is_served(
    deployment: TestDeployment, tmp_path: Path
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    path = written(deployment, tmp_path / "backup", with_secrets=True)
    erase_p1(deployment.context)
    ledger = deployment.settings.data / erasure_ledger.NAME
    copy = tmp_path / "ledger-copy"
    copy.write_bytes(ledger.read_bytes())
    with restored(path, deployment, "", copy) as (context, done):
        assert done.erased_again == 1
        assert done.broken == []
        left = everything(context)
        assert NAME not in left
        assert ANSWER not in left
        assert broken(context) == []
        kept = erasure_ledger.ErasureLedger(
            context.settings.data / erasure_ledger.NAME, context.secrets
        )
        assert [entry.patient_id for entry in kept.entries()] == ["p1"]
        again = replace(deployment, context=context, settings=context.settings)
        device.write((ERASED, {"name": said(NAME)}))
        (outcome,) = again.push(device).outcomes
        assert outcome.outcome is Outcome.REJECTED
        assert NAME not in everything(context)


def test_a_database_that_was_put_back_is_held_against_the_ledger(
    on_sqlite: TestDeployment,
) -> None:
    device = on_sqlite.device("tablet")
    write_both(device)
    on_sqlite.push(device)
    path = on_sqlite.settings.data / "server.sqlite3"
    on_sqlite.context.database.empty_log()
    before = path.read_bytes()
    erase_p1(on_sqlite.context)
    erasure.erase(on_sqlite.context, Erasing("p9", "person-asked", even_unknown=True))
    on_sqlite.context.database.close()
    path.write_bytes(before)
    assert NAME in everything(on_sqlite.context)
    assert erasure.replay(on_sqlite.context) == 2
    assert NAME not in everything(on_sqlite.context)
    assert erasure.replay(on_sqlite.context) == 0
    assert broken(on_sqlite.context) == []


def test_a_ledger_is_made_again_from_the_database_and_an_edit_is_named(
    on_sqlite: TestDeployment,
) -> None:
    device = on_sqlite.device("tablet")
    write_both(device)
    on_sqlite.push(device)
    erase_p1(on_sqlite.context)
    path = on_sqlite.settings.data / erasure_ledger.NAME
    whole = path.read_bytes()
    path.unlink()
    assert erasure.replay(on_sqlite.context) == 0
    assert path.read_bytes() == whole
    path.write_bytes(whole + b'["cut sho')
    assert erasure.replay(on_sqlite.context) == 0
    unknown = Erasing("p9", "person-asked", even_unknown=True)
    erasure.erase(on_sqlite.context, unknown)
    assert path.read_bytes().startswith(whole)
    path.write_bytes(path.read_bytes().replace(b"p1", b"p7"))
    with pytest.raises(SettingsError, match="Line 1"):
        erasure.replay(on_sqlite.context)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_file_that_was_cut_is_refused_and_nothing_is_left(
    on_sqlite: TestDeployment, tmp_path: Path, cut: int
) -> None:
    device = on_sqlite.device("tablet")
    write_both(device)
    on_sqlite.push(device)
    path = written(on_sqlite, tmp_path / "backup", with_secrets=True)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(AdministrationError), restored(path, on_sqlite, ""):
        pass
    folder = tmp_path / "restored"
    assert not secret_file.exists(folder)
    whole = written(on_sqlite, tmp_path / "whole", with_secrets=True)
    with restored(whole, on_sqlite, "") as (_context, done):
        assert done.counts["operation"] == 3


def test_chunks_are_bound_to_their_place_and_to_the_end(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    ports = on_sqlite.context.ports
    parts = (ports.random_bytes(200_000) for _ in range(5))
    backup_file.write(path, Lock(WORDS, CHEAP), parts, ports)
    raw = path.read_bytes()
    assert len(b"".join(backup_file.read(io.BytesIO(raw), WORDS))) == 1_000_000
    start = len(backup_file.MAGIC)
    header = start + 4 + int.from_bytes(raw[start : start + 4])
    size = 4 + int.from_bytes(raw[header : header + 4])
    one, two = raw[header : header + size], raw[header + size : header + 2 * size]
    rest = raw[header + 2 * size :]
    for damaged in (
        raw[:header] + two + one + rest,
        raw[:header] + one + rest,
        raw[:header] + one + two,
        raw[:header],
        raw[:-1] + bytes([raw[-1] ^ 1]),
    ):
        with pytest.raises(AdministrationError):
            list(backup_file.read(io.BytesIO(damaged), WORDS))


def test_wrong_words_other_files_and_newer_versions_each_say_so(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    path = written(on_sqlite, tmp_path / "backup")
    raw = path.read_bytes()
    newer = raw.replace(b"BACKUP-1", b"BACKUP-2", 1)
    for words, content, said_ in (
        ("another passphrase", raw, "passphrase is not"),
        (WORDS, b"something else", "no backup"),
        (WORDS, newer, "newer version"),
    ):
        with pytest.raises(AdministrationError, match=said_):
            list(backup_file.read(io.BytesIO(content), words))
    with pytest.raises(AdministrationError, match="at least 12"):
        Lock("short")
    for head, said_ in (
        ({"format": 2}, "newer version"),
        ({"format": 1, "schema": "9999", "made_at": 1, "secrets": ""}, "newer"),
    ):
        folder = tmp_path / "empty"
        folder.mkdir(exist_ok=True)
        settings = Settings(data=folder, database_url="")
        if not secret_file.exists(folder):
            source = on_sqlite.settings.data / secret_file.NAME
            secret_file.put_back(folder, source.read_text())
        database = Database(settings.url)
        target = backup.Target(settings, database, on_sqlite.context.ports)
        with pytest.raises(AdministrationError, match=said_):
            backup.restore(target, iter([json.dumps(head).encode()]))
        database.close()


def test_a_database_that_is_not_empty_and_foreign_secrets_are_refused(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    path = written(on_sqlite, tmp_path / "backup", with_secrets=True)
    with (
        restored(path, on_sqlite, ""),
        pytest.raises(AdministrationError, match="not empty"),
        restored(path, on_sqlite, ""),
    ):
        pass
    other = tmp_path / "other"
    other.mkdir()
    with deployed(other / "server") as foreign:
        foreign_path = written(foreign, other / "backup")
        folder = other / "restored"
        folder.mkdir()
        secrets = json.loads((other / "server" / secret_file.NAME).read_text())
        secrets["identity"] = secrets["token_key"]
        secret_file.put_back(folder, json.dumps(secrets))
        with (
            pytest.raises(SettingsError, match="another deployment"),
            restored(foreign_path, foreign, ""),
        ):
            pass


def test_nothing_is_readable_in_a_backup(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    device = on_sqlite.device("tablet")
    write_both(device)
    on_sqlite.push(device)
    raw = written(on_sqlite, tmp_path / "backup", with_secrets=True).read_bytes()
    assert NAME.encode() not in raw
    assert b"identity" not in raw
    with pytest.raises(FileExistsError):
        written(on_sqlite, tmp_path / "backup")
