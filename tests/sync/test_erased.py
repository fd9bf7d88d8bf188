"""Who was erased before anything was sent: the chain goes on, on a real server."""

from pathlib import Path

from app.core.change import Change, RecordKey
from tests.sync.real import real_server, real_tablet

ERASED = RecordKey("Patient", "p1", "p1")
OTHER = RecordKey("Patient", "p2", "p2")


def test_what_was_erased_is_sent_without_content_and_blocks_nothing(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        a.save(ERASED, sex="female")
        a.save(OTHER, sex="male")
        a.vault.erase_patient("p1")
        assert a.engine.round(asked=True).failure is None
        assert a.vault.pending() is None
        assert a.vault.set_aside() == ()
        assert a.vault.counts().operations == 0
        assert b.engine.round(asked=True).failure is None
        assert b.vault.documents("p1") == ()
        assert b.vault.document("p2") is not None
        a.save(OTHER, sex="unknown")
        assert a.engine.round(asked=True).failure is None
        assert a.vault.pending() is None


def test_another_patients_part_of_an_erased_change_is_accepted(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        change = Change()
        change.set(ERASED, {"sex": "female"})
        change.set(OTHER, {"sex": "male"})
        a.vault.commit(change)
        a.vault.erase_patient("p1")
        assert a.engine.round(asked=True).failure is None
        assert a.vault.set_aside() == ()
        assert a.vault.counts().set_aside == 0
        assert a.vault.counts().operations == 0
        assert b.engine.round().failure is None
        assert b.vault.document("p2") is not None
