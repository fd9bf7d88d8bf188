"""Pull: scope, cursors, whole changes, and nothing missed under many writers."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.problems import ProblemCode
from app.core.wire import PullResponse
from sync_server.database import Database
from sync_server.problems import ProblemError
from sync_server.services import administration, feed
from sync_server.services.batch import MAX_CONTENT_BYTES
from sync_server.services.scope import Scope
from sync_server.tables import OPERATION
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice

WRITERS = 4
BATCHES = 12


def page(
    deployment: TestDeployment, cursor: str = "", limit: int = 500
) -> PullResponse:
    with deployment.context.database.read() as connection:
        context = deployment.context
        return feed.pull(context, connection, Scope(deployment.site_id), cursor, limit)


def key(name: str) -> RecordKey:
    return RecordKey("Patient", name, name)


def test_pages_follow_each_other_and_end(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    for number in range(5):
        tablet.write((key(f"p{number}"), {"sex": "female"}))
    deployment.push(tablet)
    first = page(deployment, limit=3)
    second = page(deployment, first.cursor, limit=3)
    assert [item.sequence for item in first.items] == [1, 2, 3]
    assert [item.sequence for item in second.items] == [4, 5]
    assert (first.more, second.more) == (True, False)
    third = page(deployment, second.cursor)
    assert (third.items, third.cursor, third.more) == ((), second.cursor, False)


def test_a_page_never_splits_a_change(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((key("a"), {"sex": "female"}))
    sex: dict[str, Json] = {"sex": "male"}
    tablet.write(*((key(f"b{n}"), sex) for n in range(6)))
    tablet.write((key("c"), {"sex": "female"}))
    deployment.push(tablet)
    first = page(deployment, limit=2)
    assert [item.sequence for item in first.items] == [1, 2, 3, 4, 5, 6, 7]
    assert [item.sequence for item in page(deployment, first.cursor).items] == [8]


def test_changes_that_were_mixed_in_a_batch_lie_together_in_the_feed(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    one = tablet.write((key("a"), {"sex": "female"}), (key("b"), {"sex": "male"}))
    two = tablet.write((key("c"), {"sex": "female"}), (key("d"), {"sex": "male"}))
    tablet.pending = [one[0], two[0], one[1], two[1]]
    deployment.push(tablet)
    assert len(page(deployment, limit=1).items) == 2


def test_a_device_gets_its_own_site_alone(deployment: TestDeployment) -> None:
    context = deployment.context
    other = administration.add_site(
        context.ports, context.database, "Camp", "Europe/Rome"
    )
    tablet = deployment.device("tablet-a")
    tablet.write((key("here"), {"sex": "female"}))
    tablet.author = Authorship(deployment.nurse_id, other)
    tablet.write((key("there"), {"sex": "female"}))
    deployment.push(tablet)
    assert [item.sequence for item in page(deployment).items] == [1]


@pytest.mark.parametrize(
    "cursor", ["x", "1", ".5.a", "epoch.5", "epoch..a", "epoch.-1.a", "e.9" * 30]
)
def test_a_cursor_that_is_none_is_refused(
    deployment: TestDeployment, cursor: str
) -> None:
    with pytest.raises(ProblemError, match="cursor-wrong"):
        page(deployment, cursor)


def test_a_cursor_of_another_epoch_is_refused(deployment: TestDeployment) -> None:
    read = page(deployment).cursor
    with pytest.raises(ProblemError, match="epoch-changed"):
        page(deployment, "another-epoch" + read[read.index(".") :])


def test_an_epoch_that_began_while_the_server_runs_is_noticed_at_once(
    deployment: TestDeployment,
) -> None:
    read = page(deployment).cursor
    context = deployment.context
    administration.begin_epoch(context.ports, context.database)
    with pytest.raises(ProblemError, match="epoch-changed"):
        page(deployment, read)


def test_a_cursor_ahead_of_the_log_shows_an_older_database(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((key("a"), {"sex": "female"}))
    deployment.push(tablet)
    read = page(deployment).cursor
    with deployment.context.database.write() as connection:
        connection.execute(delete(OPERATION))
    with pytest.raises(ProblemError, match="epoch-changed"):
        page(deployment, read)


def test_a_cursor_at_another_operation_than_the_one_read_shows_an_older_database(
    deployment: TestDeployment,
) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    one.write((key("a"), {"sex": "female"}))
    deployment.push(one)
    read = page(deployment).cursor
    with deployment.context.database.write() as connection:
        connection.execute(delete(OPERATION))
    other.write((key("b"), {"sex": "female"}), (key("c"), {"sex": "male"}))
    deployment.push(other)
    assert page(deployment).cursor != read
    with pytest.raises(ProblemError, match="epoch-changed"):
        page(deployment, read)


def test_a_tablet_that_is_enrolled_again_elsewhere_reads_that_site_from_its_beginning(
    deployment: TestDeployment,
) -> None:
    context = deployment.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    tablet = deployment.device("tablet-a")
    tablet.author = Authorship(deployment.nurse_id, camp)
    tablet.write((key("there"), {"sex": "female"}))
    tablet.author = deployment.author
    tablet.write((key("here"), {"sex": "female"}))
    deployment.push(tablet)
    read = page(deployment).cursor
    with (
        pytest.raises(ProblemError, match="epoch-changed"),
        context.database.read() as connection,
    ):
        feed.pull(context, connection, Scope(camp), read, 500)


def test_a_reader_misses_nothing_while_many_write(deployment: TestDeployment) -> None:
    tablets = [deployment.device(f"tablet-{n}") for n in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writers = [pool.submit(write_batches, deployment, one) for one in tablets]
        reader = pool.submit(read_until, deployment, writers)
        for writer in writers:
            writer.result(60)
        seen = reader.result(60)
    assert seen == list(range(1, WRITERS * BATCHES * 3 + 1))


def write_batches(deployment: TestDeployment, tablet: WritingDevice) -> None:
    """Push batches that touch records of one's own, and records of all."""
    for turn in range(BATCHES):
        for name in (f"own-{tablet.device_id}-{turn}", "shared-1", "shared-2"):
            tablet.write((key(name), {"note": f"{tablet.device_id} {turn}"}))
        deployment.push(tablet)


