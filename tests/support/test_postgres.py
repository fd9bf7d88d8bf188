import contextlib
import time

import pytest
import sqlalchemy
from sqlalchemy import text

from tests.support import programs
from tests.support.postgres import Cluster, cluster, connect


def test_a_throw_away_database_answers(postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
    engine.dispose()


def test_two_databases_of_one_cluster_share_nothing(postgres_cluster: Cluster) -> None:
    with postgres_cluster.database() as first, postgres_cluster.database() as second:
        _run(first, "create table arrivals (id integer)")
        assert _tables(first) == ["arrivals"]
        assert _tables(second) == []


def test_a_cluster_ends_at_once_although_a_client_stays() -> None:
    binaries = programs.postgresql_bin()
    if binaries is None:
        pytest.skip("there is no PostgreSQL here")
    with contextlib.ExitStack() as left_open:
        with cluster(binaries) as running:
            left_open.callback(connect(running.folder).close)
            begun = time.monotonic()
            log = running.folder / "log"
            kept = log.open()
            left_open.callback(kept.close)
        assert time.monotonic() - begun < 5
        assert "fast shutdown" in kept.read()


def _run(url: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _tables(url: str) -> list[str]:
    engine = sqlalchemy.create_engine(url)
    try:
        return sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()
