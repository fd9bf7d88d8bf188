"""Pages of a first sync: who is who first, resumable, beside a log that goes on."""

from collections.abc import Callable

import pytest

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.document_pack import unpack
from app.core.merge import Document
from app.core.page_wire import PAGES, DocumentPage
from app.core.scope_wire import WholePatients
from app.core.unit_check import NOTHING, record_value, to_text, total_of
from app.core.wire import PullResponse
from sync_server.caller import Device
from sync_server.opening import open_context
from sync_server.problems import ProblemError
from sync_server.scope_tables import SCOPE_CHECK
from sync_server.services import administration, checks, feed, pages
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice

Meanwhile = Callable[[], None]


def device_at(deployment: TestDeployment) -> Device:
    return Device("reader", deployment.site_id, b"")


def page(
    deployment: TestDeployment, cursor: str = "", limit: int = 1_000
) -> DocumentPage:
    with deployment.context.database.read() as connection:
        device = device_at(deployment)
        return pages.page(deployment.context, connection, device, cursor, limit)


def pull(deployment: TestDeployment, cursor: str, site_id: str = "") -> PullResponse:
    scope = Scope(site_id or deployment.site_id, "reader")
    with deployment.context.database.read() as connection:
        return feed.pull(deployment.context, connection, scope, cursor, 500)


def whole(deployment: TestDeployment, *patient_ids: str) -> WholePatients:
    with deployment.context.database.read() as connection:
        device = device_at(deployment)
        return pages.whole(deployment.context, connection, device, patient_ids)


def read_all(
    deployment: TestDeployment, meanwhile: Meanwhile = lambda: None
) -> tuple[list[DocumentPage], str]:
    found = [page(deployment)]
    while found[-1].more:
        meanwhile()
        found.append(page(deployment, found[-1].cursor))
    return found, found[-1].cursor


def documents(found: list[DocumentPage]) -> list[Document]:
    return [unpack(i.document.encode()) for each in found for i in each.documents]


def write(device: WritingDevice, patient_id: str, *visits: str) -> None:
    started: dict[str, Json] = {"started_at": 1}
    device.write(
        (RecordKey("Patient", patient_id, patient_id), {"sex": "female"}),
        *(
            (RecordKey("Encounter", f"{patient_id}-{v}", patient_id), started)
            for v in visits
        ),
    )


