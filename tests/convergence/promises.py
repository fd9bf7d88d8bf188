"""What must hold when a story has ended, whatever broke in it."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from app.core.merge import Document, Kind
from app.core.operation import Operation
from app.core.records import policy
from tests.convergence.faults import Fault
from tests.convergence.oracle import View, fold, views_of
from tests.convergence.story import Story
from tests.convergence.world import Carried, World, Wrote, is_forked

CLAMP_AFTER_MS = 5 * 60 * 1000
Operations = Mapping[str, Operation]
Clamps = Mapping[str, int | None]
_MEMORY = Path("/dev/shm")


def check(story: Story) -> Counter[Fault]:
    """Run a story and look at every promise; return the faults that fired."""
    inside = _MEMORY if _MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="tessera-world-", dir=inside))
    try:
        world = World(story.setting, folder)
        try:
            world.run(story)
            _check(world)
        finally:
            world.close()
    finally:
        shutil.rmtree(folder)
    return world.network.fired


def _check(world: World) -> None:
    reports = world.settle()
    logged = world.server.operations()
    operations = {one: operation for one, (operation, _) in logged.items()}
    clamps = {one: clamp_ms for one, (_, clamp_ms) in logged.items()}
    _check_log(world, operations, clamps)
    refused = [
        each.tablet.known()[one]
        for each in world.everybody
        for one in each.tablet.aside_ids()
    ]
    expected = fold(operations.values(), clamps, world.server.schema, refused)
    _require_same("the server", world.server.all_documents(), expected)
    for each, report in zip(world.everybody, reports, strict=True):
        forked = each.may_fork and is_forked(report)
        assert report.succeeded or forked, f"{each.name}: {report.failure}"
        held = _check_held(each, operations, forked=forked)
        here = fold(held.values(), clamps, each.tablet.schema, refused)
        _require_same(each.name, each.tablet.all_documents(), here)
    for wrote in world.wrote.values():
        _check_author(world, wrote)


def _check_log(world: World, operations: Operations, clamps: Clamps) -> None:
    """Nothing acknowledged is lost, nothing is invented, changed or unclamped."""
    lost = world.acknowledged - operations.keys()
    assert not lost, f"acknowledged, and lost: {lost}"
    invented = operations.keys() - world.wrote.keys()
    assert not invented, f"nobody wrote {invented}"
    for one, operation in operations.items():
        assert operation == world.wrote[one].operation, f"changed: {one}"
        stamp, clamp_ms = operation.header.at.wall_ms, clamps[one]
        if stamp > world.now + CLAMP_AFTER_MS:
            assert clamp_ms is not None, f"not clamped: {one}"
        assert clamp_ms is None or clamp_ms <= world.now, f"clamped wrongly: {one}"


def _check_held(
    each: Carried, operations: Operations, *, forked: bool
) -> dict[str, Operation]:
    """A tablet holds all that was accepted, and what is its own and said to be so."""
    tablet = each.tablet
    missing = operations.keys() - tablet.known().keys()
    assert not missing, f"{each.name} lacks {missing}"
    own = {one: tablet.known()[one] for one in tablet.own_ids()}
    unsent = tablet.pending_ids()
    assert forked or not unsent, f"{each.name} keeps {unsent}"
    only_here = own.keys() - operations.keys()
    hidden = only_here - unsent - tablet.aside_ids()
    assert not hidden, f"{each.name} says that these are sent: {hidden}"
    return {**operations, **own}


def _check_author(world: World, wrote: Wrote) -> None:
    """Whoever writes replaces all that stood in view, and nothing unseen."""
    operation = wrote.operation
    head = operation.header
    before = [world.wrote[one].operation for one in wrote.seen if one in world.wrote]
    of_record = [one for one in before if one.header.record_id == head.record_id]
    stood = fold(of_record, {}, wrote.schema).get(head.record_id)
    for name in operation.fields:
        if policy(head.record_type, name).kind is Kind.APPEND:
            continue
        found = stood.fields.get(name) if stood is not None else None
        in_view = set(found.heads) if found is not None else set()
        replaced = set(operation.replaces.get(name, ()))
        assert in_view <= replaced, f"not replaced by {head.operation_id}: {in_view}"
        assert replaced <= wrote.seen, f"replaced unseen by {head.operation_id}"


def _require_same(name: str, documents: Mapping[str, Document], expected: View) -> None:
    found = views_of(documents)
    for record_id in expected.keys() | found.keys():
        here, there = found.get(record_id), expected.get(record_id)
        assert here == there, f"{name}, {record_id}:\n{here}\nand not\n{there}"
