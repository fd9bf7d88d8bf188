"""Twelve rules on which the promises of sync stand, and six more: how each is broken.

A mutation is a patch of the source, word for word, and the tests that must turn red.
"""

from dataclasses import dataclass
from pathlib import Path

_SEED = (
    "tests/convergence/test_simulation.py::"
    "test_everybody_comes_to_the_same_records_and_no_value_is_lost[{}]"
)


class PatchError(ValueError):
    """The text that a mutation changes is gone, or stands there more than once."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Texts of one file, and what each is replaced by."""

    path: str
    changes: tuple[tuple[str, str], ...]

    def applied(self, root: Path) -> str:
        """Return the file's text with the patch; raise PatchError if it fits not."""
        text = (root / self.path).read_text(encoding="utf-8")
        for old, new in self.changes:
            if text.count(old) != 1:
                raise PatchError(f"{self.path}: {text.count(old)} times: {old}")
            text = text.replace(old, new)
        return text


@dataclass(frozen=True, slots=True)
class Mutation:
    """One rule broken, and who must notice."""

    name: str
    patch: Patch
    tests: tuple[str, ...]


def _patch(path: str, *texts: str) -> Patch:
    """A patch of a file: each text, and what it is replaced by."""
    return Patch(path, tuple(zip(texts[::2], texts[1::2], strict=True)))


def _seeds(*seeds: int) -> tuple[str, ...]:
    return tuple(_SEED.format(seed) for seed in seeds)


