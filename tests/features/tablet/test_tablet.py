"""This tablet: a backup under a passphrase typed twice, and old files deleted."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.audit import AuditKind
from app.core.problems import ProblemCode
from app.core.wire import Role
from app.features.tablet.effects import Keeping, loop
from app.features.tablet.state import (
    BackUp,
    BackUpPressed,
    DeleteConfirmed,
    DeletePressed,
    Event,
    FirstTyped,
    HandedOut,
    Model,
    SecondTyped,
    update,
)
from app.storage import Passphrase, setup_in
from tests.clinic.desks import Table, a_table, some_work, until
from tests.support.sticks import StickDevice

WORDS = "several plain words"


def after(*events: Event) -> Model:
    model = Model()
    for event in events:
        model = update(model, event).model
    return model


def test_a_passphrase_is_long_and_typed_twice() -> None:
    for first, second in (("short", "short"), (WORDS, "other words!"), (WORDS, "")):
        asked = update(after(FirstTyped(first), SecondTyped(second)), BackUpPressed())
        assert asked.effects == ()
        assert asked.model.missing
    asked = update(after(FirstTyped(WORDS), SecondTyped(WORDS)), BackUpPressed())
    assert asked.effects == (BackUp(WORDS),)
    assert update(asked.model, BackUpPressed()).effects == ()
    assert WORDS not in repr(asked.model)
    assert update(asked.model, HandedOut(kept=True)).model.first == ""
    assert update(asked.model, HandedOut(kept=False)).model.first == WORDS


def exports_of(table: Table) -> int:
    """How many exports wait to be sent in the audit."""
    batch = table.vault.pending()
    contents = [] if batch is None else [one.content or "" for one in batch.operations]
    return sum(f'"{AuditKind.EXPORT.value}"' in content for content in contents)


def by(role: Role, table: Table) -> Table:
    who = table.desk.practitioner.model_copy(update={"role": role.value})
    return replace(table, desk=replace(table.desk, practitioner=who))


def test_a_backup_is_written_down_handed_out_and_opens(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        files = StickDevice()
        keeping = Keeping(tmp_path, files)
        screen = loop(by(Role.COORDINATOR, table).desk, some_work(), keeping)
        screen.shown()
        screen.dispatch(FirstTyped(WORDS))
        screen.dispatch(SecondTyped(WORDS))
        screen.dispatch(BackUpPressed())
        await until(lambda: screen.model.outcome is not None)
        ((name, raw),) = files.saved.items()
        assert name.endswith(".tessera-backup")
        (tmp_path / "copy").write_bytes(raw)
        opened = setup_in(tmp_path / "copy", Passphrase(WORDS))
        assert opened.deployment == table.vault.setup.deployment
        assert exports_of(table) == 1
        files.gives_up = True
        screen.dispatch(FirstTyped(WORDS))
        screen.dispatch(SecondTyped(WORDS))
        screen.dispatch(BackUpPressed())
        await until(lambda: screen.model.outcome is False)
        assert len(files.saved) == 1

    with a_table(tmp_path / "tablet") as table:
        asyncio.run(scenario(table))


def test_a_nurse_takes_nothing_out(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        files = StickDevice()
        keeping = Keeping(tmp_path, files)
        screen = loop(by(Role.NURSE, table).desk, some_work(), keeping)
        screen.dispatch(FirstTyped(WORDS))
        screen.dispatch(SecondTyped(WORDS))
        screen.dispatch(BackUpPressed())
        await until(lambda: not screen.model.busy)
        assert screen.model.problem is ProblemCode.FORBIDDEN
        assert files.saved == {}
        assert exports_of(table) == 0

    with a_table(tmp_path / "tablet") as table:
        asyncio.run(scenario(table))


def test_old_files_are_named_and_deleted_when_asked(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        folder = tmp_path / "tablet"
        old = folder / "vault-set-aside-20260101T000000Z.db"
        for path in (old, old.with_name(f"{old.name}-wal"), old.with_suffix(".parcel")):
            path.write_bytes(b"old")
        screen = loop(table.desk, some_work(), Keeping(folder, StickDevice()))
        screen.shown()
        await until(lambda: bool(screen.model.kept))
        screen.dispatch(DeletePressed())
        assert screen.model.asks_to_delete
        screen.dispatch(DeleteConfirmed())
        await until(lambda: not screen.model.kept)
        assert [*folder.glob("vault-set-aside-*")] == []
        assert table.vault.is_open

    with a_table(tmp_path / "tablet") as table:
        asyncio.run(scenario(table))
