"""Attempts that are made at the same time are counted one by one."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sync_server.problems import ProblemError
from sync_server.services import throttle
from tests.server.deployments import TestDeployment

THREADS = 8
TRIES = 5


def test_no_attempt_slips_through_beside_another(deployment: TestDeployment) -> None:
    context, limit = deployment.context, throttle.Limit("test", free=5)
    together = threading.Barrier(THREADS)

    def tries() -> int:
        passed = 0
        together.wait(10)
        for _ in range(TRIES):
            try:
                with context.database.write() as connection:
                    throttle.attempt(context, connection, limit, "who")
                passed += 1
            except ProblemError:
                continue
        return passed

    with ThreadPoolExecutor(THREADS) as pool:
        found = [pool.submit(tries) for _ in range(THREADS)]
        assert sum(one.result(60) for one in found) == limit.free
