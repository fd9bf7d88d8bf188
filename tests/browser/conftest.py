"""One clinic for all browser tests; on a failure, what everybody said and saw."""

from collections.abc import Generator, Iterator

import pytest

from tests.browser.clinic import Clinic, Program, opened_clinic

TAIL_CHARACTERS = 3_000


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A server with a site and its people, for the whole run."""
    with opened_clinic(tmp_path_factory.mktemp("clinic")) as running:
        yield running


@pytest.fixture(scope="session")
def console(clinic: Clinic) -> Iterator[Program]:
    """The coordinators' console."""
    with clinic.console() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the processes' logs and the screens' words to the report of a failure."""
    report = yield
    found = getattr(item, "funcargs", {})
    clinic = found.get("clinic")
    if report.failed and isinstance(clinic, Clinic):
        for program in clinic.programs:
            tail = program.said()[-TAIL_CHARACTERS:]
            report.sections.append((f"log of {program.name}", tail))
    return report
