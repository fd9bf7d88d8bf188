"""What every test may ask for: a database of its own, and a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.support import browser as browsers
from tests.support import postgres, programs

# Quick ones first: who breaks a unit should not wait for a browser to learn it.
# Browsers must come last, or in a run of their own (-m browser): while Playwright's
# synchronous interface runs, its event loop occupies this thread, and a test's own
# asyncio.run is refused.
STAGES = ("convergence", "sync_server", "browser")
# The longest first, for they run side by side; but a file of one or two tests is given
# a second one at once, which had better be short.
BROWSERS = ("test_screens_in_", "test_bad_input", "test_one_arrival", "test_keyboard")

# A busy machine makes an example slow, not wrong.
settings.register_profile("tessera", deadline=None, print_blob=True, max_examples=30)
settings.register_profile("thorough", settings.get_profile("tessera"), max_examples=500)
settings.load_profile("tessera")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run units first, then convergence, the server, and browsers last."""
    for item in items:
        if _needs_browser(item):
            item.add_marker("browser")
    items.sort(key=_stage)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes after their argument: two workers must collect the same names.

    A compressed body holds the second of its making, and pytest would spell it out.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A throw-away PostgreSQL for this run."""
    binaries = programs.postgresql_bin()
    if binaries is None:
        _cannot_run("PostgreSQL")
    with postgres.cluster(binaries) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database of this test alone."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for this run; open pages with support.browser.opened."""
    chromium = programs.chromium()
    if chromium is None:
        _cannot_run("Chromium")
    with browsers.launched(chromium) as running:
        yield running


def _needs_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


def _stage(item: pytest.Item) -> int:
    if _needs_browser(item):
        name = item.path.name
        place = (n for n, each in enumerate(BROWSERS) if name.startswith(each))
        return len(STAGES) + next(place, len(BROWSERS))
    parts = item.path.relative_to(Path(__file__).parent).parts
    return next((n for n, name in enumerate(STAGES, 1) if name in parts), 0)


def _cannot_run(program: str) -> NoReturn:
    reason = f"{program} is not on this machine: run .ci/install-system"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