MUTATIONS = (
    Mutation(
        "no base check",
        _patch(
            "app/core/merge.py",
            "heads = {k: w for k, w in self.heads.items() if k not in replaced}",
            "heads = dict(self.heads)",
        ),
        _seeds(0, 1, 2),
    ),
    Mutation(
        "latest-wins instead of heads",
        _patch(
            "app/core/merge.py",
            "        return FieldState(heads, replaced)\n",
            "        newest = sorted(heads.values(), key=lambda w: w.order)[-1:]\n"
            "        newest_of = {w.operation_id: w for w in newest}\n"
            "        return FieldState(newest_of, replaced)\n",
        ),
        _seeds(0, 1, 2),
    ),
    Mutation(
        "no idempotence",
        _patch(
            "sync_server/services/changes.py",
            "        if known.has(one):\n",
            "        if known.has(one) and not one.digest:\n",
            "    if one.operation_id in known.operations:\n",
            "    if not one.digest:\n",
        ),
        (
            "tests/server/test_ingest.py::test_the_same_batch_again_is_all_duplicates",
            *_seeds(3, 18),
        ),
    ),
    Mutation(
        "no advisory lock",
        _patch(
            "sync_server/database.py",
            '            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)",'
            " (LOG_LOCK,))\n",
            "            return\n",
        ),
        (
            "tests/server/test_feed.py::test_a_second_writer_waits_for_the_lock_of_the_log",
            "tests/server/test_feed.py::test_a_reader_misses_nothing_while_many_write",
        ),
    ),
    Mutation(
        "no fork check",
        _patch(
            "sync_server/services/device_chain.py",
            "    if number and batch.head_at(number).digest != mine:\n",
            "    if number and batch.head_at(number).digest is mine is None:\n",
        ),
        (
            "tests/server/test_ingest.py::"
            "test_another_operation_under_a_number_that_is_held_is_a_fork",
            "tests/server/test_ingest.py::"
            "test_a_batch_after_another_head_than_the_one_held_is_a_fork",
        ),
    ),
    Mutation(
        "no authenticated context",
        _patch(
            "app/storage/sealing.py",
            "encrypt(nonce, _pad(raw), kind + where)",
            "encrypt(nonce, _pad(raw), kind)",
            "encrypt(nonce, padded, kind + to)",
            "encrypt(nonce, padded, kind)",
            "decrypt(nonce, sealed[_HEAD_BYTES:], sealed[:1] + where)",
            "decrypt(nonce, sealed[_HEAD_BYTES:], sealed[:1])",
        ),
        ("tests/storage/test_tampering.py",),
    ),
    Mutation(
        "acknowledgement by count instead of by id",
        _patch(
            "app/storage/outbox.py",
            "    plain = {o.operation_id for o in answer.outcomes if _is_plain(o)}\n",
            '    where = "WHERE state = 0 ORDER BY number"\n'
            "    waiting = [*unit.rows.select_operations(unit.driver, where)]\n"
            "    pairs = [*zip(waiting, answer.outcomes, strict=False)]\n"
            "    plain = {s.header.operation_id for s, o in pairs if _is_plain(o)}\n",
            "    for outcome in answer.outcomes:\n"
            "        if outcome.operation_id in done:\n",
            "    for stored, outcome in pairs:\n"
            "        if stored.header.operation_id in done:\n",
            "        stored = unit.rows.operation(unit.driver, outcome.operation_id)\n",
            "",
        ),
        ("tests/storage/test_answers_in_any_order.py",),
    ),
    Mutation(
        "cursor by time",
        _patch(
            "sync_server/services/feed.py",
            "    query = select(*_COLUMNS).where(in_scope,"
            " OPERATION.c.sequence > after)\n",
            "    at = select(OPERATION.c.received_at).where(\n"
            "        OPERATION.c.sequence == after\n"
            "    )\n"
            "    after_ms = at.scalar_subquery()\n"
            "    is_new = (OPERATION.c.received_at > after_ms) | (after == 0)\n"
            "    query = select(*_COLUMNS).where(in_scope, is_new)\n",
        ),
        (
            "tests/server/test_feed.py::test_pages_follow_each_other_and_end",
            *_seeds(3, 18),
        ),
    ),
    Mutation(
        "a change split",
        _patch(
            "app/storage/links.py",
            "    return [head, *islice(links, head.size_of_change - head.index - 1)]\n",
            "    return [head, *islice(links, 0)]\n",
            "        return self.index == self.size_of_change - 1\n",
            "        return True\n",
        ),
        ("tests/storage/test_outbox.py::test_a_change_is_never_split", *_seeds(7, 13)),
    ),
    Mutation(
        "set-aside operations forgotten in `replaces`",
        _patch(
            "sync_server/services/fold.py",
            "    return {name: _reached(name, ids, aside)"
            " for name, ids in replaces.items()}\n",
            "    return {name: tuple(ids) for name, ids in replaces.items()}\n",
        ),
        ("tests/server/test_set_aside_replacements.py",),
    ),
    Mutation(
        "the epoch ignored",
        _patch(
            "sync_server/services/feed.py",
            "    if given != _Position.at(epoch, site_id, row.first()):\n",
            "    if row.first() is None and given.sequence < 0:\n",
        ),
        (
            "tests/server/test_feed.py::test_a_cursor_of_another_epoch_is_refused",
            *_seeds(3, 18),
        ),
    ),
    Mutation(
        "clamping not carried",
        _patch(
            "sync_server/services/feed.py",
            "            clamp_ms=row.clamp_ms,\n",
            "            clamp_ms=None,\n",
        ),
        (
            "tests/convergence/test_simulation.py::"
            "test_a_clamp_reaches_who_reads_the_feed",
        ),
    ),
    Mutation(
        "what an unaccepted operation replaced forgotten by who writes over it",
        _patch(
            "app/storage/vault_records.py",
            "        built = replacing_unaccepted(built, unit.unaccepted)\n",
            "",
        ),
        ("tests/storage/test_written_over.py", *_seeds(7, 13)),
    ),
    Mutation(
        "what a server fell back behind forgotten where its chain is as long",
        _patch(
            "app/sync/engine.py",
            "        refused = self._vault.offer_refused(status.set_aside)\n",
            "        refused = 0\n",
        ),
        ("tests/convergence/test_once_failed.py",),
    ),
    Mutation(
        "a damaged body read",
        _patch(
            "app/sync/digested.py",
            "        if not is_digest(given, self._sum.digest()):\n",
            "        if not given:\n",
        ),
        ("tests/sync/test_digested.py",),
    ),
    Mutation(
        "half of somebody who left taken for all of them",
        _patch(
            "app/storage/vault_sync.py",
            '            want(parts, unit, frozenset(back) - {""})\n',
            "            want(parts, unit, frozenset())\n",
        ),
        (
            "tests/sync/test_scope.py::"
            "test_who_left_in_the_middle_of_a_first_sync_comes_back_whole",
        ),
    ),
    Mutation(
        "the clamps of a later page ignored",
        _patch(
            "app/storage/document_pages.py",
            "    merged = _clamped(folded(_joined(known, document), log), document)\n",
            "    merged = folded(_joined(known, document), log)\n",
        ),
        (
            "tests/storage/test_document_pages.py::"
            "test_of_a_clamp_what_the_last_page_says_counts",
        ),
    ),
    Mutation(
        "who left and was erased counted on",
        _patch(
            "app/storage/vault_scope.py",
            "        gone = [total for whose, total in left.items()"
            " if whose not in parts.erased]\n",
            "        gone = [*left.values()]\n",
        ),
        (
            "tests/sync/test_scope.py::"
            "test_who_left_and_was_erased_then_counts_on_neither_side",
        ),
    ),
)
"""The first twelve are the ones that were named before any test was written."""
