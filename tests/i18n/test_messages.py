"""Each code has a sentence, in each language."""

import pytest

from app.core.problems import ProblemCode
from app.i18n import Review, Translator, messages, sync_words

TAGS = ("en", "fr", "ar", "ti")


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_problem_has_a_sentence(code: ProblemCode, tag: str) -> None:
    t = Translator(tag)
    sentence = messages.problem(t, code)
    assert sentence
    assert not t.missing


def test_sentences_tell_the_problems_apart() -> None:
    t = Translator("en")
    sentences = {messages.problem(t, code) for code in ProblemCode}
    assert len(sentences) == len(ProblemCode)


def test_a_code_of_a_newer_server_is_named_as_it_is() -> None:
    assert messages.problem(Translator("en"), "moon-full") == (
        "Something went wrong. Tell your administrator: moon-full"
    )


@pytest.mark.parametrize("review", list(Review))
def test_every_review_state_has_a_sentence(review: Review) -> None:
    t = Translator("ar")
    assert messages.review_state(t, review)
    assert not t.missing


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 100, 1000])
def test_outcomes_are_said_for_any_count(tag: str, count: int) -> None:
    t = Translator(tag)
    for sentence in (
        sync_words.sent(t, count),
        sync_words.received(t, count),
        sync_words.only_here(t, count),
    ):
        assert sentence
        assert "{" not in sentence
    assert not t.missing


def test_a_count_of_nothing_is_a_sentence_of_its_own() -> None:
    t = Translator("en")
    assert sync_words.sent(t, 0) == "There was nothing to send."
    assert sync_words.sent(t, 1) == "1 change was sent."
    assert sync_words.sent(t, 2000) == "2,000 changes were sent."


def test_what_was_set_aside_says_why() -> None:
    said = sync_words.set_aside(Translator("en"), 2, ProblemCode.ERASED)
    assert said.startswith("2 changes were set aside: This person’s data was erased")
