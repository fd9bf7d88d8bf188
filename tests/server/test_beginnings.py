"""A deployment is made once, however many begin at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync_server import secret_file
from sync_server.context import Ports
from sync_server.opening import open_context, open_database
from sync_server.services.administration import DeploymentValues, initialise
from sync_server.settings import Settings
from sync_server.tables import DEPLOYMENT

BEGINNERS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty folder, and an empty database."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    return Settings(data=tmp_path, database_url=url, threads=2)


def test_who_begins_at_once_makes_one_deployment(settings: Settings) -> None:
    together = threading.Barrier(BEGINNERS)
    ports = Ports()

    def begin(_number: int) -> bool:
        together.wait(30)
        database = open_database(settings)
        try:
            made = initialise(settings, ports, database, DeploymentValues(name="One"))
            open_context(settings, ports, database)
        finally:
            database.close()
        return made

    with ThreadPoolExecutor(BEGINNERS) as pool:
        assert sorted(pool.map(begin, range(BEGINNERS))) == [
            *[False] * (BEGINNERS - 1),
            True,
        ]
    database = open_database(settings)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(DEPLOYMENT)) == 1
    database.close()


def test_secrets_that_another_process_put_into_place_stay(tmp_path: Path) -> None:
    made = secret_file.create(tmp_path, Ports().random_bytes)
    secret_file.keep(tmp_path)
    secret_file.keep(tmp_path)
    assert secret_file.load(tmp_path) == made
    with pytest.raises(FileNotFoundError):
        secret_file.keep(tmp_path / "elsewhere")
