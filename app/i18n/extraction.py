"""A Babel extraction method for the questionnaires and protocols in assets/.

A question's context is its questionnaire's canonical name, "#" and its link_id: one
English word may then have two translations. An instrument whose words may come only
from an official translation is not extracted: nobody may draft it by accident.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from app.core.questionnaire import (
    Questionnaire,
    load,
    load_protocol,
    translatable_strings,
)

# Validated instruments by LOINC code: PHQ-9, PHQ-2, PHQ-4, GAD-7.
VERBATIM = frozenset({"44249-1", "55757-9", "69724-3", "69737-5"})

Found = tuple[int, str, tuple[str, str], list[str]]


def questionnaires(
    fileobj: BinaryIO,
    keywords: Iterable[str],
    comment_tags: Iterable[str],
    options: Mapping[str, str],
) -> Iterator[Found]:
    """Yield each sentence of one JSON file as a message with its context."""
    del keywords, comment_tags, options  # Babel hands them in by these names.
    document = json.load(fileobj)
    for context, text in _strings(document):
        yield 1, "pgettext", (context, text), []


def is_verbatim(questionnaire: Questionnaire) -> bool:
    """Whether an instrument's words are its authors' alone."""
    return any(coding.code in VERBATIM for coding in questionnaire.codes)


def _strings(document: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """The sentences of a questionnaire or a protocol; a plan has none."""
    if document.get("resourceType") == "Questionnaire":
        questionnaire = load(document).questionnaire
        if is_verbatim(questionnaire):
            return ()
        return translatable_strings(questionnaire)
    if "protocol" in document:
        return load_protocol(document).translatable_strings()
    return ()
