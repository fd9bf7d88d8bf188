"""First sync by pages, and whom a tablet holds: real server, real vaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from app.core.change import Change, RecordKey
from app.core.page_wire import PAGES, DocumentPage
from app.storage.vault import Vault
from app.sync.documents import DocumentSync
from app.sync.failures import ConnectionCut
from sync_server.services import administration, pages
from tests.sync.real import RealServer, RealTablet, real_server, real_tablet


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path / "server") as found:
        yield found


@contextmanager
def tablet_at(folder: Path, server: RealServer, site_id: str) -> Iterator[RealTablet]:
    """A tablet of another site."""
    other = RealServer(server.port, server.context, site_id)
    with real_tablet(folder, other) as tablet:
        yield tablet


def person(name: str) -> RecordKey:
    return RecordKey("Patient", name, name)


def visit(name: str, number: int) -> RecordKey:
    return RecordKey("Encounter", f"{name}-{number}", name)


def register(tablet: RealTablet, *names: str) -> None:
    for name in names:
        change = Change()
        change.set(person(name), {"sex": "female"})
        change.set(visit(name, 1), {"started_at": 1})
        tablet.vault.commit(change)


def everything(vault: Vault, *names: str) -> object:
    return {
        d.record_id: {name: d.heads(name) for name in d.fields}
        for patient_id in names
        for d in vault.documents(patient_id)
    }


def test_a_new_tablet_reads_pages_and_then_the_feed(
    tmp_path: Path, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_PATIENTS", 2)
    names = [f"p{number}" for number in range(5)]
    with real_tablet(tmp_path / "a", server) as a:
        register(a, *names)
        assert a.engine.round().failure is None
        with real_tablet(tmp_path / "b", server) as b:
            report = b.engine.round()
            assert (report.failure, report.pulled) == (None, 0)
            assert not b.vault.reads_pages
            assert everything(b.vault, *names) == everything(a.vault, *names)
            # What is written from then on comes with the feed, both ways.
            a.save(person("p1"), sex="male")
            register(b, "new")
            for tablet in (a, b, a):
                assert tablet.engine.round().failure is None
            assert b.shown("p1", "sex") == ["male"]
            assert everything(b.vault, "new") == everything(a.vault, "new")


class Cutting:
    """A vault that loses the line after some pages; it kept what came before."""

    def __init__(self, vault: Vault, after: int) -> None:
        self._vault = vault
        self.left = after

    def __getattr__(self, name: str) -> object:
        return getattr(self._vault, name)

    def apply_documents(self, page: DocumentPage) -> None:
        if self.left == 0:
            raise ConnectionCut
        self.left -= 1
        self._vault.apply_documents(page)


def test_a_first_sync_that_was_cut_goes_on_where_it_was(
    tmp_path: Path, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_PATIENTS", 2)
    names = [f"p{number}" for number in range(5)]
    with (
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        register(a, *names)
        assert a.engine.round().failure is None
        cutting = Cutting(b.vault, after=4)
        documents = DocumentSync(b.gateway.channel, cutting)  # type: ignore[arg-type]
        with pytest.raises(ConnectionCut):
            documents.first(Event(), lambda _done: None)
        # Who is who is there already, and their history is under way.
        assert all(b.shown(name, "sex") == ["female"] for name in names)
        assert b.vault.cursor().startswith(PAGES)
        came: list[int] = []
        documents = DocumentSync(b.gateway.channel, b.vault)
        documents.first(Event(), came.append)
        assert came[-1] < 2 * len(names)
        assert everything(b.vault, *names) == everything(a.vault, *names)


def test_a_person_who_comes_to_a_second_site_is_whole_in_both(
    tmp_path: Path, server: RealServer
) -> None:
    context = server.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    with (
        real_tablet(tmp_path / "a", server) as a,
        tablet_at(tmp_path / "b", server, camp) as b,
    ):
        register(a, "p", "q")
        assert a.engine.round().failure is None
        assert b.engine.round().failure is None
        assert b.vault.documents("p") == ()
        b.save(visit("p", 2), started_at="2")
        assert b.engine.round().failure is None
        assert a.engine.round().failure is None
        both = everything(a.vault, "p")
        assert len(a.vault.documents("p")) == 3
        assert everything(b.vault, "p") == both
        assert b.vault.documents("q") == ()
        assert b.vault.wanted_patients() == ()
        a.save(person("p"), sex="male")
        for tablet in (a, b):
            assert tablet.engine.round().failure is None
        assert b.shown("p", "sex") == ["male"]
