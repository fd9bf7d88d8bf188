"""How soon a site's tablets lock, and the parcel that a locked one leaves."""

from pathlib import Path

from app.core.carried import fingerprint
from app.core.wire import EnrolRequest
from app.storage import Enrolment
from app.storage.parcel import PARCEL_NAME
from sync_server.services.enrolment import enrol
from sync_server.services.lock_times import LockTimes, set_lock_times
from sync_server.services.setup import setup_of
from tests.server.deployments import TestDeployment
from tests.storage.tablets import PIN, Tablet, save_patient
from tests.support.commands import done, refused, tessera


def times(deployment: TestDeployment) -> tuple[int, int]:
    with deployment.context.database.read() as connection:
        setup = setup_of(deployment.context, connection, deployment.site_id)
    return setup.idle_seconds, setup.cover_seconds


def test_a_site_that_says_nothing_has_the_usual_times(
    deployment: TestDeployment,
) -> None:
    assert times(deployment) == (300, 60)


def test_what_a_site_says_comes_with_the_setup_of_its_tablets(
    deployment: TestDeployment,
) -> None:
    database, site = deployment.context.database, deployment.site_id
    set_lock_times(database, site, LockTimes(idle_seconds=120))
    assert times(deployment) == (120, 60)
    set_lock_times(database, site, LockTimes(cover_seconds=15))
    assert times(deployment) == (120, 15)


def test_the_sealing_key_comes_with_the_setup(deployment: TestDeployment) -> None:
    with deployment.context.database.read() as connection:
        setup = setup_of(deployment.context, connection, deployment.site_id)
    assert setup.sealing_key == deployment.context.secrets.sealing_public_key


def test_times_are_set_by_a_command(on_sqlite: TestDeployment) -> None:
    data, site = on_sqlite.settings.data, "Port"
    done(data, "site", "locks", site, "--idle-seconds", "90", "--cover-seconds", "20")
    assert times(on_sqlite) == (90, 20)
    assert "--idle-seconds" in refused(tessera(data, "site", "locks", site))
    wrong = tessera(data, "site", "locks", site, "--idle-seconds", "0")
    assert wrong.returncode == 2
    nowhere = tessera(data, "site", "locks", "Elsewhere", "--idle-seconds", "90")
    assert "no site 'Elsewhere'" in refused(nowhere)


def test_a_parcel_is_taken_in_by_a_command_as_often_as_one_likes(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    parcel = parcel_of(on_sqlite, tmp_path / "tablet")
    data = on_sqlite.settings.data
    assert done(data, "take-in", str(parcel)) == "accepted 2"
    assert done(data, "take-in", str(parcel)) == "duplicate 2"
    parcel.write_bytes(parcel.read_bytes()[:-1])
    said = refused(tessera(data, "take-in", str(parcel)))
    assert "The tablet still has everything" in said
    assert "file-unreadable" in said


def test_an_answer_is_given_back_by_a_command_to_the_tablet_alone(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    folder, data = tmp_path / "tablet", on_sqlite.settings.data
    parcel = parcel_of(on_sqlite, folder)
    answer = tmp_path / "answer.tessera"
    back = ("give-back", "--device", "Tablet", str(answer))
    assert "Run: tessera take-in" in refused(tessera(data, *back))
    assert not answer.exists()
    done(data, "take-in", str(parcel))
    assert done(data, *back) == "acknowledged 2\tfrom others 2"
    assert b"Amina" not in answer.read_bytes()
    unknown = tessera(data, "give-back", "--device", "Nobody", str(answer))
    assert "no tablet 'Nobody'" in refused(unknown)
    file = Tablet(folder).open()
    try:
        vault = file.unlock(on_sqlite.nurse_id, PIN)
        assert vault.take_answer(answer.read_bytes()).acknowledged == 2
        assert vault.counts().records == 0
    finally:
        file.close()


def test_each_thing_that_is_wrong_with_a_file_is_a_sentence_of_its_own(
    on_sqlite: TestDeployment, tmp_path: Path
) -> None:
    data = on_sqlite.settings.data
    file = tmp_path / "file"
    raw = parcel_of(on_sqlite, tmp_path / "tablet").read_bytes()
    own = fingerprint(on_sqlite.context.secrets.sealing_public_key).encode()
    for content, code in (
        (b"something else", "file-unreadable"),
        (raw[:-9], "file-unreadable"),
        (raw.replace(own, b"0" * len(own)), "file-foreign"),
    ):
        file.write_bytes(content)
        said = refused(tessera(data, "take-in", str(file)))
        assert code in said
        assert "The tablet still has everything" in said


def parcel_of(deployment: TestDeployment, folder: Path) -> Path:
    """Enrol a tablet, save two people without a network, and lock."""
    tablet = Tablet(folder)
    folder.mkdir()
    file = tablet.open()
    request = EnrolRequest(
        code=deployment.code(),
        device_id=file.identity.device_id,
        public_key=file.identity.public_key,
        name="Tablet",
        version="0.1.0",
    )
    answer = enrol(deployment.context, request, "127.0.0.1")
    file.enrol(Enrolment.of("https://tessera.example.org", answer))
    vault = file.choose_pin(deployment.nurse_id, PIN)
    for name in ("Amina", "Omar"):
        save_patient(vault, name.lower(), name)
    file.close()
    return tablet.vault_folder / PARCEL_NAME
