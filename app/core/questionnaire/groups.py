"""What is wrong with a group: nothing in it, or too few or too many of it."""

from collections.abc import Iterable, Mapping

from app.core.questionnaire.answers import Answer, ItemPath
from app.core.questionnaire.checks import Problem, ProblemCode
from app.core.questionnaire.layout import Entry
from app.core.questionnaire.model import QuestionnaireItem
from app.core.questionnaire.run import Run


def problems(
    asked: Iterable[Entry], counted: Mapping[ItemPath, Answer], run: Run
) -> dict[ItemPath, tuple[Problem, ...]]:
    """Return the problems of the groups in which something is asked.

    Those of a repeating group stand at its first instance. As with answers, a least
    number holds once there is one, or where the group is required.
    """
    groups = [e for e in run.layout.entries if _is_limited(e.item)]
    if not groups:
        return {}
    parents = {entry.path: entry.parent for entry in run.layout.entries}
    open_ = {group for each in asked for group in _around(each.path, parents)}
    filled = {
        group
        for path, answer in counted.items()
        if not answer.is_empty
        for group in _around(path, parents)
    }
    found: dict[ItemPath, tuple[Problem, ...]] = {}
    for first, paths in _instances(groups, open_).items():
        item = run.questionnaire.index.by_link_id[first.link_id]
        count = sum(path in filled for path in paths)
        if (problem := _problem(item, count)) is not None:
            found[first] = (problem,)
    return found


def _is_limited(item: QuestionnaireItem) -> bool:
    limits = item.limits
    has_count = item.repeats and (limits.min_occurs or limits.max_occurs is not None)
    return not item.is_question and bool(item.required or has_count)


def _around(
    path: ItemPath, parents: Mapping[ItemPath, ItemPath | None]
) -> list[ItemPath]:
    found: list[ItemPath] = []
    parent = parents[path]
    while parent is not None:
        found.append(parent)
        parent = parents[parent]
    return found


def _instances(
    groups: Iterable[Entry], open_: set[ItemPath]
) -> dict[ItemPath, list[ItemPath]]:
    """Return the instances of each group that stand beside each other."""
    beside: dict[tuple[str, tuple[str, ...]], list[ItemPath]] = {}
    for entry in groups:
        path = entry.path
        if path in open_:
            place = path.instances[:-1] if entry.item.repeats else path.instances
            beside.setdefault((path.link_id, place), []).append(path)
    return {paths[0]: paths for paths in beside.values()}


def _problem(item: QuestionnaireItem, count: int) -> Problem | None:
    limits = item.limits
    if item.required and not count:
        return Problem(ProblemCode.REQUIRED)
    if item.repeats and count and count < (limits.min_occurs or 0):
        return Problem(ProblemCode.TOO_FEW, str(limits.min_occurs))
    most = limits.max_occurs if item.repeats else None
    if most is not None and count > most:
        return Problem(ProblemCode.TOO_MANY, str(most))
    return None
