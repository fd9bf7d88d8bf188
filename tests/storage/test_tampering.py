"""Every column of every table of a filled vault, changed in every way: all is seen."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import (
    Damage,
    DamageKind,
    NoSlotError,
    StorageError,
    Vault,
    VaultFile,
    VaultUnavailableError,
    WaitError,
    WrongPinError,
)
from app.storage.ledger import DEVICE
from app.storage.scan import columns_of
from tests.storage.faults.moments import EVERY, SOME, at_statements
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    Tablet,
    change_of,
    patient,
    save_patient,
)

Row = tuple[object, ...]
Rows = dict[str, list[Row]]
UNTOUCHED = "p9"
NEW_PIN = "906152"
NAMED, UNSEEN = "named", "unseen"
REFUSALS = (VaultUnavailableError, NoSlotError)
"""What says that something of the file is damaged or gone; anything else is a fault."""
TRIED_AT_LEAST, NAMED_AT_LEAST = 300, 280


@dataclass(frozen=True)
class Case:
    """One way to tamper with one place."""

    name: str
    table: str
    rows: list[Row]


def rows_of(path: Path) -> Rows:
    driver = sqlite3.connect(path)
    try:
        return {
            table: driver.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in columns_of(driver)
        }
    finally:
        driver.close()


def fill(tablet: Tablet) -> Rows:
    """Fill every table with two rows at least; return the rows half-way."""
    vault_file, vault = tablet.unlocked()
    vault.add_slot(BO, OTHER_PIN)
    for patient_id in ("p1", "p2", UNTOUCHED):
        save_patient(vault, patient_id, f"Name {patient_id}")
        vault.save_draft(f"draft-{patient_id}", patient_id, b'{"page": 1}')
    refuse(vault, ("p1", "p2"), ProblemCode.UNKNOWN_SITE)
    with pytest.raises(WrongPinError):
        vault_file.unlock(BO, "111111")
    vault.close()
    vault_file.close()
    half_way = rows_of(tablet.database)
    vault_file, vault = tablet.unlocked()
    with pytest.raises(WrongPinError):
        vault_file.unlock(BO, "111111")
    vault_file.unlock(BO, OTHER_PIN).change_pin(OTHER_PIN, NEW_PIN)
    with pytest.raises(WrongPinError):
        vault_file.unlock(BO, "111111")
    vault = vault_file.unlock(ANA, PIN)
    for patient_id in ("p1", "p2"):
        vault.commit(change_of((patient(patient_id), {"sex": "female"})))
        vault.save_draft(f"draft-{patient_id}", patient_id, b'{"page": 2}')
    refuse(vault, ("p1", "p2"), ProblemCode.UNKNOWN_PRACTITIONER)
    vault_file.close()
    return half_way


def refuse(vault: Vault, patient_ids: tuple[str, ...], reason: ProblemCode) -> None:
    outcomes = tuple(
        PushOutcome(
            operation_id=entry.header.operation_id,
            outcome=Outcome.REJECTED,
            reason=reason,
        )
        for patient_id in patient_ids
        for entry in vault.operations(patient_id)[:1]
    )
    vault.record_outcomes(
        PushResponse(outcomes=outcomes, acknowledged=99, server_ms=0, epoch="epoch-1")
    )


def flipped(value: object) -> object:
    if value is None:
        return 77
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, str):
        return chr(ord(value[0]) ^ 1) + value[1:]
    assert isinstance(value, bytes)
    middle = len(value) // 2
    return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]


def with_value(row: Row, column: int, value: object) -> Row:
    return (*row[:column], value, *row[column + 1 :])


def cases(now: Rows, older: Rows) -> Iterator[Case]:
    for table, rows in now.items():
        assert len(rows) > 0, f"fill {table}: nothing can be tampered with there"
        yield Case(f"{table} truncated", table, [])
        before = {row[0]: row for row in older[table]}
        for place, row in enumerate(rows):
            others = [*rows[:place], *rows[place + 1 :]]
            name = f"{table} {row[0]}"
            yield Case(f"{name} deleted", table, others)
            copied = with_value(row, 0, unused(row[0]))
            yield Case(f"{name} copied", table, [*rows, unlike(copied, rows)])
            old = before.get(row[0], row)
            if old != row:
                yield Case(f"{name} put back", table, [*others, old])
            for column in range(len(row)):
                yield from column_cases(table, rows, place, column, old)


def unused(value: object) -> object:
    """A key that no row has."""
    return value + 1_000 if isinstance(value, int) else f"{value}-copy"


def unlike(row: Row, rows: list[Row]) -> Row:
    """The row with other values where a column must be unique."""
    if len(row) < 7:
        return row
    number = row[4] if row[4] is None else max(int(str(r[4])) for r in rows) + 1
    return (row[0], f"{row[1]}-copy", *row[2:4], number, *row[5:])


def column_cases(
    table: str, rows: list[Row], place: int, column: int, old: Row
) -> Iterator[Case]:
    name = f"{table} {rows[place][0]}"
    row, others = rows[place], [*rows[:place], *rows[place + 1 :]]
    changed = with_value(row, column, flipped(row[column]))
    yield Case(f"{name} [{column}] flipped", table, [*others, changed])
    if old[column] != row[column]:
        put_back = with_value(row, column, old[column])
        yield Case(f"{name} [{column}] put back", table, [*others, put_back])
    for at, other in enumerate(others):
        if other[column] != row[column]:
            swapped = [*others[:at], with_value(other, column, row[column])]
            swapped += [*others[at + 1 :], with_value(row, column, other[column])]
            yield Case(f"{name} [{column}] swapped", table, swapped)
            return


def lay(path: Path, case: Case) -> bool:
    """Write a table's rows; tell whether the file lets anybody do that."""
    driver = sqlite3.connect(path)
    try:
        driver.execute(f"DELETE FROM {case.table}")
        for row in case.rows:
            marks = ", ".join("?" * len(row))
            driver.execute(f"INSERT INTO {case.table} VALUES ({marks})", row)
        driver.commit()
    except sqlite3.IntegrityError:
        return False
    finally:
        driver.close()
    return True


