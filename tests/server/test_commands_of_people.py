"""`tessera practitioner ...`, `recovery ...` and `grant ...`, as they are typed."""

from pathlib import Path

import pytest

from app.core.people_wire import RecoverySlot, grant_purpose, recovery_purpose
from sync_server.boxes import open_box, seal_to
from sync_server.context import Ports
from sync_server.opening import open_context, open_database
from sync_server.services import recovery
from sync_server.settings import Settings
from sync_server.sheets import read_public
from tests.server.deployments import deployed
from tests.support.commands import done, refused, tessera

TABLET, DATA_KEY = bytes(range(9, 41)), b"k" * 32
BOX = recovery.public_of(TABLET)


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A deployment with a nurse, a coordinator and an enrolled tablet."""
    with deployed(tmp_path) as found:
        found.device("tablet-a")
    return tmp_path


def sheets(printed: str) -> tuple[list[str], list[str], str]:
    """The lines of both sheets, and the public half, from what was printed."""
    lines = [line.strip() for line in printed.splitlines()]
    starts = [n for n, line in enumerate(lines) if line.startswith("TESSERA RECOVERY")]
    first, second = (lines[n + 2 : n + 7] for n in starts)
    return first, second, lines[-1].removeprefix("tessera recovery use ")


def send_slot(data: Path, public: bytes) -> None:
    """The tablet seals its key to the organisation's, as sync brings it."""
    settings = Settings(data=data, database_url="")
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    sealed = seal_to(public, DATA_KEY, recovery_purpose("tablet-a"))
    slot = RecoverySlot(recovery_public=public, sealed=sealed, box_public=BOX)
    recovery.keep_slot(context, "tablet-a", slot)
    database.close()


def test_people_are_listed_revoked_and_taken_back(clinic: Path) -> None:
    listed = done(clinic, "practitioner", "list").splitlines()
    assert [line.split("\t")[:3] for line in listed] == [
        ["Clara", "coordinator", "confirmed"],
        ["Nadia", "nurse", "confirmed"],
    ]
    assert "set aside" in done(clinic, "practitioner", "revoke", "nadia")
    assert "\trevoked\t" in done(clinic, "practitioner", "list")
    done(clinic, "practitioner", "reinstate", "Nadia")
    assert "revoked" not in done(clinic, "practitioner", "list")
    for verb in ("revoke", "confirm", "reinstate"):
        said = refused(tessera(clinic, "practitioner", verb, "Nobody"))
        assert "tessera practitioner list" in said


def test_a_recovery_key_is_printed_used_and_opens_a_tablet(
    clinic: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("offline")
    first, second, public = sheets(done(elsewhere, "recovery", "make"))
    assert list(elsewhere.iterdir()) == []
    done(clinic, "recovery", "use", public)
    send_slot(clinic, read_public(public))
    whose = ("--device", "tablet-a", "--practitioner", "Nadia")
    grant = ("recovery", "grant", *whose)
    typed = "\n".join([*first, "", *second]).lower() + "\n"
    assert "Granted: recover, once" in done(clinic, *grant, typed=typed)
    settings = Settings(data=clinic, database_url="")
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    (found,) = recovery.grants_of(context, "tablet-a").grants
    database.close()
    names = (found.grant_id, "tablet-a", found.practitioner_id)
    assert open_box(TABLET, found.sealed, grant_purpose(*names)) == DATA_KEY


def test_what_is_mistyped_is_named_and_grants_nothing(clinic: Path) -> None:
    first, second, public = sheets(done(clinic, "recovery", "make"))
    _other, third, _public = sheets(done(clinic, "recovery", "make"))
    done(clinic, "recovery", "use", public)
    send_slot(clinic, read_public(public))
    grant = ("recovery", "grant", "--device", "tablet-a", "--practitioner", "Nadia")
    sign = "2" if second[2][0] != "2" else "3"
    wrong = [*second[:2], sign + second[2][1:], *second[3:]]
    for lines, said in (
        ([*first, *wrong], "Line 3 is mistyped"),
        ([*first, *third], "belongs to another recovery key"),
        ([*first, *first], "Both sheets are needed"),
        (first, "0 were typed"),
    ):
        assert said in refused(tessera(clinic, *grant, typed="\n".join(lines) + "\n"))
    assert "mistyped" in refused(
        tessera(
            clinic, "recovery", "use", ("2" if public[0] != "2" else "3") + public[1:]
        )
    )


def test_a_tablet_that_was_locked_when_the_key_changed_opens_to_the_older_sheets(
    clinic: Path,
) -> None:
    first, second, public = sheets(done(clinic, "recovery", "make"))
    done(clinic, "recovery", "use", public)
    send_slot(clinic, read_public(public))
    newer_first, newer_second, newer = sheets(done(clinic, "recovery", "make"))
    done(clinic, "recovery", "use", newer)
    grant = ("recovery", "grant", "--device", "tablet-a", "--practitioner", "Nadia")
    typed = "\n".join([*newer_first, *newer_second]) + "\n"
    assert "than this tablet's" in refused(tessera(clinic, *grant, typed=typed))
    typed = "\n".join([*first, *second]) + "\n"
    assert "Granted: recover, once" in done(clinic, *grant, typed=typed)


def test_lines_in_another_order_are_not_called_another_key(clinic: Path) -> None:
    first, second, public = sheets(done(clinic, "recovery", "make"))
    done(clinic, "recovery", "use", public)
    send_slot(clinic, read_public(public))
    grant = ("recovery", "grant", "--device", "tablet-a", "--practitioner", "Nadia")
    swapped = [*first[:2], first[3], first[2], first[4]]
    typed = "\n".join([*swapped, *second]) + "\n"
    assert "Type each line in its place" in refused(
        tessera(clinic, *grant, typed=typed)
    )


def test_a_plain_grant_needs_no_sheet(clinic: Path) -> None:
    whose = ("--device", "tablet-a", "--practitioner", "Nadia", "--hours", "2")
    assert "Granted: reopen" in done(clinic, "grant", "reopen", *whose)
    assert "Granted: set-pin" in done(clinic, "grant", "set-pin", *whose)
    missing = ("--device", "nowhere", "--practitioner", "Nadia")
    assert "tessera device list" in refused(
        tessera(clinic, "grant", "reopen", *missing)
    )
