"""A screening's draft: what was answered and typed, as JSON and back."""

from collections.abc import Iterable, Mapping
from typing import cast

from app.clinic.answering import field_of
from app.clinic.drafting import Kept
from app.core.canonical import Json
from app.core.change import Change, Heads
from app.core.document_json import as_mapping
from app.core.questionnaire import (
    Answer,
    AnswerError,
    Answers,
    ItemPath,
    PathError,
)
from app.core.records import ANSWER_PREFIX
from app.core.values import InterpreterMode
from app.features.screening.doing import KeepDraft
from app.features.screening.entry import Slots
from app.features.screening.model import Intro


def content_of(draft: KeepDraft) -> dict[str, Json]:
    """Return a draft as JSON."""
    answers: dict[str, Json] = {
        path.encode(): None if answer is None else cast("Json", answer.to_json())
        for path, answer in draft.answers.items()
    }
    typed: dict[str, Json] = {
        path.encode(): dict(slots) for path, slots in draft.typed.items()
    }
    return {
        "intro": intro_to_json(draft.intro),
        "page": draft.page_key,
        "answers": answers,
        "typed": typed,
        "seen": {name: list(heads) for name, heads in draft.seen.items()},
        "is_intro": draft.is_intro,
    }


def intro_to_json(intro: Intro) -> dict[str, Json]:
    """Return the first page as JSON."""
    return {
        "language": intro.language,
        "mode": None if intro.mode is None else intro.mode.value,
        "name": intro.name,
        "company": intro.company,
    }


def intro_from_json(value: Json) -> Intro:
    """Read the first page."""
    members = as_mapping(value)
    mode = members.get("mode")
    return Intro(
        language=str(members.get("language") or ""),
        mode=InterpreterMode(str(mode)) if mode in set(InterpreterMode) else None,
        name=str(members.get("name") or ""),
        company=str(members.get("company") or ""),
    )


def answers_from_json(value: Json) -> dict[ItemPath, Answer | None]:
    """Read answers; one that this version cannot read is left out."""
    found: dict[ItemPath, Answer | None] = {}
    for key, stored in as_mapping(value).items():
        try:
            path = ItemPath.decode(key)
            found[path] = None if stored is None else Answer.from_json(stored)
        except (PathError, AnswerError):
            continue
    return found


def seen_from_json(value: Json, changes: Iterable[ItemPath]) -> dict[str, Heads]:
    """Read what was seen when the answers of a draft were given."""
    kept = as_mapping(value)
    found: dict[str, Heads] = {}
    for name in map(field_of, changes):
        heads = kept.get(name)
        ids = heads if isinstance(heads, list | tuple) else ()
        found[name] = tuple(str(each) for each in ids)
    return found


def typed_from_json(value: Json) -> dict[ItemPath, Slots]:
    """Read what was typed."""
    found: dict[ItemPath, Slots] = {}
    for key, slots in as_mapping(value).items():
        try:
            path = ItemPath.decode(key)
        except PathError:
            continue
        members = as_mapping(slots)
        found[path] = tuple(sorted((name, str(t)) for name, t in members.items()))
    return found


def over(saved: Answers, changes: Mapping[ItemPath, Answer | None]) -> Answers:
    """Return the record's answers with what is not saved yet laid over them."""
    found = dict(saved)
    for path, answer in changes.items():
        if answer is None:
            found.pop(path, None)
        else:
            found[path] = answer
    return Answers(found)


def by_author(change: Change, kept: Kept | None, saver: str) -> dict[str, Change]:
    """Part a change by who answered; the saver's part is always there.

    An answer that stands in the draft as somebody left it there is theirs.
    """
    parts = {saver: Change()}
    for key, fields in change.writes.items():
        for name, value in fields.items():
            author = None if kept is None else _author(kept, name, value)
            seen = {n: ids for n, ids in change.seen.get(key, {}).items() if n == name}
            parts.setdefault(author or saver, Change()).set(key, {name: value}, seen)
    return parts


_OF_THE_RULES = frozenset({"asked", "flags", "positive", "author"})
"""Members of a saved answer that nobody typed."""


def _author(kept: Kept, field: str, value: Json) -> str | None:
    if not field.startswith(ANSWER_PREFIX):
        return None
    path = field.removeprefix(ANSWER_PREFIX)
    members = as_mapping(value).items()
    said = {name: each for name, each in members if name not in _OF_THE_RULES}
    return kept.author_of("answers", path, None if value is None else said)