def read_until(deployment: TestDeployment, writers: list[Future[None]]) -> list[int]:
    """Follow the feed by small pages until all is written and read."""
    cursor, seen = "", list[int]()
    while True:
        is_last = all(writer.done() for writer in writers)
        found = page(deployment, cursor, limit=7)
        seen.extend(item.sequence for item in found.items)
        cursor = found.cursor
        if is_last and not found.more:
            return seen


def test_a_second_writer_waits_for_the_lock_of_the_log(
    server_postgres_url: str,
) -> None:
    database = Database(server_postgres_url)
    with database.write() as one, database.write() as other:
        database.lock_log(one)
        other.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(OperationalError):
            database.lock_log(other)
    database.close()


def test_a_page_ends_at_some_megabytes(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    for name in "abcdefg":
        tablet.write((key(name), {"note": "x" * (MAX_CONTENT_BYTES - 2000)}))
        deployment.push(tablet)
    first = page(deployment)
    second = page(deployment, first.cursor)
    assert ([item.sequence for item in first.items], first.more) == (
        [1, 2, 3, 4, 5],
        True,
    )
    assert ([item.sequence for item in second.items], second.more) == ([6, 7], False)


def test_an_operation_that_is_too_large_is_set_aside_and_blocks_nothing(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((key("a"), {"note": "x" * MAX_CONTENT_BYTES}))
    tablet.write((key("b"), {"note": "x"}))
    found = [one.reason for one in deployment.push(tablet).outcomes]
    assert found == [ProblemCode.OPERATION_TOO_LARGE, None]
