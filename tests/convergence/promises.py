"""What must hold when a story has ended, whatever broke in it."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from app.core.merge import Document, Kind
from app.core.operation import Operation
from app.core.records import policy
from app.core.unit_check import to_text
from tests.convergence.carried import Carried, Wrote
from tests.convergence.faults import Fault
from tests.convergence.oracle import View, fold, views_of
from tests.convergence.real_log import RealLog
from tests.convergence.story import Story
from tests.convergence.vault_tablet import VaultTablet
from tests.convergence.world import World

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
    _check_erased(world)
    expected = fold(operations.values(), clamps, world.server.schema, refused)
    _require_same("the server", world.server.all_documents(), expected)
    for each, report in zip(world.everybody, reports, strict=True):
        assert report.succeeded, f"{each.name}: {report.failure}"
        assert not report.differed, f"{each.name} counts otherwise: {report.differed}"
        held = _check_held(world, each, operations)
        here = fold(held.values(), clamps, each.tablet.schema, refused)
        _require_same(each.name, each.tablet.all_documents(), here)
        _check_count(world, each)
    for wrote in world.wrote.values():
        _check_author(world, wrote)


def _check_log(world: World, operations: Operations, clamps: Clamps) -> None:
    """Nothing acknowledged is lost, nothing is invented, changed or unclamped."""
    missing = world.acknowledged - operations.keys()
    lost = {one for one in missing if not world.is_of_erased(one)}
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
    world: World, each: Carried, operations: Operations
) -> dict[str, Operation]:
    """A tablet holds all that was accepted, and what is its own and said to be so."""
    tablet = each.tablet
    unsent = tablet.pending_ids()
    assert not unsent, f"{each.name} keeps {unsent}"
    known = tablet.known()
    own = {one: known[one] for one in tablet.own_ids() if one in known}
    hidden = own.keys() - operations.keys() - tablet.aside_ids()
    assert not hidden, f"{each.name} says that these are sent: {hidden}"
    if isinstance(tablet, VaultTablet):
        return {**_in_scope(world, each, tablet, operations), **own}
    missing = operations.keys() - known.keys()
    assert not missing, f"{each.name} lacks {missing}"
    return {**operations, **own}


def _in_scope(
    world: World, each: Carried, tablet: VaultTablet, operations: Operations
) -> dict[str, Operation]:
    """What a tablet is to hold: its site's patients, but for those who left it."""
    assert isinstance(world.server, RealLog)
    held = world.server.members(each.name) - tablet.left()
    return {i: one for i, one in operations.items() if one.header.patient_id in held}


def _check_count(world: World, each: Carried) -> None:
    """A tablet counts what the server counts, or waits: no difference stays unseen."""
    if isinstance(each.tablet, VaultTablet) and isinstance(world.server, RealLog):
        total, theirs = each.tablet.vault.total(), world.server.checks(each.name).check
        assert total is None or to_text(total) == theirs, f"{each.name} counts {total}"


def _check_erased(world: World) -> None:
    """Who was erased is nowhere, and everybody was told."""
    for each in world.everybody:
        if isinstance(each.tablet, VaultTablet):
            missed = world.erased - each.tablet.erased()
            assert not missed, f"{each.name} did not hear of {missed}"
            there = [who for who in world.erased if each.tablet.holds(who)]
            assert not there, f"{each.name} still holds {there}"


def _check_author(world: World, wrote: Wrote) -> None:
    """Whoever writes replaces all that stood in view, and nothing unseen."""
    operation = wrote.operation
    head = operation.header
    for name in operation.fields:
        if policy(head.record_type, name).kind is Kind.APPEND:
            continue
        seen = {one for field, one in wrote.seen if field == name}
        before = [world.wrote[one].operation for one in seen if one in world.wrote]
        of_record = [one for one in before if one.header.record_id == head.record_id]
        stood = fold(of_record, {}, wrote.schema).get(head.record_id)
        found = stood.fields.get(name) if stood is not None else None
        in_view = set(found.heads) if found is not None else set()
        replaced = set(operation.replaces.get(name, ()))
        assert in_view <= replaced, f"not replaced by {head.operation_id}: {in_view}"
        assert replaced <= seen, f"replaced unseen by {head.operation_id}"


def _require_same(name: str, documents: Mapping[str, Document], expected: View) -> None:
    found = views_of(documents)
    for record_id in expected.keys() | found.keys():
        here, there = found.get(record_id), expected.get(record_id)
        assert here == there, f"{name}, {record_id}:\n{here}\nand not\n{there}"
