"""An erasure spreads: tablets forget, what is late changes nothing, nobody returns."""

from pathlib import Path

import pytest

from app.core.change import Change, RecordKey
from app.core.problems import ProblemCode
from app.storage.errors import PatientErasedError
from sync_server.services.erasure import Erasing, erase
from tests.server.erasing import ANSWER, NAME, everything, files_with, said
from tests.sync.real import RealServer, RealTablet, real_server, real_tablet

ERASED = RecordKey("Patient", "p1", "p1")
ANSWERS = RecordKey("QuestionnaireResponse", "r1", "p1")
OTHER = RecordKey("Patient", "p2", "p2")


def write(tablet: RealTablet, *keys: RecordKey) -> None:
    """Save one change on these records, with words to look for."""
    change = Change()
    for key in keys:
        fields = {"note": ANSWER} if key is ANSWERS else {"name": said(NAME)}
        change.set(key, dict(fields))
    tablet.vault.commit(change)


def erase_p1(server: RealServer) -> None:
    erase(server.context, Erasing("p1", "person-asked"))


def test_every_tablet_forgets_at_its_next_round(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        write(a, ERASED, ANSWERS)
        a.save(OTHER, sex="male")
        for tablet in (a, b):
            assert tablet.engine.round().failure is None
        b.vault.save_draft("draft", "p1", ANSWER.encode())
        erase_p1(server)
        for tablet in (a, b):
            told: list[frozenset[str]] = []
            tablet.vault.subscribe(told.append)
            assert tablet.engine.round().failure is None
            assert any("p1" in each for each in told)
            assert tablet.vault.documents("p1") == ()
            assert tablet.vault.search(NAME.split()[0]) == []
            assert tablet.vault.document("p2") is not None
            assert tablet.vault.set_aside() == ()
            assert tablet.vault.erasures_mark() != ""
            with pytest.raises(PatientErasedError):
                tablet.save(ERASED, sex="female")
        assert b.vault.draft("draft") is None
        a.vault.close()
        assert [*files_with(tmp_path / "a", NAME, ANSWER)] == []


def test_late_records_are_refused_plainly_and_the_other_persons_part_is_kept(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        write(a, ERASED)
        assert a.engine.round().failure is None
        write(b, ANSWERS, OTHER)
        erase_p1(server)
        report = b.engine.round()
        assert report.failure is None
        assert [each.reason for each in report.set_aside] == [ProblemCode.ERASED]
        assert report.accepted == 1
        assert NAME in everything(server.context)  # the other person's
        assert ANSWER not in everything(server.context)
        assert b.vault.set_aside() == ()
        assert b.vault.documents("p1") == ()
        assert b.vault.document("p2") is not None
        assert b.vault.counts().operations == 0
        assert a.engine.round().failure is None
        assert a.vault.document("p2") is not None


def test_a_new_tablet_never_sees_them(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        write(a, ERASED, ANSWERS)
        a.save(OTHER, sex="male")
        assert a.engine.round().failure is None
        erase_p1(server)
        with real_tablet(tmp_path / "b", server) as b:
            with pytest.raises(PatientErasedError):
                b.save(ERASED, sex="female")
            assert b.engine.round().failure is None
            assert b.vault.documents("p1") == ()
            assert b.vault.document("p2") is not None
            assert b.vault.set_aside() == ()


def test_an_idle_round_asks_nothing_more(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        write(a, ERASED)
        assert a.engine.round().failure is None
        erase_p1(server)
        assert a.engine.round().failure is None
        mark = a.vault.erasures_mark()
        assert a.gateway.pull(a.vault.cursor(), 500).erasures == mark
        assert a.engine.round().failure is None
        assert a.vault.erasures_mark() == mark
