"""A form in words: questions, answers, and what is missing said as such."""

import pytest

from app.clinic.library import read_library
from app.core.canonical import Json
from app.i18n import Translator
from app.ui.form_words import FormWords

PHQ9 = "https://tessera.example/Questionnaire/phq9|"
FORM = read_library().form(PHQ9)
WORDS = FormWords(Translator("en"), FORM, PHQ9)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"values": [], "absent": "asked-unknown"}, "Doesn’t know"),
        ({"values": [], "absent": "asked-declined"}, "Prefers not to say"),
        ({"values": []}, "No answer"),
        ({"values": [{"valueBoolean": True}]}, "Yes"),
    ],
)
def test_an_answer_is_told_in_words(answer: dict[str, Json], said: str) -> None:
    assert WORDS.answer(":/44250-9", answer)[1] == said


def test_an_answer_that_cannot_be_read_says_so() -> None:
    assert WORDS.answer("no path", {"values": []})[1] == "Can’t be read here"


def test_a_question_knows_its_place_and_an_unknown_one_comes_last() -> None:
    assert FORM is not None
    links = [item.link_id for item in FORM.questionnaire.walk()]
    assert [WORDS.place(f":{link}") for link in links] == list(range(len(links)))
    assert WORDS.place(":unheard-of") == len(links)


def test_a_total_that_is_missing_is_told_and_never_made_up() -> None:
    result: dict[str, Json] = {"total": None, "band": None, "missing": ["/44250-9"]}
    assert WORDS.result(result | {"missing": {"/44250-9": 1}}) == (
        "No total: answers are missing"
    )
