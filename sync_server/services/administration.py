"""What an administrator sets up: deployment, sites, practitioners, cards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, delete, insert, select, update

from app.core.ids import patient_id_of_card
from app.core.wire import Notice, Role
from sync_server import secret_file
from sync_server.context import Context, Ports
from sync_server.database import AnyRow, Database
from sync_server.people_tables import PRACTITIONER_KEY
from sync_server.services.compartment_halves import on_device, take_away
from sync_server.services.operator_audit import Operator
from sync_server.services.sign_in import MIN_PASSPHRASE, hash_passphrase, name_key
from sync_server.settings import Settings, SettingsError
from sync_server.tables import (
    DEPLOYMENT,
    DEVICE,
    PRACTITIONER,
    PRINTED_CARD,
    SESSION,
    SITE,
)

MAX_CARDS = 10_000
_MAX_NAME = 120
_MAX_ID = 64


class AdministrationError(ValueError):
    """What was asked can't be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class DeploymentValues:
    """What `tessera init` was given; None keeps what is stored."""

    name: str | None = None
    controller: str | None = None
    contact: str | None = None
    retention_days: int | None = None
    notice: Notice | None = None
    demo: bool | None = None

    def columns(self) -> dict[str, object]:
        """Return the columns to write."""
        found: dict[str, object | None] = {
            "name": self.name,
            "controller": self.controller,
            "contact": self.contact,
            "retention_days": self.retention_days,
            "notice": None if self.notice is None else self.notice.model_dump_json(),
            "demo": self.demo,
        }
        return {k: v for k, v in found.items() if v is not None}


_EMPTY: Mapping[str, object] = {
    "name": "Tessera",
    "controller": "",
    "contact": "",
    "retention_days": None,
    "demo": False,
    "notice": Notice(version="").model_dump_json(),
}


def initialise(
    settings: Settings, ports: Ports, database: Database, values: DeploymentValues
) -> bool:
    """Make a deployment with its identity, or change what is said of it.

    Returns whether it was made. Never replaces an identity: raises where the
    database or the file of secrets is there without the other.
    """
    with database.write() as connection:
        database.lock_log(connection)  # two that begin at once are one deployment
        row = connection.execute(select(DEPLOYMENT)).first()
        if row is not None:
            secret_file.load(settings.data)
            _change(connection, row, values.columns())
            return False
        if secret_file.exists(settings.data):
            raise SettingsError(
                f"{settings.data / secret_file.NAME} is there, but its deployment is "
                "not in this database. Check DATABASE_URL and TESSERA_DATA."
            )
        secrets = secret_file.create(settings.data, ports.random_bytes)
        made = {
            "deployment_id": ports.ids.new(),
            "epoch": ports.ids.new(),
            "public_key": secrets.public_key,
        }
        columns = {**_EMPTY, **values.columns(), **made}
        connection.execute(insert(DEPLOYMENT).values(columns))
    secret_file.keep(settings.data)
    return True


def _change(connection: Connection, row: AnyRow, columns: Mapping[str, object]) -> None:
    if columns:
        of_row = DEPLOYMENT.c.deployment_id == row.deployment_id
        connection.execute(update(DEPLOYMENT).where(of_row).values(**columns))


def begin_epoch(ports: Ports, database: Database) -> None:
    """Begin a new epoch: devices notice that this database was restored."""
    with database.write() as connection:
        connection.execute(update(DEPLOYMENT).values(epoch=ports.ids.new()))


def add_site(
    ports: Ports, database: Database, name: str, zone: str, plan: object = None
) -> str:
    """Add a site and return its id; raise AdministrationError."""
    name = _checked_name(name)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise AdministrationError(
            f"There is no time zone {zone!r}. Give one like Europe/Athens."
        ) from None
    site_id = ports.ids.new()
    with database.write() as connection:
        if connection.execute(select(SITE).where(SITE.c.name == name)).first():
            raise AdministrationError(f"There is a site called {name!r} already.")
        row = {"site_id": site_id, "name": name, "zone": zone}
        text = json.dumps(plan or {}, ensure_ascii=False)
        connection.execute(insert(SITE).values(**row, plan=text))
    return site_id


def site_id_of(connection: Connection, name_or_id: str) -> str:
    """Return the id of a site by its name or id; raise AdministrationError."""
    wanted = (SITE.c.name == name_or_id) | (SITE.c.site_id == name_or_id)
    found = connection.scalar(select(SITE.c.site_id).where(wanted))
    if found is None:
        names = ", ".join(sorted(connection.scalars(select(SITE.c.name))))
        known = f"The sites are: {names}." if names else "Run: tessera site add"
        raise AdministrationError(f"There is no site {name_or_id!r}. {known}")
    return str(found)


