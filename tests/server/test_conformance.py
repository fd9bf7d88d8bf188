"""The whole API does what its OpenAPI says, whatever is sent and whoever sends it."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from sync_server.access import Caller
from sync_server.main import bare_app, create_app
from sync_server.rates import RateLimiter
from tests.server import callers as everybody
from tests.server.callers import NOBODY, Callers
from tests.server.deployments import TestDeployment, deployed, served_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 5
_ASKED = {"parameters", "requestBody", "security"}
SCHEMA = schemathesis.openapi.from_dict(bare_app().openapi())
OPERATIONS = {
    found.ok().label: found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok)
}


@pytest.fixture(scope="module")
def one_for_all(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestDeployment]:

    with deployed(tmp_path_factory.mktemp("conformance")) as found:
        yield found


@pytest.fixture(scope="module")
def http(one_for_all: TestDeployment) -> Iterator[httpx.Client]:
    app = create_app(one_for_all.settings, one_for_all.context.ports)
    seconds = itertools.count(step=10)
    app.state.rates = RateLimiter(lambda: float(next(seconds)))
    with served_app(app) as client:
        yield client


@pytest.fixture(scope="module")
def callers(one_for_all: TestDeployment) -> Callers:
    return everybody.callers_of(one_for_all)


def some_caller(label: str) -> str:
    """Return one of those who may call an operation."""
    operation: dict[str, Any] = OPERATIONS[label].definition.raw
    declared = operation["x-callers"]
    return NOBODY if Caller.ANYBODY in declared else declared[0]


def test_every_operation_of_the_document_is_asked() -> None:
    paths = bare_app().openapi()["paths"].values()
    assert len(OPERATIONS) == sum(map(len, paths))


def questions() -> Iterator[tuple[str, GenerationMode]]:
    """Each operation, asked well, and where anything can be asked wrongly, wrongly."""
    for label, operation in sorted(OPERATIONS.items()):
        yield label, GenerationMode.POSITIVE
        if not _ASKED.isdisjoint(operation.definition.raw):
            yield label, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("label", "mode"), [*questions()])
def test_each_operation_answers_as_it_documents(
    http: httpx.Client, callers: Callers, label: str, mode: GenerationMode
) -> None:
    who = some_caller(label)

    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Case[Any]) -> None:
        for headers in (callers.headers(who), {}):
            answer = case.call(base_url=str(http.base_url), headers=headers)
            case.validate_response(answer, checks=CHECKS)
            if not headers and who != NOBODY:
                assert answer.status_code == 401

    answers()