def how_seen(tablet: Tablet, *, untouched: bool) -> str:
    """Return NAMED, or the error that keeps everybody out; UNSEEN where nothing is.

    Where somebody is let in, what is damaged is named and the rest is read.
    """
    try:
        vault_file = tablet.open()
    except REFUSALS as error:
        return type(error).__name__
    vault = let_in(tablet, vault_file)
    if not isinstance(vault, Vault):
        vault_file.close()
        return type(vault).__name__
    vault.verify()
    for read in (vault.drafts, vault.counts, vault.set_aside):
        read()
    document = vault.document(UNTOUCHED) if untouched else None
    assert document is not None or not untouched
    named = vault.damaged
    vault_file.close()
    return NAMED if named else UNSEEN


def let_in(tablet: Tablet, vault_file: VaultFile) -> Vault | StorageError:
    """Unlock as the first who is let in after the wait; or return why nobody is."""
    refused: StorageError | None = None
    for who, pin in ((ANA, PIN), (BO, NEW_PIN)):
        try:
            tablet.seconds.now += vault_file.wait_seconds(who)
            return vault_file.unlock(who, pin)
        except REFUSALS as error:
            refused = error
    assert refused is not None
    return refused


def of_untouched(rows: list[Row]) -> list[Row]:
    return sorted((row for row in rows if UNTOUCHED in row), key=repr)


def test_each_place_that_is_tampered_with_is_seen(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    source = Tablet(tmp_path / "source")
    source.folder.mkdir()
    older = fill(source)
    now = rows_of(source.database)
    seen: Counter[str] = Counter()
    unseen = []
    for number, case in enumerate(cases(now, older)):
        tablet = Tablet(tmp_path / str(number))
        shutil.copytree(source.folder, tablet.folder)
        if lay(tablet.database, case):
            untouched = of_untouched(case.rows) == of_untouched(now[case.table])
            how = how_seen(tablet, untouched=untouched)
            seen[how] += 1
            if how == UNSEEN:
                unseen.append(case.name)
        shutil.rmtree(tablet.folder)
    record_property("tampered places tried", seen.total())
    record_property("how they were seen", dict(seen))
    assert unseen == []
    assert seen.total() >= TRIED_AT_LEAST
    assert seen[NAMED] >= NAMED_AT_LEAST


def test_a_vault_that_nobody_touched_raises_no_alarm(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path)
    fill(tablet)
    vault_file, vault = tablet.unlocked()
    assert vault.verify() == frozenset()
    assert vault.damaged == frozenset()
    vault_file.close()


def test_the_whole_file_put_back_is_seen_once(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path / "tablet")
    tablet.folder.mkdir()
    tablet.unlocked()[0].close()
    shutil.copytree(tablet.vault_folder, tmp_path / "yesterday")
    tablet.unlocked()[0].close()
    shutil.rmtree(tablet.vault_folder)
    shutil.copytree(tmp_path / "yesterday", tablet.vault_folder)
    rolled_back = Damage(DamageKind.ROLLED_BACK, "vault")
    vault_file = tablet.open()
    with pytest.raises(WaitError):
        vault_file.unlock(ANA, PIN)
    vault_file.close()
    vault_file, vault = tablet.unlocked_after_waiting()
    assert vault.damaged == {rolled_back}
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.damaged == frozenset()
    vault_file.close()


def test_without_its_totals_and_its_counter_the_counts_of_wrong_pins_are_doubted(
    tmp_path: Path,
) -> None:
    tablet = Tablet(tmp_path)
    tablet.unlocked()[0].close()
    (tmp_path / "device-secret-counter").unlink()
    driver = sqlite3.connect(tablet.database)
    driver.execute("UPDATE sealed_value SET sealed = x'00' WHERE name = ?", (DEVICE,))
    driver.commit()
    driver.close()
    vault_file = tablet.open()
    with pytest.raises(WaitError):
        vault_file.unlock(ANA, PIN)
    vault_file.close()
    vault_file, vault = tablet.unlocked_after_waiting()
    assert Damage(DamageKind.VALUE, DEVICE) in vault.damaged
    vault_file.close()


@pytest.mark.parametrize("stride", [SOME, EVERY])
def test_a_death_at_any_statement_raises_no_alarm(tmp_path: Path, stride: int) -> None:
    tablet = Tablet(tmp_path / "tablet")
    tablet.folder.mkdir()
    fill(tablet)
    vault_file = tablet.open()
    with at_statements(tablet, vault_file, stride) as moments:
        vault = vault_file.unlock(ANA, PIN)
        save_patient(vault, "p3", "Selam")
        vault.save_draft("draft-p3", "p3", b'{"page": 3}')
        vault.drop_draft("draft-p3")
        vault.close()
    vault_file.close()
    assert moments.statements > 60
    for moment in moments.folders:
        again, opened = Tablet(moment).unlocked()
        assert (opened.verify(), opened.damaged) == (frozenset(), frozenset()), moment
        again.close()
