"""Commands that erase, back up and restore: what is typed, said, and left in files."""

from pathlib import Path

from sqlalchemy import text

from sync_server.context import Ports
from sync_server.database import Database
from sync_server.opening import open_context, open_database
from sync_server.settings import Settings
from tests.server.deployments import TestDeployment, deployed
from tests.server.erasing import ANSWER, NAME, everything, files_with, write_both
from tests.support.commands import done, refused, tessera
from tests.support.postgres import Cluster

WORDS = "a passphrase of several words\n"
ERASE = ("erase", "--patient", "p1", "--reason", "person-asked")


def filled(folder: Path, url: str = "") -> None:
    """Make a deployment in which the person and somebody else were written."""
    with deployed(folder, url) as deployment:
        fill(deployment)


def fill(deployment: TestDeployment) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)


def test_a_person_is_erased_once_their_id_is_typed_again(tmp_path: Path) -> None:
    filled(tmp_path)
    said = refused(tessera(tmp_path, *ERASE, typed="p2\n"))
    assert "Nothing was erased" in said
    assert [*files_with(tmp_path, NAME)]
    assert "2 entries, 2 documents" in done(tmp_path, *ERASE, typed="p1\n")
    assert [*files_with(tmp_path, NAME, ANSWER)] == []
    assert "p1\tperson-asked\tcommand" in done(tmp_path, "erasure", "list")
    assert "broken" not in done(tmp_path, "audit", "verify")
    assert "erase" in done(tmp_path, "audit", "list", "--patient", "p1")
    nobody = ("erase", "--patient", "p3", "--reason", "person-asked", "--yes")
    assert "nothing of this person" in refused(tessera(tmp_path, *nobody))
    done(tmp_path, *nobody, "--not-here-yet")
    done(tmp_path, "erasure", "purge")


def test_who_may_erase_is_said_by_name(tmp_path: Path) -> None:
    filled(tmp_path)
    done(tmp_path, "erasure", "allow", "--practitioner", "Clara")
    done(tmp_path, "erasure", "withdraw", "--practitioner", "Clara")
    for name, said in (("Nadia", "neither"), ("Nobody", "no practitioner")):
        result = tessera(tmp_path, "erasure", "allow", "--practitioner", name)
        assert said in refused(result)


def test_a_backup_goes_to_a_new_folder_and_erases_again(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    filled(old)
    file, typed = str(tmp_path / "backup"), "--passphrase-stdin"
    short = tessera(old, "backup", file, typed, typed="short\n")
    assert "12 characters" in refused(short)
    done(old, "backup", file, "--with-secrets", typed, typed=WORDS)
    done(old, *ERASE, "--yes")
    ledger = str(old / "erasures.ledger")
    wrong = tessera(new, "restore", file, typed, typed="another passphrase\n")
    assert "not this backup's" in refused(wrong)
    gone = tessera(new, "restore", file, "--erasures", "gone", typed, typed=WORDS)
    assert "no file gone" in refused(gone)
    said = done(new, "restore", file, "--erasures", ledger, typed, typed=WORDS)
    assert "Erased again by the ledger: 1." in said
    assert "broken: 0" in said
    assert [*files_with(new, NAME, ANSWER)] == []
    again = tessera(new, "restore", file, typed, typed=WORDS)
    assert "not empty" in refused(again)


def files_of(database: Database, cluster: Cluster) -> Path:
    """Where PostgreSQL keeps this database, and none of other tests."""
    query = text("SELECT oid FROM pg_database WHERE datname = current_database()")
    with database.read() as connection:
        oid = connection.execute(query).scalar_one()
    return cluster.folder / "data" / "base" / str(oid)


def test_no_byte_is_left_in_postgresqls_files_after_a_purge(
    tmp_path: Path, postgres_cluster: Cluster, postgres_url: str
) -> None:
    data = tmp_path / "data"
    filled(data, postgres_url)
    with_url = {"DATABASE_URL": postgres_url}
    settings = Settings(data=data, database_url=postgres_url)
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    base = files_of(database, postgres_cluster)
    with database.read() as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    assert [*files_with(base, NAME)]
    erased = tessera(data, *ERASE, "--yes", **with_url)
    assert erased.returncode == 0
    assert NAME not in everything(context)
    assert tessera(data, "erasure", "purge", **with_url).returncode == 0
    with database.read() as connection:
        connection.execute(text("CHECKPOINT"))
    assert [*files_with(base, NAME, ANSWER)] == []
    database.close()


def test_what_others_still_read_in_postgresql_is_not_said_to_be_gone(
    tmp_path: Path, postgres_cluster: Cluster, postgres_url: str
) -> None:
    data = tmp_path / "data"
    filled(data, postgres_url)
    database = open_database(Settings(data=data, database_url=postgres_url))
    base = files_of(database, postgres_cluster)
    with database.engine.connect() as reader:
        reader.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(text("SELECT count(*) FROM audit_event"))
        erased = tessera(data, *ERASE, "--yes", DATABASE_URL=postgres_url)
        assert erased.returncode == 0
        assert not database.rewrite(("operation", "document"), patience_seconds=0)
    assert database.rewrite(("operation", "document"), patience_seconds=0)
    with database.read() as connection:
        connection.execute(text("CHECKPOINT"))
    assert [*files_with(base, ANSWER)] == []
    database.close()
