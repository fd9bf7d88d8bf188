"""Commands for what went wrong: what was set aside, what can't be read or opened."""

from app.core.change import Authorship, RecordKey
from tests.server.deployments import TestDeployment
from tests.server.test_commands import done, refused, tessera

ANNA = RecordKey("Patient", "anna", "anna")


def test_what_was_set_aside_is_listed_and_its_author_can_be_added_again(
    on_sqlite: TestDeployment,
) -> None:
    data = on_sqlite.settings.data
    tablet = on_sqlite.device("tablet-a")
    start = tablet.head
    tablet.author = Authorship("lost-author", on_sqlite.site_id)
    written = tablet.write((ANNA, {"sex": "female"}))
    on_sqlite.push(tablet)
    (line,) = done(data, "set-aside", "list").splitlines()
    operation_id = written[0][0].header.operation_id
    expected = ["unknown-practitioner", "tablet-a", "lost-author", on_sqlite.site_id]
    assert line.split("\t")[1:] == [*expected, operation_id]
    add = ("practitioner", "add", "Lena", "--role", "nurse", "--id", "lost-author")
    assert done(data, *add) == "lost-author"
    assert "There is a practitioner 'lost-author'" in refused(tessera(data, *add))
    tablet.head, tablet.pending = start, written
    on_sqlite.push(tablet)
    assert done(data, "set-aside", "list") == ""