def stored(deployment: TestDeployment) -> dict[str, Document]:
    with deployment.context.database.read() as connection:
        rows = connection.execute(DOCUMENT.select()).all()
    found = [unpack(row.body.encode()) for row in rows]
    return {each.record_id: each for each in found}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two patients a page, so that a few of them are many pages."""
    monkeypatch.setattr(pages, "PAGE_PATIENTS", 2)


def test_a_page_has_as_few_patients_as_were_asked_for(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    for name in "abc":
        write(tablet, name)
    deployment.push(tablet)
    first = page(deployment, limit=1)
    assert ([d.patient_id for d in documents([first])], first.more) == (["a"], True)
    rest = page(deployment, first.cursor)
    assert [d.patient_id for d in documents([rest])] == ["b", "c"]


def test_who_is_who_comes_first_and_each_record_once(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    for name in "abcde":
        write(tablet, name, "v1", "v2")
    deployment.push(tablet)
    found, cursor = read_all(deployment)
    records = documents(found)
    assert [d.record_type for d in records] == ["Patient"] * 5 + ["Encounter"] * 10
    assert {d.record_id: d for d in records} == stored(deployment)
    assert [each.more for each in found] == [True] * (len(found) - 1) + [False]
    assert not cursor.startswith(PAGES)
    after = pull(deployment, cursor)
    assert (after.items, after.more, after.cursor) == ((), False, cursor)


def test_an_empty_scope_is_one_page_and_the_feed_goes_on_from_there(
    deployment: TestDeployment,
) -> None:
    (only,), cursor = read_all(deployment)
    assert (only.documents, only.more) == ((), False)
    assert pull(deployment, cursor).items == ()


def test_what_is_written_meanwhile_comes_with_the_feed(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    for name in "bdfh":
        write(tablet, name, "v1")
    deployment.push(tablet)
    names = iter("acegik")

    def meanwhile() -> None:
        name = next(names)
        write(tablet, name, "v2")  # Before and behind where the pages stand.
        tablet.write((RecordKey("Patient", "b", "b"), {"language": name}))
        deployment.push(tablet)

    found, cursor = read_all(deployment, meanwhile)
    known = {d.record_id: d for d in documents(found)}
    came = pull(deployment, cursor)
    assert len(came.items) > 0
    lacking = stored(deployment).keys() - known.keys()
    brought = {i.operation.header for i in came.items}
    assert all(any(f'"{one}"' in header for header in brought) for one in lacking)


def test_pages_of_another_log_begin_anew(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    for name in "abc":
        write(tablet, name)
    deployment.push(tablet)
    first = page(deployment)
    context = deployment.context
    administration.begin_epoch(context.ports, context.database)
    with pytest.raises(ProblemError, match="epoch-changed"):
        page(deployment, first.cursor)


@pytest.mark.parametrize(
    "cursor",
    ["x", "pages.", "pages.x.e.1.m.p", "pages.1.e.1", "e.1.m", "pages.1.e.x.m.p"],
)
def test_a_cursor_that_is_none_is_refused(
    on_sqlite: TestDeployment, cursor: str
) -> None:
    with pytest.raises(ProblemError, match="cursor-wrong"):
        page(on_sqlite, cursor)


def test_a_site_gets_all_of_whom_it_knows_and_nobody_else(
    deployment: TestDeployment,
) -> None:
    context = deployment.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    tablet = deployment.device("tablet-a")
    write(tablet, "here", "v1")
    write(tablet, "both", "v1")
    tablet.author = Authorship(deployment.nurse_id, camp)
    write(tablet, "there", "v1")
    tablet.write((RecordKey("Encounter", "both-v2", "both"), {"started_at": 2}))
    deployment.push(tablet)
    found, _cursor = read_all(deployment)
    assert {d.record_id for d in documents(found)} == {
        *("here", "here-v1"),
        *("both", "both-v1", "both-v2"),
    }
    answer = whole(deployment, "there", "both", "nobody")
    assert answer.answered == ("there", "both", "nobody")
    ids = {unpack(i.document.encode()).record_id for i in answer.documents}
    assert ids == {"both", "both-v1", "both-v2"}


def test_who_is_large_is_answered_and_the_rest_is_asked_for_again(
    on_sqlite: TestDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = on_sqlite.device("tablet-a")
    for name in "abc":
        write(tablet, name, "v1")
    on_sqlite.push(tablet)
    monkeypatch.setattr(pages, "PAGE_BYTES", 1)
    assert whole(on_sqlite, "a", "b", "c").answered == ("a",)
    found, _cursor = read_all(on_sqlite)
    assert {d.record_id for d in documents(found)} == stored(on_sqlite).keys()


def test_a_person_who_comes_to_a_second_site_is_announced_there_and_stays_in_both(
    deployment: TestDeployment,
) -> None:
    context = deployment.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    tablet = deployment.device("tablet-a")
    write(tablet, "p", "v1")
    deployment.push(tablet)
    at_camp = pull(deployment, "", camp)
    assert (at_camp.items, at_camp.entered) == ((), ())
    tablet.author = Authorship(deployment.nurse_id, camp)
    tablet.write((RecordKey("Encounter", "p-v2", "p"), {"started_at": 2}))
    write(tablet, "new", "v1")
    deployment.push(tablet)
    at_camp = pull(deployment, at_camp.cursor, camp)
    assert len(at_camp.items) == 3
    assert at_camp.entered == ("p",)  # Of who is new there is nothing from before.
    here = pull(deployment, "")
    assert [i.sequence for i in here.items] == [1, 2, 3]
    assert here.entered == ()
    # What either writes from now on comes to both.
    tablet.author = deployment.author
    tablet.write((RecordKey("Encounter", "p-v3", "p"), {"started_at": 3}))
    deployment.push(tablet)
    again = pull(deployment, at_camp.cursor, camp)
    assert (len(again.items), again.entered) == (1, ())


def test_what_others_wrote_is_looked_at_once(deployment: TestDeployment) -> None:
    context = deployment.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    tablet = deployment.device("tablet-a")
    before = pull(deployment, "", camp)
    write(tablet, "p")
    deployment.push(tablet)
    after = pull(deployment, before.cursor, camp)
    assert after.items == ()
    assert after.cursor != before.cursor
    assert pull(deployment, after.cursor, camp).cursor == after.cursor


def test_a_database_that_counted_nothing_yet_is_counted_when_it_opens(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    for name in "ab":
        write(tablet, name, "v1")
    deployment.push(tablet)
    tablet.write((RecordKey("Patient", "a", "a"), {"sex": "male"}))
    deployment.push(tablet)
    database = deployment.context.database
    counted = pull(deployment, "").check
    assert counted == to_text(
        total_of(
            record_value(key_of(deployment), document)
            for document in stored(deployment).values()
        )
    )
    with database.write() as connection:
        connection.execute(SCOPE_CHECK.delete())
    assert pull(deployment, "").check == NOTHING
    open_context(deployment.settings, deployment.context.ports, database)
    assert pull(deployment, "").check == counted


def key_of(deployment: TestDeployment) -> str:
    with deployment.context.database.read() as connection:
        return checks.key_of(connection)
