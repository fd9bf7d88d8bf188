"""Confidential notes between real tablets: read by those allowed, by nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.clinic.desk import Desk
from app.clinic.disclosures import read_note, write_note
from app.clinic.library import Library
from app.core.clock import system_wall_ms
from app.core.confidential import Note
from app.core.merge import Document
from app.core.people_wire import GrantKind
from app.core.projections import by_type
from app.core.questionnaire import load_plan
from app.core.records import RecordType
from app.core.summary import Station
from app.core.wire import Role
from app.storage import Vault
from app.storage.compartments import Reader
from app.storage.errors import NoReaderYetError, NotAllowedError
from app.sync.engine import SyncEngine
from app.sync.people import PeopleSync
from sync_server.services import (
    administration,
    compartment_readers,
    people,
    recovery,
)
from sync_server.services.administration import NewPractitioner, add_practitioner
from tests.clinic.desks import NO_FORMS
from tests.sync.real import (
    COORDINATOR,
    NURSE,
    PASSPHRASE,
    PIN,
    RealServer,
    RealTablet,
    real_server,
    real_tablet,
)

MARIA, MARIAS_PIN = "Maria", "582046"
HOUR_MS = 3_600_000
SAID = Note("violence", "أخبرتني عن العنف")
ANOTHER = Note("hiv", "She told me later")


@contextmanager
def clinic(folder: Path) -> Iterator[tuple[RealServer, RealTablet, RealTablet]]:
    """Carla alone may read, at one tablet; Noor and the mediator share the other."""
    with real_server(folder / "server") as server:
        context = server.context
        maria = NewPractitioner(MARIA, Role.MEDIATOR)
        add_practitioner(context.ports, context.database, maria)
        compartment_readers.allow(context.database, COORDINATOR)
        with (
            real_tablet(folder / "a", server) as a,
            real_tablet(folder / "b", server) as b,
        ):
            let_in(server, a, COORDINATOR, PASSPHRASE)
            b.vault.add_slot(id_of(b, MARIA), MARIAS_PIN)
            seat(a, COORDINATOR, PASSPHRASE)
            yield server, a, b


def let_in(server: RealServer, tablet: RealTablet, name: str, phrase: str) -> None:
    """Let somebody above who unlocked choose a first PIN: by permission."""
    device_id, kind = tablet.vault.device_id, GrantKind.SET_PIN
    recovery.grant_plain(server.context, kind, device_id, name, HOUR_MS)
    tablet.engine.round(asked=True)
    tablet.vault.set_pin_by_grant(id_of(tablet, name), phrase)


def id_of(tablet: RealTablet, name: str) -> str:
    found = (entry.practitioner for entry in tablet.file.practitioners())
    return next(who.practitioner_id for who in found if who.name == name)


def seat(tablet: RealTablet, name: str, pin: str) -> None:
    """Change hands; the newcomer's first round renews the setup."""
    tablet.vault.close()
    tablet.vault = tablet.file.unlock(id_of(tablet, name), pin)
    channel = PeopleSync(tablet.gateway.channel, tablet.vault)
    tablet.engine = SyncEngine(tablet.gateway, tablet.vault, system_wall_ms, channel)


def sync(*tablets: RealTablet) -> None:
    for tablet in tablets:
        assert tablet.engine.round(asked=True).failure is None


def desk_of(vault: Vault) -> Desk:
    setup, mine = vault.setup, vault.practitioner_id
    who = next(p for p in setup.practitioners if p.practitioner_id == mine)
    return Desk(
        vault=vault,
        ids=vault.ids,
        wall=system_wall_ms,
        library=Library(load_plan(NO_FORMS), ()),
        setup=setup,
        practitioner=who,
        read_station=lambda: Station.REGISTRATION,
        wake_sync=lambda: None,
    )


def write(tablet: RealTablet, note: Note) -> None:
    write_note(desk_of(tablet.vault), "amina", note)


def notes(tablet: RealTablet) -> list[Document]:
    """The sealed notes here, the oldest first."""
    kind = RecordType.CONFIDENTIAL_NOTE
    found = by_type(tablet.vault.documents("amina"), kind)
    return sorted(found, key=lambda note: note.writes("note")[0].effective_ms)


def read(tablet: RealTablet) -> list[Note | None]:
    """What who is at a tablet reads of each note; None where they may not."""
    found: list[Note | None] = []
    for document in notes(tablet):
        try:
            vault = tablet.vault
            found.append(read_note(desk_of(vault), vault.box, document))
        except NotAllowedError:
            found.append(None)
    return found


def test_who_may_read_reads_what_a_mediator_wrote_and_nobody_else(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, b):
        seat(b, MARIA, MARIAS_PIN)
        sync(b)
        with pytest.raises(NoReaderYetError):
            write(b, SAID)
        sync(a, b)  # the first reader's tablet makes the key
        assert len(b.vault.setup.compartments[0].keys) == 1
        compartment_readers.allow(server.context.database, NURSE)
        sync(a, b)  # and seals it to the second, on each of their tablets
        write(b, SAID)
        sync(b, a)
        assert read(a) == [SAID]
        assert read(b) == [None]
        seat(b, NURSE, PIN)
        assert read(b) == [SAID]
        seat(a, NURSE, PIN)
        assert read(a) == [SAID]