@dataclass(frozen=True, slots=True, repr=False)
class NewPractitioner:
    """Who is added; with a passphrase also for the console.

    `practitioner_id` is given where records name somebody whom this database lost.
    """

    name: str
    role: Role
    passphrase: str | None = None
    practitioner_id: str | None = None


def add_practitioner(
    ports: Ports, database: Database, new: NewPractitioner, by: Operator | None = None
) -> str:
    """Add a practitioner and return the id; raise AdministrationError."""
    name, key = _checked_name(new.name), name_key(new.name)
    practitioner_id = new.practitioner_id or ports.ids.new()
    passphrase = new.passphrase
    row = {
        "practitioner_id": practitioner_id,
        "name": name,
        "name_key": key,
        "role": new.role.value,
        "passphrase_hash": None if passphrase is None else _hashed(passphrase),
        "active": True,
        "confirmed": True,
        "proposed_by": None,
        "revoked_at": None,
    }
    if len(practitioner_id) > _MAX_ID or not practitioner_id.isprintable():
        raise AdministrationError(f"An id has 1 to {_MAX_ID} printable characters.")
    with database.write() as connection:
        database.lock_log(connection)
        of_id = PRACTITIONER.c.practitioner_id == practitioner_id
        if connection.execute(select(PRACTITIONER).where(of_id)).first():
            raise AdministrationError(f"There is a practitioner {practitioner_id!r}.")
        same = select(PRACTITIONER).where(PRACTITIONER.c.name_key == key)
        if connection.execute(same).first():
            raise AdministrationError(
                f"There is a practitioner called {name!r} already: tablets choose by "
                "name, so make it different."
            )
        connection.execute(insert(PRACTITIONER).values(row))
        if by is not None:
            by.gave(connection, new.role.value, practitioner_id)
    return practitioner_id


def set_passphrase(database: Database, name: str, passphrase: str) -> None:
    """Give a practitioner a passphrase; whoever is signed in as them no longer is."""
    hashed = _hashed(passphrase)
    with database.write() as connection:
        of_name = PRACTITIONER.c.name_key == name_key(name)
        query = select(PRACTITIONER.c.practitioner_id).where(of_name)
        practitioner_id = connection.scalar(query)
        if practitioner_id is None:
            raise AdministrationError(f"There is no practitioner called {name!r}.")
        change = update(PRACTITIONER).where(of_name)
        connection.execute(change.values(passphrase_hash=hashed))
        own = SESSION.c.practitioner_id == practitioner_id
        connection.execute(delete(SESSION).where(own))


def _hashed(passphrase: str) -> str:
    if len(passphrase) < MIN_PASSPHRASE:
        raise AdministrationError(
            f"A passphrase needs at least {MIN_PASSPHRASE} characters."
        )
    return hash_passphrase(passphrase)


def revoke_device(
    ports: Ports, database: Database, device_id: str, by: Operator | None = None
) -> None:
    """End a device: nothing it writes from now on counts, nothing is sealed to it.

    Raises AdministrationError if there is none. Done again, the first time counts.
    """
    with database.write() as connection:
        database.lock_log(connection)  # no other tablet seals a key to it meanwhile
        of_device = DEVICE.c.device_id == device_id
        if connection.execute(select(DEVICE).where(of_device)).first() is None:
            raise AdministrationError(f"There is no device {device_id!r}.")
        first = update(DEVICE).where(of_device, DEVICE.c.revoked_at.is_(None))
        connection.execute(first.values(revoked_at=ports.wall()))
        own = PRACTITIONER_KEY.c.device_id == device_id
        connection.execute(delete(PRACTITIONER_KEY).where(own))
        take_away(connection, on_device(device_id))
        if by is not None:
            by.revoked_device(connection, device_id)


def new_cards(context: Context, count: int) -> list[str]:
    """Return codes that were never printed before, and remember them as printed."""
    if not 0 < count <= MAX_CARDS:
        raise AdministrationError(f"Print between 1 and {MAX_CARDS} cards at a time.")
    with context.database.write() as connection:
        printed = set(connection.scalars(select(PRINTED_CARD.c.patient_id)))
        codes: dict[str, str] = {}
        while len(codes) < count:
            code = context.ports.ids.card_code()
            patient_id = patient_id_of_card(context.secrets.card_secret, code)
            if patient_id not in printed:
                codes[patient_id] = code
        now = context.ports.wall()
        rows = [{"patient_id": one, "printed_at": now} for one in codes]
        connection.execute(insert(PRINTED_CARD), rows)
    return list(codes.values())


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise AdministrationError(f"A name has 1 to {_MAX_NAME} printable characters.")
    return name
