"""Saving at a desk: a draft becomes a record under the names of who typed it."""

from functools import partial
from pathlib import Path

from app.clinic.drafting import DraftKeeper
from tests.clinic.desks import Table, a_table
from tests.storage.tablets import ANA, BO, change_of, patient

CHANGE = change_of((patient("p1"), {"sex": "female"}))


def left_by_ana(table: Table) -> DraftKeeper:
    """A draft that Ana left on a tablet that Bo holds now."""
    table.vault.save_draft("d1", "p1", b'{"form": {"sex": "female"}}')
    table.vault.practitioner_id = BO
    return DraftKeeper(table.vault, "d1", "p1")


def authors(table: Table) -> list[str]:
    return [e.header.practitioner_id for e in table.vault.operations("p1")]


def test_a_draft_that_a_colleague_left_is_saved_as_theirs(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        keeper = left_by_ana(table)
        keeper.settle(partial(table.desk.save, CHANGE))
        assert authors(table) == [ANA]
        assert table.vault.drafts() == ()
        (entry,) = table.vault.operations("p1")
        assert entry.header.site_id == table.desk.setup.site.site_id


def test_a_draft_that_was_typed_in_since_is_saved_by_who_saves(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        keeper = left_by_ana(table)
        keeper.typing()
        keeper.keep({"form": {"sex": "male"}})
        keeper.settle(partial(table.desk.save, CHANGE))
        assert authors(table) == [BO]
