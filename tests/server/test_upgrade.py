"""A server is upgraded: tablets, people and records of before go on as they were."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import MetaData, insert
from sqlmodel import SQLModel

from app.core.change import RecordKey
from app.core.wire import PullResponse, PushResponse
from sync_server.database import Database
from sync_server.main import create_app
from sync_server.migrations.run import migrate, version_of
from sync_server.settings import Settings
from tests.server.deployments import PASSPHRASE, TestDeployment, deployed, served_app
from tests.support.operations import WritingDevice

ANNA = RecordKey("Patient", "anna", "anna")


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table, for the version of before."""
    url = f"sqlite:///{tmp_path / 'older.sqlite3'}"
    if request.param == "postgresql":
        url = Settings(database_url=request.getfixturevalue("postgres_url")).url
    database = Database(url)
    yield database
    database.close()


def copy_as_of(version: str, source: Database, target: Database) -> None:
    """Fill an older version's tables with what it would have held of a deployment."""
    migrate(target, version)
    tables = MetaData()
    with target.read() as connection:
        tables.reflect(connection)
    with source.read() as reading, target.write() as writing:
        for table in tables.sorted_tables:
            known = SQLModel.metadata.tables.get(table.name)
            if known is None:  # Alembic's own
                continue
            names = [column.name for column in table.columns]
            rows = [
                {name: row[name] for name in names}
                for row in reading.execute(known.select()).mappings()
            ]
            if rows:
                writing.execute(insert(table), rows)


def set_up(deployment: TestDeployment) -> tuple[WritingDevice, str]:
    """Write something, and let somebody sign in; return the tablet and its token."""
    deployment.give_passphrase()
    tablet = WritingDevice("tablet-a", deployment.author, deployment.wall)
    token = deployment.enrol(tablet).token
    tablet.write((ANNA, {"note": "before the upgrade"}))
    deployment.push(tablet)
    return tablet, token


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize("version", ["0001", "0005"])
def test_everybody_goes_on_after_an_upgrade(
    tmp_path: Path, older: Database, version: str
) -> None:
    with deployed(tmp_path / "data") as deployment:
        tablet, token = set_up(deployment)
        copy_as_of(version, deployment.context.database, older)
        with older.read() as connection:
            assert version_of(connection) == version
        settings = deployment.settings.model_copy(
            update={"database_url": url_of(older)}
        )
        app = create_app(settings, deployment.context.ports)
        with served_app(app) as http:
            goes_on(http, tablet, token)


def goes_on(http: httpx.Client, tablet: WritingDevice, token: str) -> None:
    assert http.get("/ready").status_code == 200
    headers = {"Authorization": f"Bearer {token}"}
    tablet.write((ANNA, {"note": "after the upgrade"}))
    body = tablet.batch().model_dump_json().encode()
    pushed = http.post("/v1/push", content=body, headers=headers)
    outcomes = PushResponse.model_validate_json(pushed.content).outcomes
    assert {one.outcome.value for one in outcomes} <= {"accepted", "duplicate"}
    assert "accepted" in {one.outcome.value for one in outcomes}
    page = PullResponse.model_validate_json(
        http.get("/v1/pull", headers=headers).content
    )
    contents = [item.operation.content or "" for item in page.items]
    assert any("before the upgrade" in text for text in contents)
    assert any("after the upgrade" in text for text in contents)
    assert http.get("/v1/setup", headers=headers).status_code == 200
    clara = {"name": "Clara", "passphrase": PASSPHRASE}
    session = http.post("/v1/sessions", json=clara).json()["token"]
    signed_in = {"Authorization": f"Bearer {session}"}
    record = http.get("/v1/patients/anna", headers=signed_in).json()
    assert len(record["documents"]) == 1
    devices = http.get("/v1/devices", headers=signed_in).json()["devices"]
    assert [one["device_id"] for one in devices] == ["tablet-a"]
