"""Colleagues between two real tablets and a real server."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.core.change import RecordKey
from app.core.clock import system_wall_ms
from app.core.problems import ProblemCode
from app.storage import ColleagueError, NoSlotError
from app.sync.engine import SyncEngine
from app.sync.gateway import HttpGateway
from app.sync.people import PeopleSync
from app.sync.report import SyncReport
from sync_server.services import people
from tests.sync.answers import problem
from tests.sync.real import (
    NURSE,
    PIN,
    RealServer,
    RealTablet,
    engine_of,
    real_server,
    real_tablet,
)

OTHER_PIN = "582046"


def by_name(tablet: RealTablet) -> dict[str, bool]:
    entries = tablet.file.practitioners()
    return {e.practitioner.name: e.practitioner.confirmed for e in entries}


def id_of(tablet: RealTablet, name: str) -> str:
    found = (e.practitioner for e in tablet.file.practitioners())
    return next(who.practitioner_id for who in found if who.name == name)


def now(server: RealServer) -> int:
    return server.context.ports.wall()


def test_what_a_colleague_wrote_who_was_added_offline_is_accepted(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        new = a.vault.add_colleague("Maria  Rossi", "mediator")
        a.vault.add_slot(new, OTHER_PIN)
        a.vault.close()
        a.vault = a.file.unlock(new, OTHER_PIN)
        a.engine = engine_of(a.gateway, a.vault)
        a.save(RecordKey("Patient", "p1", "p1"), sex="female")
        assert by_name(a)["Maria Rossi"] is False
        report = a.engine.round()
        assert (report.failure, report.set_aside, report.accepted) == (None, (), 1)
        assert a.vault.proposals().proposals == ()
        assert by_name(a)["Maria Rossi"] is False
        assert people.confirm(server.context.database, "Maria Rossi")
        a.engine.round(asked=True)
        assert by_name(a)["Maria Rossi"] is True


class OlderServer(httpx.HTTPTransport):
    """The way to a server from before colleagues were proposed by tablets."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/practitioners/proposals"):
            return problem(ProblemCode.NOT_FOUND, 404)
        return super().handle_request(request)


def test_an_older_server_takes_in_what_others_wrote_and_the_rest_once_it_is_newer(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        token = a.vault.connection.token
        a.save(RecordKey("Patient", "p1", "p1"), sex="female")
        new = a.vault.add_colleague("Maria", "mediator")
        a.vault.add_slot(new, OTHER_PIN)
        a.vault.close()
        a.vault = a.file.unlock(new, OTHER_PIN)
        a.save(RecordKey("Patient", "p2", "p2"), sex="male")
        older = HttpGateway(server.url, token, OlderServer())
        report = round_through(a, older)
        assert (report.failure, report.accepted) == (None, 1)
        assert [each.reason for each in report.set_aside] == [
            ProblemCode.UNKNOWN_PRACTITIONER
        ]
        assert {p.practitioner_id for p in a.vault.proposals().proposals} == {new}
        report = round_through(a, HttpGateway(server.url, token))
        assert (report.failure, report.accepted) == (None, 1)
        assert a.vault.counts().set_aside == 0


def round_through(tablet: RealTablet, gateway: HttpGateway) -> SyncReport:
    vault = tablet.vault
    with closing(gateway):
        people_sync = PeopleSync(gateway.channel, vault)
        engine = SyncEngine(gateway, vault, system_wall_ms, people_sync)
        return engine.round(asked=True)


def test_keys_made_on_one_tablet_are_known_on_the_other(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        a.engine.round()
        b.engine.round()
        found = {k.device_id: k.public_key for k in b.vault.setup.practitioner_keys}
        assert found == {
            a.vault.device_id: a.vault.box.public_bytes,
            b.vault.device_id: b.vault.box.public_bytes,
        }


def test_a_revocation_reaches_the_tablet_and_takes_the_slot(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        new = a.vault.add_colleague("Maria", "mediator")
        a.vault.add_slot(new, OTHER_PIN)
        a.engine.round()
        people.revoke(server.context.database, "Maria", now(server))
        a.engine.round(asked=True)
        assert "Maria" not in by_name(a)
        assert a.vault.setup.practitioner_names[new] == "Maria"
        with pytest.raises(NoSlotError):
            a.file.unlock(new, OTHER_PIN)
        assert a.vault.is_open
        assert a.file.unlock(id_of(a, NURSE), PIN).is_open


def test_whom_the_server_refuses_is_let_in_no_more_and_stays_named(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        a.engine.round()
        people.revoke(server.context.database, NURSE, now(server))
        new = a.vault.add_colleague("Maria", "mediator")
        a.vault.add_slot(new, OTHER_PIN)
        report = a.engine.round()
        assert report.failure is None
        assert "Maria" not in by_name(a)
        assert a.vault.setup.practitioner_names[new] == "Maria"
        assert a.vault.proposals().proposals == ()


def test_a_colleague_of_a_higher_role_or_a_known_name_is_not_added(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        expected = {
            ("Maria", "coordinator"): ProblemCode.ROLE_TOO_HIGH,
            (NURSE.upper(), "nurse"): ProblemCode.NAME_TAKEN,
            (" ", "nurse"): ProblemCode.NAME_MISSING,
        }
        for (name, role), code in expected.items():
            with pytest.raises(ColleagueError, match=code.value):
                a.vault.add_colleague(name, role)
        assert a.vault.proposals().proposals == ()