def test_the_tablet_that_made_the_key_may_write_at_once_and_makes_no_other(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (_server, a, b):
        sync(a)
        write(a, SAID)
        sync(a, b, a)
        assert read(a) == [SAID]
        (known,) = b.vault.setup.compartments
        assert len(known.keys) == 1


def test_who_is_withdrawn_does_not_read_what_is_written_afterwards(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, b):
        compartment_readers.allow(server.context.database, NURSE)
        sync(b, a, b)
        write(b, SAID)
        assert read(b) == [SAID]
        compartment = b.vault.setup.compartments[0]
        compartment_readers.withdraw(server.context.database, NURSE)
        sync(a, b)
        write(b, ANOTHER)
        sync(b, a)
        assert read(a) == [SAID, ANOTHER]
        assert read(b) == [None, None]
        assert [kept_key(b, compartment, each) for each in notes(b)] == [SAID, None]


def kept_key(tablet: RealTablet, compartment: object, document: Document) -> object:
    """What opens with the halves of an earlier setup, which somebody kept."""
    vault = tablet.vault
    setup = vault.setup.model_copy(update={"compartments": (compartment,)})
    vault.renew_setup(setup)
    try:
        return read_note(desk_of(vault), vault.box, document)
    except NotAllowedError:
        return None


def test_a_revoked_reader_s_keys_are_retired_like_those_of_one_withdrawn(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, b):
        database = server.context.database
        compartment_readers.allow(database, NURSE)
        sync(b, a, b)
        compartment = b.vault.setup.compartments[0]
        people.revoke(database, NURSE, server.context.ports.wall())
        sync(a)
        write(a, ANOTHER)
        assert read(a) == [ANOTHER]
        (document,) = notes(a)
        noor = Reader(b.vault.practitioner_id, b.vault.device_id, b.vault.box)
        halves = {h.practitioner_id for k in compartment.keys for h in k.halves}
        assert noor.practitioner_id in halves
        now = a.vault.setup.compartments[0]
        assert [key.retired for key in now.keys] == [True, False]
        assert compartment.keys[0].key_id not in str(document.writes("note"))


def test_after_a_tablet_was_revoked_no_key_is_sealed_to_anybody_on_it(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, b):
        context = server.context
        compartment_readers.allow(context.database, NURSE)
        sync(b, a, b)
        stolen = b.vault.device_id
        administration.revoke_device(context.ports, context.database, stolen)
        sync(a)
        write(a, ANOTHER)
        assert read(a) == [ANOTHER]
        setup = a.vault.setup
        keys = setup.compartments[0].keys
        assert [key.retired for key in keys] == [True, False]
        assert {half.device_id for key in keys for half in key.halves} == {
            a.vault.device_id
        }
        assert stolen not in {key.device_id for key in setup.practitioner_keys}


def test_with_a_new_pair_a_reader_gets_the_key_anew_from_another_reader(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, b):
        compartment_readers.allow(server.context.database, NURSE)
        sync(b, a, b)
        write(b, SAID)
        new_pair(b, NURSE)
        assert read(b) == [None]
        sync(b, a, b)
        assert read(b) == [SAID]


def test_a_key_that_nobody_holds_any_more_is_followed_by_another(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (_server, a, b):
        sync(a)
        new_pair(a, COORDINATOR)
        sync(a, b)
        write(b, ANOTHER)
        sync(b, a)
        assert read(a) == [ANOTHER]


def new_pair(tablet: RealTablet, name: str) -> None:
    """Give a forgotten PIN anew: a new pair comes with it, as reset_pin does."""
    vault, whose = tablet.vault, id_of(tablet, name)
    keys, keyring = vault._keys
    pin = PASSPHRASE if name == COORDINATOR else PIN
    keyring.change(keyring.wrap(whose, pin, keys.for_colleague()))
    seat(tablet, name, pin)


def test_a_key_that_the_server_refuses_is_reported_and_holds_nothing_up(
    tmp_path: Path,
) -> None:
    with clinic(tmp_path) as (server, a, _b):
        publish = a.engine._people.after_all  # type: ignore[union-attr]

        def withdrawn_meanwhile() -> bool:
            compartment_readers.withdraw(server.context.database, COORDINATOR)
            return publish()

        a.engine._people.after_all = withdrawn_meanwhile  # type: ignore[method-assign, union-attr]
        report = a.engine.round()
        assert report.failure is not None
        assert report.failure.value == "forbidden"
        a.engine._people.after_all = publish  # type: ignore[method-assign, union-attr]
        assert a.vault.setup.compartments
        assert a.engine.round().failure is None
        assert a.vault.setup.compartments == ()
