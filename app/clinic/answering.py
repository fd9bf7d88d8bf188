"""Writing a page of answers: what they say, and the dangers that stay with them.

A red flag that was raised stays with its answer until that answer is given anew, or
one that decides about the flag. Neither an age, nor newer rules, nor what somebody
else wrote meanwhile takes it away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from app.clinic.library import Form
from app.clinic.screening import Asked
from app.core.canonical import Json
from app.core.change import Change, Heads, RecordKey
from app.core.questionnaire import (
    Answer,
    Answers,
    ItemPath,
    RedFlag,
    decides,
    flag_of,
    is_symptom,
)
from app.core.questionnaire.protocol import RedFlagRule
from app.core.records import ANSWER_PREFIX

NOTHING_SAID = Answers()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page was left with: the answers that changed, and what is raised now.

    None takes an answer away: that of an instance that was removed. `before` are the
    answers of the record by their `authors`, `disputed` those that will conflict, and
    `seen` the heads of each field that whoever answered saw.
    """

    form: Form
    answers: Mapping[ItemPath, Answer | None]
    flags: tuple[RedFlag, ...]
    asked: Asked
    before: Answers = NOTHING_SAID
    disputed: frozenset[ItemPath] = frozenset()
    seen: Mapping[str, Heads] = field(default_factory=dict)
    authors: Mapping[ItemPath, str] = field(default_factory=dict)


def field_of(path: ItemPath) -> str:
    """Return the field of a response that holds an answer."""
    return f"{ANSWER_PREFIX}{path.encode()}"


def save_page(key: RecordKey, page: Page) -> Change:
    """Write the answers of a page, each with its languages and its red flags.

    An answer that did not change is written again only where its red flags do, as it
    was asked and by whom.
    """
    fields: dict[str, Json] = {}
    for path, answer in page.before.items():
        if path not in page.answers:
            now = _stays(page, path, answer)
            if now != _flags(answer):
                stored = _stored(page, path, answer, now)
                fields[field_of(path)] = {**stored, **_author(page, path)}
    for path, given in page.answers.items():
        if given is None:
            fields[field_of(path)] = None
            continue
        codes = _raised(page, path) | _unknown(page, page.before.get(path, given))
        stored = _stored(page, path, given, codes)
        fields[field_of(path)] = {**stored, "asked": page.asked.to_json()}
    change = Change()
    if fields:
        seen = {name: page.seen.get(name, ()) for name in fields}
        change.set(key, fields, seen)
    return change


def _author(page: Page, path: ItemPath) -> dict[str, Json]:
    return {"author": page.authors[path]} if path in page.authors else {}


def standing(page: Page) -> tuple[RedFlag, ...]:
    """Return the flags that nothing raises any more, and that stay all the same."""
    protocol, rules = page.form.protocol, _rules(page)
    if protocol is None:
        return ()
    return tuple(
        flag_of(protocol, rules[code], path)
        for path, answer in page.before.items()
        if path not in page.answers and _flags(answer)
        for code in sorted(_stays(page, path, answer) - _raised(page, path))
        if code in rules
    )


def _stays(page: Page, path: ItemPath, answer: Answer) -> frozenset[str]:
    """Return the flags of an answer that nobody gave anew."""
    rules, raised = _rules(page), {flag.code for flag in page.flags}
    kept = {
        code
        for code in _flags(answer)
        if code in raised or code not in rules or not _is_taken(page, rules[code])
    }
    return frozenset(kept) | _raised(page, path)


def _is_taken(page: Page, rule: RedFlagRule) -> bool:
    """Tell whether an answer given here took a flag away, and nobody disputes it."""
    deciding = decides(rule, page.form.questionnaire)
    is_changed = any(path.link_id in deciding for path in page.answers)
    return is_changed and not any(path.link_id in deciding for path in page.disputed)


def _raised(page: Page, path: ItemPath) -> frozenset[str]:
    return frozenset(flag.code for flag in page.flags if flag.path == path)


def _unknown(page: Page, answer: Answer) -> frozenset[str]:
    """Return the flags that these rules do not know, and so can't judge."""
    return _flags(answer) - _rules(page).keys()


def _rules(page: Page) -> dict[str, RedFlagRule]:
    protocol = page.form.protocol
    return {rule.code: rule for rule in protocol.red_flags} if protocol else {}


def _flags(answer: Answer) -> frozenset[str]:
    found = answer.extra.get("flags")
    if not isinstance(found, tuple):
        return frozenset()
    return frozenset(code for code in found if isinstance(code, str))


def _stored(
    page: Page, path: ItemPath, answer: Answer, codes: frozenset[str]
) -> dict[str, Json]:
    """Return an answer as it is kept: `positive` is never lost in a conflict."""
    stored = cast("dict[str, Json]", answer.to_json())
    protocol = page.form.protocol
    is_positive = protocol is not None and is_symptom(protocol, path, answer)
    stored.pop("flags", None)
    stored.pop("positive", None)
    if codes:
        stored["flags"] = sorted(codes)
    if codes or is_positive:
        stored["positive"] = True
    return stored
