"""A lane: one call after another, and of loads and drafts the newest alone."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from app.ui.failures import Failures
from app.ui.work import Lane, Work


class Jobs:
    """Calls of a test: the first waits until it is let go."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.lane: Lane = work.lane()
        self.let_go = threading.Event()
        self.begun: list[str] = []
        self.told: list[str] = []

    def call(self, name: str) -> Callable[[], str]:
        def run() -> str:
            self.begun.append(name)
            assert self.let_go.wait(5)
            return name

        return run

    def newest(self, *names: str) -> None:
        for name in names:
            self.lane.newest(self.call(name), self.told.append, str)

    def run(self, name: str) -> None:
        self.lane.run(self.call(name), self.told.append, str)

    async def first(self, name: str) -> None:
        self.newest(name)
        async with asyncio.timeout(5):
            while not self.begun:
                await asyncio.sleep(0.001)

    async def ended(self) -> None:
        self.let_go.set()
        await self.work.settled()
        await asyncio.sleep(0)


def story(scenario: Callable[[Jobs], Coroutine[Any, Any, None]]) -> None:
    async def in_loop() -> None:
        await scenario(Jobs(Work(asyncio.get_running_loop(), Failures())))

    asyncio.run(in_loop())


def test_of_those_that_come_while_one_runs_only_the_newest_is_run() -> None:
    async def scenario(jobs: Jobs) -> None:
        await jobs.first("first")
        jobs.newest("second", "third", "fourth")
        await jobs.ended()
        assert jobs.begun == ["first", "fourth"]
        assert jobs.told == ["first", "fourth"]

    story(scenario)


def test_what_must_run_waits_its_turn_and_never_gives_way() -> None:
    async def scenario(jobs: Jobs) -> None:
        await jobs.first("draft")
        jobs.newest("newer draft")
        jobs.run("save")
        jobs.newest("next draft", "newest draft")
        jobs.run("save again")
        await jobs.ended()
        assert jobs.told == [
            "draft",
            "newer draft",
            "save",
            "newest draft",
            "save again",
        ]

    story(scenario)


def test_a_lane_goes_on_after_a_call_that_failed() -> None:
    async def scenario(jobs: Jobs) -> None:
        def fail() -> str:
            raise OSError

        failed: list[str] = []
        jobs.lane.newest(fail, failed.append, str, lambda error: type(error).__name__)
        jobs.newest("next")
        await jobs.ended()
        assert failed == ["OSError"]
        assert jobs.told == ["next"]

    story(scenario)


def test_what_settles_waits_for_all_that_stands_in_a_lane() -> None:
    async def scenario(jobs: Jobs) -> None:
        await jobs.first("first")
        jobs.newest("second")
        asyncio.get_running_loop().call_later(0.05, jobs.let_go.set)
        await jobs.work.settled()
        assert jobs.begun == ["first", "second"]

    story(scenario)
