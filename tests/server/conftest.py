"""Each test of a service runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.deployments import TestDeployment, deployed, served
from tests.support.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the database is: nothing means SQLite in the data folder."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("server_postgres_url")
    return url


@pytest.fixture(scope="session")
def server_postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """One PostgreSQL database for these tests, emptied by each."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture
def deployment(tmp_path: Path, database_url: str) -> Iterator[TestDeployment]:
    """One site, a nurse, a coordinator, on a database of this test alone."""
    with deployed(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[TestDeployment]:
    """The same on SQLite, for what does not depend on the database."""
    with deployed(tmp_path) as found:
        yield found


@pytest.fixture
def http(deployment: TestDeployment) -> Iterator[httpx.Client]:
    """A client of the deployment, over real HTTP."""
    with served(deployment) as client:
        yield client
