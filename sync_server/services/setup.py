"""The setup: what a tablet must know to work offline, and what a timeline names."""

import json
from typing import Any

from sqlalchemy import Connection, select

from app.core.problems import ProblemCode
from app.core.wire import (
    Deployment,
    DeviceInfo,
    Notice,
    PractitionerInfo,
    Setup,
    SiteInfo,
)
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import compartments
from sync_server.services.known_people import practitioner_keys, recovery_public
from sync_server.services.lock_times import lock_times
from sync_server.settings import Settings, SettingsError
from sync_server.tables import DEPLOYMENT, DEVICE, PRACTITIONER, SITE

REFUSAL = (
    "Tessera does not start without {missing}. Who answers for the data, how to "
    "reach them and how long records are kept must be said first. Run: tessera init "
    "--controller NAME --contact ADDRESS --retention-days DAYS, or set "
    "TESSERA_CONTROLLER, TESSERA_CONTACT and TESSERA_RETENTION_DAYS."
)


def deployment_row(connection: Connection) -> AnyRow:
    """Return the deployment; raise SettingsError where `tessera init` never ran."""
    row = connection.execute(select(DEPLOYMENT)).first()
    if row is None:
        raise SettingsError("This database holds no deployment. Run: tessera init")
    return row


def epoch_of(connection: Connection) -> str:
    """Return the epoch, as this transaction sees it: it may change while we serve."""
    return str(connection.scalar(select(DEPLOYMENT.c.epoch)))


def deployment(settings: Settings, row: AnyRow) -> Deployment:
    """Return who runs this deployment: what the environment says, else what is stored.

    Raises SettingsError unless there are a controller, a contact and a retention.
    """
    controller = settings.controller.strip() or row.controller.strip()
    contact = settings.contact.strip() or row.contact.strip()
    days = settings.retention_days or row.retention_days
    named = {
        "a data controller": controller,
        "a contact": contact,
        "a retention time": days,
    }
    missing = [name for name, value in named.items() if not value]
    if missing:
        *others, last = missing
        named_all = f"{', '.join(others)} and {last}" if others else last
        raise SettingsError(REFUSAL.format(missing=named_all))
    return Deployment(
        deployment_id=row.deployment_id,
        name=row.name,
        controller=controller,
        contact=contact,
        retention_days=days,
        demo=row.demo,
    )


def setup_of(
    context: Context,
    connection: Connection,
    site_id: str,
    ended_look_ups: tuple[str, ...] = (),
) -> Setup:
    """Return the setup of a site's tablets; whose look-ups ended is one tablet's."""
    row = deployment_row(connection)
    known = sites(connection)
    here = next((site for site in known if site.site_id == site_id), None)
    if here is None:
        raise ProblemError(ProblemCode.UNKNOWN_SITE)
    return Setup(
        deployment=deployment(context.settings, row),
        site=here,
        sites=known,
        practitioners=practitioners(connection, active=True),
        devices=devices(connection),
        notice=Notice.model_validate_json(row.notice),
        plan=_plan(connection, site_id),
        compartments=compartments.listed(connection),
        former=practitioners(connection, active=False),
        practitioner_keys=practitioner_keys(connection),
        recovery_public=recovery_public(connection),
        sealing_key=context.secrets.sealing_public_key,
        ended_look_ups=ended_look_ups,
        **lock_times(connection, site_id).said(),
    )


def sites(connection: Connection) -> tuple[SiteInfo, ...]:
    """Return all sites, by name."""
    rows = connection.execute(select(SITE).order_by(SITE.c.name, SITE.c.site_id))
    return tuple(
        SiteInfo(site_id=row.site_id, name=row.name, zone=row.zone) for row in rows
    )


def practitioners(
    connection: Connection, *, active: bool | None = None
) -> tuple[PractitionerInfo, ...]:
    """Return practitioners by name; who left is still named in old records."""
    query = select(PRACTITIONER).order_by(PRACTITIONER.c.name)
    if active is not None:
        query = query.where(PRACTITIONER.c.active.is_(active))
    return tuple(practitioner_info(row) for row in connection.execute(query))


def practitioner_info(row: AnyRow) -> PractitionerInfo:
    """Return a row as others may see it."""
    return PractitionerInfo(
        practitioner_id=row.practitioner_id,
        name=row.name,
        role=row.role,
        confirmed=row.confirmed,
    )


def devices(connection: Connection) -> tuple[DeviceInfo, ...]:
    """Return all devices, by name, also revoked ones: records name them."""
    rows = connection.execute(select(DEVICE).order_by(DEVICE.c.name))
    return tuple(
        DeviceInfo(device_id=row.device_id, name=row.name, site_id=row.site_id)
        for row in rows
    )


def _plan(connection: Connection, site_id: str) -> dict[str, Any]:
    raw = connection.scalar(select(SITE.c.plan).where(SITE.c.site_id == site_id))
    plan = json.loads(raw or "{}")
    return plan if isinstance(plan, dict) else {}
