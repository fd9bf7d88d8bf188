"""First sync by pages, and whom a tablet holds: real server, real vaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from app.core.audit import AuditKind
from app.core.change import Change, RecordKey
from app.core.clock import system_wall_ms
from app.core.page_wire import PAGES, DocumentPage
from app.core.unit_check import NOTHING, to_text
from app.storage.vault import Vault
from app.sync.documents import DocumentSync
from app.sync.failures import ConnectionCut, Refused
from app.sync.look_up import look_up
from sync_server.services import administration, audit, erasure, pages
from sync_server.services.erasure import Erasing
from sync_server.tables import AUDIT_EVENT
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


def rounds(*tablets: RealTablet) -> list[int]:
    """One round each; what each found that differs from the server."""
    reports = [tablet.engine.round(asked=True) for tablet in tablets]
    assert [report.failure for report in reports] == [None] * len(reports)
    return [report.differed for report in reports]


def forget(vault: Vault, record_id: str) -> None:
    """Lose a record as a fault of ours might: nothing that is sealed tells."""
    parts = vault._unlocked
    with parts.writing() as unit:
        unit.driver.execute("DELETE FROM document WHERE record_id = ?", (record_id,))
        unit.driver.execute("DELETE FROM operation WHERE record_id = ?", (record_id,))


def test_both_sides_count_the_same_whatever_was_written_where(
    tmp_path: Path, server: RealServer
) -> None:
    with (
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        register(a, "p", "q")
        register(b, "r")
        assert rounds(a, b, a) == [0, 0, 0]
        a.save(person("p"), sex="male")
        b.save(person("p"), sex="other")  # a conflict: two heads
        assert rounds(a, b, a) == [0, 0, 0]
        assert a.vault.total() == b.vault.total()
        pulled = a.gateway.pull(a.vault.cursor(), 1)
        assert pulled.check == to_text(a.vault.total() or 0) != NOTHING


def test_a_record_that_was_lost_without_a_trace_is_seen_and_read_anew(
    tmp_path: Path, server: RealServer
) -> None:
    with (
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        register(a, "p", "q")
        assert rounds(a, b) == [0, 0]
        whole = everything(a.vault, "p", "q")
        forget(b.vault, "p-1")
        assert len(b.vault.documents("p")) == 1
        assert rounds(b) == [1]
        assert everything(b.vault, "p", "q") == whole
        assert rounds(b, a) == [0, 0]


def test_what_waits_to_be_sent_is_no_difference(
    tmp_path: Path, server: RealServer
) -> None:
    with real_tablet(tmp_path / "a", server) as a:
        register(a, "p")
        assert rounds(a) == [0]
        a.save(person("p"), sex="male")
        assert a.vault.total() is None
        assert a.vault.differing({"p": 1, "q": 1}) == {"q"}


def finished(tablet: RealTablet, name: str) -> None:
    change = Change()
    change.set(visit(name, 1), {"status": {"status": "finished"}})
    tablet.vault.commit(change)


def test_who_is_old_leaves_once_the_server_has_all_and_comes_back_with_news(
    tmp_path: Path, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        register(a, "old", "in-care", "drafted")
        for name in ("old", "drafted"):
            finished(a, name)
        assert a.vault.let_old_go(1) == 0  # Nothing was sent, and it is of today.
        rounds(a, b)
        a.vault.save_draft("draft", "drafted", b"{}")
        whole, before = everything(a.vault, "old"), a.vault.total()
        later(a, monkeypatch)
        assert a.vault.let_old_go(1) == 1
        assert a.vault.documents("old") == ()
        assert a.vault.summary("old") is None
        assert a.vault.left_patients() == {"old"}
        assert all(a.vault.documents(name) for name in ("in-care", "drafted"))
        assert a.vault.total() == before
        assert a.vault.verify() == frozenset()
        assert rounds(a) == [0]  # Nobody asks for them anew.
        assert a.vault.documents("old") == ()
        # Their key is gone: what stays of this tablet's own writing says nothing.
        assert [e.operation for e in a.vault.operations("old")] == [None] * 3
        b.save(visit("old", 2), started_at="2")
        rounds(b, a)
        assert a.vault.left_patients() == frozenset()
        assert len(a.vault.documents("old")) == 3
        assert everything(a.vault, "old") == everything(b.vault, "old") != whole
        assert rounds(a, b) == [0, 0]


def later(tablet: RealTablet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two days pass at a tablet."""
    surroundings = tablet.vault._unlocked.surroundings
    ahead = replace(surroundings, wall=lambda: system_wall_ms() + 2 * 86_400_000)
    monkeypatch.setattr(tablet.vault._unlocked, "surroundings", ahead)


def test_who_is_looked_up_for_a_reason_is_held_from_then_on_and_it_is_in_the_audit(
    tmp_path: Path, server: RealServer
) -> None:
    context = server.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    with (
        real_tablet(tmp_path / "a", server) as a,
        tablet_at(tmp_path / "b", server, camp) as b,
    ):
        register(a, "p", "q")
        rounds(a, b)
        channel = b.gateway.channel
        with pytest.raises(Refused, match="not-found"):
            look_up(channel, b.vault, "nobody", "Came without a card")
        look_up(channel, b.vault, "p", "Came without a card")
        assert everything(b.vault, "p") == everything(a.vault, "p")
        a.save(person("p"), sex="male")
        assert rounds(a, b) == [0, 0]
        assert b.shown("p", "sex") == ["male"]
        assert b.vault.documents("q") == ()
        # Once they come to the site, they are counted there, and once.
        b.save(visit("p", 2), started_at="2")
        assert rounds(b, a, b) == [0, 0, 0]
    with context.database.read() as connection:
        rows = connection.execute(select(AUDIT_EVENT)).all()
    (event,) = [audit.event_of(row) for row in rows]
    assert (event.kind, event.patient_id) == (AuditKind.LOOK_UP, "p")
    assert event.reason == "Came without a card"
    assert event.practitioner_id == b.vault.practitioner_id


def left_at(tablet: RealTablet, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register somebody whose visit is over, and let them leave two days later."""
    register(tablet, name)
    finished(tablet, name)
    assert rounds(tablet) == [0]
    later(tablet, monkeypatch)
    assert tablet.vault.let_old_go(1) == 1


def test_who_left_in_the_middle_of_a_first_sync_comes_back_whole(
    tmp_path: Path, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_PATIENTS", 1)
    with real_tablet(tmp_path / "a", server) as a:
        left_at(a, "old", monkeypatch)
        # Who is who was read before they left; their history comes now.
        a.vault.reset_cursor()
        page = a.gateway.channel.get("/v1/documents", DocumentPage, {"cursor": ""})
        a.vault.apply_documents(page.model_copy(update={"documents": ()}))
        assert rounds(a) == [0]
        assert len(a.vault.documents("old")) == 2
        assert a.vault.left_patients() == frozenset()
        pulled = a.gateway.pull(a.vault.cursor(), 1)
        assert pulled.check == to_text(a.vault.total() or 0)


def test_who_left_and_was_erased_then_counts_on_neither_side(
    tmp_path: Path, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_tablet(tmp_path / "a", server) as a:
        left_at(a, "old", monkeypatch)
        register(a, "other")
        assert rounds(a) == [0]
        erasure.erase(server.context, Erasing("old", "person-asked"))
        assert rounds(a) == [0]
        pulled = a.gateway.pull(a.vault.cursor(), 1)
        assert pulled.check == to_text(a.vault.total() or 0) != NOTHING
