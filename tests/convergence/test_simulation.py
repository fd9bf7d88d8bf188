"""Whatever breaks on the way: one state everywhere, and no acknowledged value lost."""

from pathlib import Path

import pytest

from app.core.merge import Document
from app.core.records import policy
from tests.convergence.real_log import RealLog
from tests.convergence.simulation import FIELDS, World

QUICK_SEEDS = range(20)
REAL_SEEDS = range(400, 408)
MANY_SEEDS = range(20, 320)
STEPS = 150


def check(seed: int, *, restores: bool, folder: Path | None = None) -> World:
    """Run one world to its end and look at every promise."""
    world = World(seed, restores=restores, folder=folder)
    world.run(STEPS)
    reports = world.settle()
    assert all(report.succeeded for report in reports), [r.failure for r in reports]
    expected = world.expected()
    assert world.server.documents() == expected
    for tablet in world.tablets:
        assert tablet.device.documents == expected
        assert tablet.device.counts().operations == 0
    _check_nothing_doubled(world)
    _check_nothing_lost(world, expected)
    return world


def _check_nothing_doubled(world: World) -> None:
    ids = [each.operation.header.operation_id for each in world.wrote]
    assert sorted(one for one, _ in world.server.clamps()) == sorted(ids)


def _check_nothing_lost(world: World, documents: dict[str, Document]) -> None:
    """Each value is shown, kept beside, or replaced by somebody who saw it."""
    replaced_knowingly: set[tuple[str, str]] = set()
    for each in world.wrote:
        for name, ids in each.operation.replaces.items():
            replaced_knowingly |= {(old, name) for old in ids}
    for each in world.wrote:
        head = each.operation.header
        document = documents[each.record_id]
        for name, value in each.operation.fields.items():
            shown = document.shown(name, policy(head.record_type, name))
            assert shown is not None
            standing = {w.operation_id: w.value for w in document.writes(name)}
            if (head.operation_id, name) not in replaced_knowingly:
                assert standing[head.operation_id] == value
            else:
                assert head.operation_id not in standing


@pytest.mark.parametrize("seed", QUICK_SEEDS)
def test_everybody_comes_to_the_same_records_and_no_value_is_lost(seed: int) -> None:
    check(seed, restores=False)


@pytest.mark.parametrize("seed", QUICK_SEEDS)
def test_a_server_that_falls_back_to_backups_loses_nothing(seed: int) -> None:
    check(seed, restores=True)


@pytest.mark.parametrize("seed", REAL_SEEDS)
def test_the_real_ingest_and_feed_keep_the_same_promises(
    tmp_path: Path, seed: int
) -> None:
    world = check(seed, restores=bool(seed % 2), folder=tmp_path)
    assert isinstance(world.server, RealLog)
    world.server.close()


def test_the_worlds_are_as_bad_as_they_are_meant_to_be() -> None:
    worlds = [check(seed, restores=True) for seed in range(3)]
    assert sum(world.lost_calls for world in worlds) > 30
    assert {world.server.epoch for world in worlds} != {"epoch-1"}
    conflicts = [
        document
        for world in worlds
        for document in world.server.documents().values()
        for name in FIELDS
        if len(document.writes(name)) > 1
    ]
    assert conflicts


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_many_more_worlds_converge(seed: int) -> None:
    check(seed, restores=bool(seed % 2))
