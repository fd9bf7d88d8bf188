"""What a coordinator decides of a refused change reaches the tablet that wrote it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.core.set_aside_wire import LeaveOut, LeaveOutReason, TryAgain
from app.core.wire import PractitionerInfo
from sync_server.services import people, set_aside
from sync_server.services import set_aside_decisions as decisions
from sync_server.services.site_scope import EVERYWHERE
from tests.sync.real import NURSE, RealServer, RealTablet, real_server, real_tablet

WHO = PractitionerInfo(practitioner_id="clara", name="Clara", role="coordinator")
PERSON = RecordKey("Patient", "p", "p")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path / "server") as found:
        yield found


@pytest.fixture
def tablet(tmp_path: Path, server: RealServer) -> Iterator[RealTablet]:
    """A tablet whose nurse was revoked before they wrote of somebody."""
    with real_tablet(tmp_path / "a", server) as found:
        people.revoke(server.context.database, NURSE, 1)
        found.save(PERSON, sex="female")
        assert reasons(found) == {ProblemCode.PRACTITIONER_REVOKED}
        yield found


def reasons(tablet: RealTablet) -> set[ProblemCode]:
    """Why anything is set aside on a tablet, after a round for which somebody asked."""
    assert tablet.engine.round(asked=True).failure is None
    return {each.reason for each in tablet.vault.set_aside()}


def the_change(server: RealServer, *, left_out: bool = False) -> str:
    with server.context.database.read() as connection:
        found = set_aside.page(connection, EVERYWHERE, (0, 5), left_out=left_out)
    (entry,) = found.changes
    return entry.set_aside_id


def test_a_tablet_says_that_it_was_left_out_and_then_that_it_was_accepted(
    server: RealServer, tablet: RealTablet
) -> None:
    context = server.context
    wanted = LeaveOut(
        set_aside_id=the_change(server), reason=LeaveOutReason.WRITTEN_AGAIN
    )
    decisions.leave_out(context, WHO, wanted, EVERYWHERE)
    people.reinstate(context.database, NURSE)
    assert reasons(tablet) == {ProblemCode.LEFT_OUT}
    assert tablet.vault.offer_set_aside() == 0  # It is not offered for ever.
    again = TryAgain(set_aside_ids=(the_change(server, left_out=True),))
    assert decisions.try_again(context, WHO, again, EVERYWHERE).still == {}
    assert reasons(tablet) == set()
    assert tablet.vault.counts().records == 0
    assert tablet.shown("p", "sex") == ["female"]
