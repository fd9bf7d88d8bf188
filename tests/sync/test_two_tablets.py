"""Two real vaults and a real server: they see each other's changes within 5 s."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.change import RecordKey
from app.core.console_wire import PatientSearch
from app.core.problems import ProblemCode
from app.storage import DamageKind
from app.sync.console_session import ConsoleSession
from app.sync.failures import Refused, Unauthenticated, Unreachable
from app.sync.status import SyncStatus
from tests.support.processes import free_port
from tests.sync.real import (
    COORDINATOR,
    PASSPHRASE,
    enrolled,
    open_file,
    real_server,
    real_tablet,
    serving,
)

PATIENT = RecordKey("Patient", "patient-1", "patient-1")


def within(seconds: float, question: Callable[[], bool]) -> float:
    """Wait until a question is answered with yes; return how long it took."""
    begun = time.monotonic()
    while not question():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def test_two_tablets_see_each_others_changes_within_five_seconds(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        a.scheduler.attach(a.engine)
        b.scheduler.attach(b.engine)
        within(5, lambda: bool(a.scheduler.status.online and b.scheduler.status.online))
        a.save(PATIENT, sex="female")
        within(5, lambda: b.shown("patient-1", "sex") == ["female"])
        b.save(PATIENT, sex="unknown")
        within(5, lambda: a.shown("patient-1", "sex") == ["unknown"])
        within(5, lambda: a.scheduler.status.only_here == a.vault.counts())
        assert a.vault.counts().operations == 0
        assert b.vault.counts().operations == 0


def test_a_tablet_whose_own_link_is_damaged_is_not_told_that_it_was_cloned(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        a.save(PATIENT, sex="female")
        assert a.engine.round().failure is None
        with a.file._database.write() as transaction:
            statement = "UPDATE operation SET sealed = zeroblob(80) WHERE number = 1"
            transaction.driver.execute(statement)
        assert a.engine.round(asked=True).failure is None
        assert [each.kind for each in a.vault.damaged] == [DamageKind.OPERATION]
        a.save(PATIENT, language="ar")
        report = a.engine.round(asked=True)
        assert (report.failure, a.vault.counts().operations) == (None, 1)


def test_a_tablet_works_on_while_the_server_is_away_and_catches_up(
    tmp_path: Path,
) -> None:
    away = free_port()
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server, f"http://127.0.0.1:{away}") as a,
    ):
        told: list[SyncStatus] = []
        a.scheduler.subscribe(told.append)
        a.scheduler.attach(a.engine)
        within(5, lambda: a.scheduler.status.online is False)
        assert a.scheduler.status.failure is ProblemCode.UNREACHABLE
        a.save(PATIENT, sex="female")
        within(2, lambda: _only_here(a.scheduler.status) == 1)
        with serving(server.context.settings, away):
            within(5, lambda: _only_here(a.scheduler.status) == 0)
            within(5, lambda: a.scheduler.status.online is True)
            assert a.scheduler.status.last_success_at is not None
        assert [status.online for status in told][:1] == [None]


def _only_here(status: SyncStatus) -> int | None:
    return None if status.only_here is None else status.only_here.operations


def test_a_lock_ends_sync_and_the_next_unlock_goes_on(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        a.scheduler.attach(a.engine)
        within(5, lambda: a.scheduler.status.online is True)
        assert a.scheduler.detach()
        assert not a.scheduler.status.attached
        a.save(PATIENT, sex="female")
        a.vault.close()
        assert a.engine.round().failure is ProblemCode.LOCKED


# Enrolment.


def test_a_wrong_code_a_used_one_and_a_server_that_is_away_are_told_apart(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        one, other = open_file(tmp_path / "one"), open_file(tmp_path / "other")
        code = server.code()
        wrong = "7H3K" if code[:4] != "7H3K" else "8H3K"
        try:
            assert _failure(lambda: enrolled(one, server.url, wrong)) == (
                ProblemCode.ENROLMENT_CODE_WRONG
            )
            enrolled(one, server.url, code.lower())
            assert _failure(lambda: enrolled(other, server.url, code)) == (
                ProblemCode.ENROLMENT_CODE_USED
            )
            away = f"http://127.0.0.1:{free_port()}"
            assert _failure(lambda: enrolled(other, away, server.code())) == (
                ProblemCode.UNREACHABLE
            )
            elsewhere = f"{server.url}/elsewhere"
            assert _failure(lambda: enrolled(other, elsewhere, server.code())) == (
                ProblemCode.NOT_FOUND
            )
            assert not other.enrolled
        finally:
            one.close()
            other.close()


def _failure(ask: Callable[[], object]) -> ProblemCode:
    with pytest.raises((Refused, Unreachable)) as caught:
        ask()
    return caught.value.code


def test_the_same_code_and_key_give_the_same_enrolment_again(tmp_path: Path) -> None:
    with real_server(tmp_path / "server") as server:
        file = open_file(tmp_path / "tablet")
        try:
            code = server.code()
            first = enrolled(file, server.url, code)
            # As if the answer had been lost: the tablet asks again.
            again = enrolled(file, server.url, code)
            assert (again.token, again.card_secret) == (first.token, first.card_secret)
        finally:
            file.close()


def test_an_enrolment_survives_a_restart_of_the_tablet(tmp_path: Path) -> None:
    with real_server(tmp_path / "server") as server:
        file = open_file(tmp_path / "tablet")
        enrolment = enrolled(file, server.url, server.code())
        file.close()
        file = open_file(tmp_path / "tablet")
        try:
            connection = file.connection
            assert connection is not None
            assert connection.token == enrolment.token
            assert connection.server_url == server.url
        finally:
            file.close()


# The console.


def test_the_console_reads_the_merged_record_of_two_tablets(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        a.save(PATIENT, sex="female")
        b.save(PATIENT, sex="male")
        assert a.engine.round().accepted == 1
        assert b.engine.round().accepted == 1
        console = ConsoleSession(server.url)
        try:
            console.sign_in(COORDINATOR, PASSPHRASE)
            found = console.search_patients(PatientSearch())
            assert (found.total, found.patients[0].conflicts) == (1, 1)
            record = console.patient_record("patient-1")
            (document,) = record.documents
            assert document == b.vault.document("patient-1")
            assert {w.value for w in document.writes("sex")} == {"female", "male"}
            assert len(record.history) == 2
            authors = {w.practitioner_id for w in document.writes("sex")}
            assert authors <= set(record.practitioners)
        finally:
            console.close()


def test_the_console_says_why_it_lets_nobody_in(tmp_path: Path) -> None:
    with real_server(tmp_path / "server") as server:
        console = ConsoleSession(server.url)
        try:
            assert console.health().status == "ok"
            with pytest.raises(Refused) as wrong:
                console.sign_in(COORDINATOR, "not the passphrase")
            assert wrong.value.code is ProblemCode.SIGN_IN_WRONG
            assert not console.is_signed_in
            with pytest.raises(Unauthenticated):
                console.search_patients(PatientSearch())
            console.sign_in(COORDINATOR, PASSPHRASE)
            with pytest.raises(Refused) as unknown:
                console.patient_record("nobody")
            assert unknown.value.code is ProblemCode.NOT_FOUND
            console.sign_out()
            with pytest.raises(Unauthenticated):
                console.search_patients(PatientSearch())
        finally:
            console.close()
