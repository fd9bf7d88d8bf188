"""What a coordinator allows from the console: who may, once, for a day, audited."""

from typing import Any

import httpx
import pytest

from app.core.console_wire import Access, GrantRequest
from app.core.people_wire import Grant, GrantKind
from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo, Role
from sync_server.problems import ProblemError
from sync_server.services import administration, permissions, recovery
from sync_server.services.administration import NewPractitioner
from sync_server.services.audit import event_of
from sync_server.services.site_scope import Sites
from sync_server.tables import AUDIT_EVENT
from tests.server.deployments import PASSPHRASE, TestDeployment
from tests.server.test_audit import broken

DAY_MS = 86_400_000


def clara(deployment: TestDeployment, role: str = "coordinator") -> PractitionerInfo:
    return PractitionerInfo(
        practitioner_id=deployment.coordinator_id, name="Clara", role=role
    )


def wanted(deployment: TestDeployment, **changes: str) -> GrantRequest:
    asked = {
        "kind": "set-pin",
        "device_id": "tablet-a",
        "practitioner_id": deployment.nurse_id,
    }
    return GrantRequest(**(asked | changes))


def test_what_was_allowed_reaches_the_tablet_counts_a_day_and_is_in_the_audit(
    deployment: TestDeployment,
) -> None:
    deployment.device("tablet-a")
    context = deployment.context
    given = permissions.give(context, clara(deployment), wanted(deployment))
    assert given.expires_at == deployment.wall.now_ms + DAY_MS
    assert recovery.grants_of(context, "tablet-a").grants == (given,)
    with context.database.read() as connection:
        (row,) = connection.execute(AUDIT_EVENT.select()).all()
    event = event_of(row)
    assert (event.kind, event.reason) == ("grant-given", "set-pin")
    assert (event.practitioner_id, event.owner_id) == (
        deployment.coordinator_id,
        deployment.nurse_id,
    )
    assert (event.grant_id, event.device_id) == (given.grant_id, "tablet-a")
    assert broken(deployment) == []
    deployment.wall.advance(DAY_MS)
    assert recovery.grants_of(context, "tablet-a").grants == ()


def test_who_is_bound_to_another_site_is_told_nothing_and_allows_nothing(
    deployment: TestDeployment,
) -> None:
    deployment.device("tablet-a")
    context, elsewhere = deployment.context, Sites(frozenset({"elsewhere"}))
    assert permissions.access(context, clara(deployment), elsewhere).tablets == ()
    with pytest.raises(ProblemError) as refused:
        permissions.give(context, clara(deployment), wanted(deployment), elsewhere)
    assert refused.value.code is ProblemCode.NOT_FOUND


def test_pressed_twice_it_is_one_and_for_something_else_another(
    deployment: TestDeployment,
) -> None:
    deployment.device("tablet-a")
    context, who = deployment.context, clara(deployment)
    first = permissions.give(context, who, wanted(deployment))
    assert permissions.give(context, who, wanted(deployment)) == first
    again = permissions.give(context, who, wanted(deployment, kind="reopen"))
    assert again.grant_id != first.grant_id
    found = permissions.access(context, who)
    (tablet,) = found.tablets
    assert {g.kind for g in tablet.grants} == {"set-pin", "reopen"}
    assert [site.name for site in found.sites] == ["Port"]
    assert {p.name: p.may_allow for p in found.people} == {"Clara": True, "Nadia": True}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "recover"}, "malformed"),
        ({"kind": "anything"}, "malformed"),
        ({"device_id": "tablet-x"}, "not-found"),
        ({"practitioner_id": "nobody"}, "not-found"),
    ],
)
def test_what_needs_a_key_or_is_for_nobody_is_refused(
    on_sqlite: TestDeployment, changes: dict[str, str], code: str
) -> None:
    on_sqlite.device("tablet-a")
    with pytest.raises(ProblemError) as refused:
        permissions.give(
            on_sqlite.context, clara(on_sqlite), wanted(on_sqlite, **changes)
        )
    assert refused.value.code.value == code


def test_nobody_allows_a_pin_of_somebody_above(on_sqlite: TestDeployment) -> None:
    on_sqlite.device("tablet-a")
    context = on_sqlite.context
    boss = NewPractitioner("Ada", Role.ADMINISTRATOR)
    above = administration.add_practitioner(context.ports, context.database, boss)
    asked = wanted(on_sqlite, practitioner_id=above)
    with pytest.raises(ProblemError) as refused:
        permissions.give(context, clara(on_sqlite), asked)
    assert refused.value.code.value == "forbidden"
    found = permissions.access(context, clara(on_sqlite)).people
    assert {p.name for p in found if not p.may_allow} == {"Ada"}
    given = permissions.give(context, clara(on_sqlite, "administrator"), asked)
    assert given.practitioner_id == above


def test_a_key_that_a_grant_carries_is_not_told_to_the_console(
    on_sqlite: TestDeployment,
) -> None:
    on_sqlite.device("tablet-a")
    context = on_sqlite.context
    kind = GrantKind.REOPEN
    recovery.grant_plain(context, kind, "tablet-a", "Nadia", DAY_MS)
    with context.database.write() as connection:
        connection.exec_driver_sql("UPDATE access_grant SET sealed = 'secret'")
    (tablet,) = permissions.access(context, clara(on_sqlite)).tablets
    assert [g.sealed for g in tablet.grants] == [b""]


def headers_of(http: httpx.Client, name: str) -> dict[str, str]:
    body = {"name": name, "passphrase": PASSPHRASE}
    token = http.post("/v1/sessions", json=body).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_over_http_coordinators_may_and_tablets_and_others_may_not(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    deployment.device("tablet-a")
    deployment.give_passphrase()
    body: dict[str, Any] = wanted(deployment).model_dump()
    assert http.get("/v1/access").json()["type"] == "unauthenticated"
    assert http.post("/v1/grants", json=body).json()["type"] == "unauthenticated"
    as_clara = headers_of(http, "Clara")
    answer = http.post("/v1/grants", json=body, headers=as_clara)
    assert Grant.model_validate(answer.json()).kind == "set-pin"
    found = Access.model_validate(http.get("/v1/access", headers=as_clara).json())
    assert [t.name for t in found.tablets] == ["tablet-a"]
    wrong = http.post("/v1/grants", json=body | {"kind": "recover"}, headers=as_clara)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "malformed")
