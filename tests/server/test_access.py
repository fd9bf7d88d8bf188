"""Who may call what: each operation declares it, and each is tried by everybody."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from app.core.change import Authorship, RecordKey
from sync_server import main
from sync_server.access import ROLES, Caller, UndeclaredAccess, callers_of
from sync_server.auth import CoordinatorDep
from sync_server.main import bare_app, create_app
from sync_server.rates import RateLimiter
from sync_server.services import administration, enrolment, site_scope
from tests.server import callers as everybody
from tests.server.callers import Callers
from tests.server.deployments import TestDeployment, served_app
from tests.support.operations import WritingDevice

PUBLIC = {
    ("get", "/health"),
    ("get", "/ready"),
    ("post", "/v1/enrol"),
    ("post", "/v1/sessions"),
}
REFUSALS = {"unauthenticated", "unknown-device", "device-revoked", "forbidden"}
MARK = "Zuleikha-of-the-port"


def unhurried(app: FastAPI) -> FastAPI:
    """Let each request come ten seconds after the one before, for the rates alone."""
    seconds = itertools.count(step=10)
    app.state.rates = RateLimiter(lambda: float(next(seconds)))
    return app


@pytest.fixture
def http(on_sqlite: TestDeployment) -> Iterator[httpx.Client]:
    app = create_app(on_sqlite.settings, on_sqlite.context.ports)
    with served_app(unhurried(app)) as client:
        yield client


@pytest.fixture
def callers(on_sqlite: TestDeployment) -> Callers:
    return everybody.callers_of(on_sqlite)


def operations() -> Iterator[tuple[str, str, set[str]]]:
    """Every operation of the OpenAPI: method, path, who may call it."""
    for path, methods in bare_app().openapi()["paths"].items():
        for method, operation in methods.items():
            yield method, path, set(operation["x-callers"])


def is_let_in(answer: httpx.Response) -> bool:
    """Tell whether a call passed the door, whatever was wrong with it then."""
    if answer.status_code < 400:
        return True
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.json()["type"] not in REFUSALS


@dataclass
class Tried:
    """What a walk found."""

    count: int = 0
    wrongly_allowed: list[tuple[str, str, str]] = field(default_factory=list)
    wrongly_refused: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, operation: tuple[str, str, str], *, let_in: bool, may: bool) -> None:
        self.count += 1
        if let_in and not may:
            self.wrongly_allowed.append(operation)
        if may and not let_in:
            self.wrongly_refused.append(operation)


def test_exactly_those_are_let_in_whom_an_operation_declares(
    http: httpx.Client, callers: Callers
) -> None:
    tried = Tried()
    every = [*operations()]
    for method, path, declared in every:
        url = path.replace("{", "").replace("}", "")
        for name in callers.names:
            answer = http.request(method, url, headers=callers.headers(name))
            may = name in declared or Caller.ANYBODY in declared
            tried.note((method, path, name), let_in=is_let_in(answer), may=may)
    sys.stdout.write(
        f"API operations tried with every role: {len(every)} of {len(every)} "
        f"({tried.count} calls); wrongly allowed: {len(tried.wrongly_allowed)}\n"
    )
    assert tried.wrongly_allowed == []
    assert tried.wrongly_refused == []
    assert tried.count == len(every) * (len(ROLES) + 4)


def test_only_what_must_be_is_open_to_anybody() -> None:
    found = {(m, p) for m, p, declared in operations() if Caller.ANYBODY in declared}
    assert found == PUBLIC
    known = ROLES | {caller.value for caller in Caller}
    assert all(declared and declared <= known for _, _, declared in operations())


def of(router: APIRouter) -> APIRoute:
    (route,) = router.routes
    assert isinstance(route, APIRoute)
    return route


def test_an_endpoint_that_declares_nothing_makes_no_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    router = APIRouter()

    @router.get("/forgotten")
    def forgotten() -> None:
        """Nobody said who may call it."""

    with pytest.raises(UndeclaredAccess, match="/forgotten"):
        callers_of(of(router))
    monkeypatch.setattr(main, "_ROUTERS", (*main._ROUTERS, (router, "/v1")))
    with pytest.raises(UndeclaredAccess, match="/forgotten"):
        bare_app()


def test_what_an_endpoint_declares_is_what_its_dependency_checks() -> None:
    router = APIRouter()

    @router.get("/for-coordinators")
    def endpoint(_who: CoordinatorDep) -> None:
        """Declared by its dependency."""

    assert callers_of(of(router)) == {"coordinator", "administrator"}


def test_a_device_of_another_site_is_told_nothing_of_a_patient(
    http: httpx.Client, on_sqlite: TestDeployment
) -> None:
    here = on_sqlite.device("tablet-here")
    here.write((RecordKey("Patient", "zuleikha", "zuleikha"), {"note": MARK}))
    on_sqlite.push(here)
    context = on_sqlite.context
    other = administration.add_site(context.ports, context.database, "Hill", "UTC")
    author = Authorship(on_sqlite.nurse_id, other)
    there = WritingDevice("tablet-there", author, on_sqlite.wall)
    code = everybody_code(on_sqlite, other)
    tokens = {
        "tablet-here": on_sqlite.enrol(here).token,
        "tablet-there": on_sqlite.enrol(there, code).token,
    }
    found = {name: reads_of(http, token) for name, token in tokens.items()}
    assert MARK in found["tablet-here"]
    assert MARK not in found["tablet-there"]
    assert "zuleikha" not in found["tablet-there"]


@pytest.mark.parametrize("bound_to", [(), ("Port",), ("Hill", "Port")])
@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_who_is_bound_to_a_site_is_told_of_its_patients_alone(
    http: httpx.Client,
    callers: Callers,
    on_sqlite: TestDeployment,
    *,
    role: str,
    bound_to: tuple[str, ...],
) -> None:
    here = on_sqlite.device("tablet-here")
    here.write((RecordKey("Patient", "zuleikha", "zuleikha"), {"note": MARK}))
    on_sqlite.push(here)
    context = on_sqlite.context
    administration.add_site(context.ports, context.database, "Hill", "UTC")
    name = everybody.name_of(role)
    site_scope.bind(context.database, name, bound_to)
    assert "zuleikha" in console_reads(http, callers, role)
    site_scope.bind(context.database, name, ("Hill",))
    found = console_reads(http, callers, role)
    assert "zuleikha" not in found
    assert MARK not in found
    assert "tablet-here" not in found


def console_reads(http: httpx.Client, callers: Callers, role: str) -> str:
    """Return all that somebody is answered who asks for everything."""
    texts = []
    for method, path, declared in operations():
        is_read = method == "get" or path.endswith("/search")
        if is_read and role in declared:
            url = path.replace("{patient_id}", "zuleikha")
            body: dict[str, str] | None = None if method == "get" else {}
            headers = callers.headers(role)
            texts.append(http.request(method, url, json=body, headers=headers).text)
    return "\n".join(texts)


def everybody_code(deployment: TestDeployment, site_id: str) -> str:
    return enrolment.new_code(deployment.context, site_id, "Tablet", 60_000)


def reads_of(http: httpx.Client, token: str) -> str:
    """Return all that a device is answered, whatever it asks."""
    headers = {"Authorization": f"Bearer {token}"}
    texts = []
    for method, path, _declared in operations():
        if method == "get":
            answer = http.get(path.replace("{patient_id}", "zuleikha"), headers=headers)
            texts.append(answer.text)
    return "\n".join(texts)
