"""What whoever answers has seen: an answer replaces that, and nothing else."""

from collections.abc import Collection, Mapping

from app.clinic.answering import Page as SavedPage
from app.clinic.answering import field_of, standing
from app.clinic.library import Form
from app.clinic.screening import flags_of, said
from app.core.change import Heads
from app.core.questionnaire import Answer, ItemPath, RedFlag
from app.features.screening.model import Loaded, Model, Written


def seen_at(loaded: Loaded, kept: Mapping[str, Heads]) -> dict[str, Heads]:
    """Return what is seen of a record: what stands there now, but for what is kept."""
    return {**loaded.heads, **kept}


def seen_of(model: Model, changes: Collection[ItemPath]) -> dict[str, Heads]:
    """Return what was seen when the answers that are not saved yet were given."""
    names = (field_of(path) for path in changes)
    return {name: model.seen.get(name, ()) for name in names}


def seen_with_own(
    model: Model, loaded: Loaded, changes: Collection[ItemPath]
) -> dict[str, Heads]:
    """Return the same, and what this screen itself handed over meanwhile."""
    found = seen_of(model, changes)
    for path in changes:
        if path in model.handed:
            own = (
                each.operation_id
                for each in _unseen(model, path, loaded.written.get(path, ()))
                if each.is_from_here and said(each.answer) == said(model.handed[path])
            )
            found[field_of(path)] = (*found[field_of(path)], *own)
    return found


def still_mine(model: Model, loaded: Loaded) -> dict[ItemPath, Answer | None]:
    """Return the answers given here that the record does not have by now."""
    return {
        path: answer
        for path, answer in model.changes.items()
        if not any(
            said(each.answer) == said(answer)
            for each in _unseen(model, path, loaded.written.get(path, ()))
        )
    }


def others(
    model: Model, path: ItemPath, mine: Answer, *, is_changed: bool
) -> tuple[Written, ...]:
    """Return what else stands at a question and says something different."""
    written = model.loaded.written.get(path, ()) if model.loaded else ()
    found = _unseen(model, path, written) if is_changed else written
    return tuple(each for each in found if said(each.answer) != said(mine))


def page_of(model: Model, form: Form) -> SavedPage:
    """Return what there is to save, with the flags that are raised or stay."""
    loaded, state, changes = model.loaded, model.state, model.changes
    if loaded is None or state is None:
        return SavedPage(form, {}, (), model.asked)
    disputed = (
        path
        for path in loaded.written
        if others(
            model, path, state.answers.get(path, Answer()), is_changed=path in changes
        )
    )
    return SavedPage(
        form=form,
        answers=changes,
        flags=flags_of(form, state, loaded.age),
        asked=model.asked,
        before=loaded.saved,
        disputed=frozenset(disputed),
        seen=model.seen,
        authors=loaded.authors,
    )


def flags_shown(model: Model, form: Form) -> tuple[RedFlag, ...]:
    """Return the red flags that are raised, and those that stay all the same."""
    page = page_of(model, form)
    return (*page.flags, *standing(page))


def _unseen(
    model: Model, path: ItemPath, written: tuple[Written, ...]
) -> tuple[Written, ...]:
    seen = model.seen.get(field_of(path), ())
    return tuple(each for each in written if each.operation_id not in seen)
