"""The demo's deployment: a site, three practitioners, invented people, new sign-ins."""

import base64
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app.core.change import Authorship
from app.core.ids import format_card_code
from app.core.wire import Role
from sync_server.context import Context, Ports
from sync_server.demo.records import seed
from sync_server.opening import open_context, open_database
from sync_server.services import administration, enrolment
from sync_server.services.administration import (
    AdministrationError,
    DeploymentValues,
    NewPractitioner,
)
from sync_server.services.setup import deployment_row
from sync_server.settings import Settings
from sync_server.tables import OPERATION, PRACTITIONER, SITE

ROOT = Path(__file__).parents[2]
SITE_NAME = "Demo harbour"
NURSE = "Noor (nurse)"
MEDIATOR = "Miriam (cultural mediator)"
COORDINATOR = "Clara (coordinator)"
_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True, repr=False)
class SignIns:
    """What the demo prints: a new passphrase and a new enrolment code each time."""

    passphrase: str
    code: str


def prepare(data: Path, ports: Ports) -> SignIns:
    """Make the demo's deployment where there is none; never touch a real one."""
    # Given here, so that no variable of a real deployment reaches the demo.
    settings = Settings(
        data=data / "server", database_url="", controller="", contact=""
    )
    database = open_database(settings)
    try:
        values = DeploymentValues(
            name="Tessera demo",
            controller="Nobody: this is a demo with invented people",
            contact="demo@example.org",
            retention_days=1,
            demo=True,
        )
        with database.read() as connection:
            made = connection.scalar(select(func.count()).select_from(SITE))
            if made and not deployment_row(connection).demo:
                raise AdministrationError(f"{data} holds a real deployment.")
        administration.initialise(settings, ports, database, values)
        context = open_context(settings, ports, database)
        return _people(context)
    finally:
        database.close()


def _people(context: Context) -> SignIns:
    ports, database = context.ports, context.database
    # 80 random bits, typed once.
    raw = base64.b32encode(ports.random_bytes(10)).decode().lower()
    passphrase = "-".join(raw[i : i + 4] for i in range(0, len(raw), 4))
    with database.read() as connection:
        site_id = connection.scalar(select(SITE.c.site_id))
        written = connection.scalar(select(func.max(OPERATION.c.sequence)))
    if site_id is None:
        site_id = administration.add_site(ports, database, SITE_NAME, "Europe/Athens")
        for name, role in (
            (NURSE, Role.NURSE),
            (MEDIATOR, Role.MEDIATOR),
            (COORDINATOR, Role.COORDINATOR),
        ):
            new = NewPractitioner(name, role)
            administration.add_practitioner(ports, database, new)
    administration.set_passphrase(database, COORDINATOR, passphrase)
    if not written:
        seed(context, Authorship(_nurse_id(context), site_id), ROOT / "assets")
    code = enrolment.new_code(context, site_id, "Demo tablet", _DAY_MS)
    return SignIns(passphrase, format_card_code(code))


def _nurse_id(context: Context) -> str:
    query = select(PRACTITIONER.c.practitioner_id).where(PRACTITIONER.c.name == NURSE)
    with context.database.read() as connection:
        return str(connection.scalar(query))
