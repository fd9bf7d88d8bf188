"""Texts in the languages there are, and pages."""

from app.core.questionnaire import YES, Text, load, translatable_strings
from tests.core.questionnaire.forms import (
    STRUCTURE,
    asset,
    at,
    fixture_form,
    form,
    item,
    resource,
    rule,
    state_of,
)
from tests.core.questionnaire.forms import answered as given


def translated(**languages: str) -> dict[str, object]:
    return {
        "extension": [
            {
                "url": f"{STRUCTURE}translation",
                "extension": [
                    {"url": "lang", "valueCode": language},
                    {"url": "content", "valueString": content},
                ],
            }
            for language, content in languages.items()
        ]
    }


def catalogue(context: str, text: str) -> str | None:
    known = {("https://example.org/q#a", "Cough?"): "ሰዓል?"}
    return known.get((context, text))


def test_a_text_comes_in_the_best_language_there_is() -> None:
    question = item("a", text="Cough?", _text=translated(ar="سعال؟", fr="Toux ?"))
    text = form(question).items[0].text
    assert text is not None
    assert text.text_in("en-GB") == ("Cough?", "en")
    assert text.text_in("ar") == ("سعال؟", "ar")
    assert text.text_in("fr-FR", catalogue) == ("Toux ?", "fr")
    assert text.text_in("ti", catalogue) == ("ሰዓል?", "ti")
    assert text.text_in("ti") == ("Cough?", "en")
    assert Text("x", "c", "ar").text_in("en", catalogue) == ("x", "ar")


def test_options_bring_their_translations_and_bad_ones_are_passed_over() -> None:
    option = {
        "valueCoding": {
            "code": "y",
            "display": "Yes",
            "_display": {**translated(fr="Oui"), "id": "x"},
        }
    }
    broken = {"extension": [{"url": f"{STRUCTURE}translation"}]}
    questionnaire = form(
        item(
            "a", "choice", answerOption=[option], text="Well?", _text=broken, prefix="1"
        )
    )
    question = questionnaire.items[0]
    assert question.options[0].text.text_in("fr") == ("Oui", "fr")
    assert question.text is not None
    assert question.text.translations == ()


def test_all_that_people_read_is_given_for_translation_once() -> None:
    questionnaire = load(asset("questionnaires/vital-signs.json")).questionnaire
    found = list(translatable_strings(questionnaire))
    url = "https://tessera.example/Questionnaire/vital-signs"
    assert (f"{url}#", "Vital signs") in found
    assert (f"{url}#consciousness", "Awake and alert") in found
    assert len(found) == len(set(found)) == 19


def test_sentences_of_conditions_are_translated_too() -> None:
    constraint = {
        "url": f"{STRUCTURE}questionnaire-constraint",
        "extension": [
            {"url": "expression", "valueString": "true"},
            {"url": "human", "valueString": "Too much."},
        ],
    }
    questionnaire = form(item("a", extension=[constraint]), item("b", text=" "))
    assert list(translatable_strings(questionnaire)) == [
        ("https://example.org/q#a", "Too much.")
    ]


def test_a_text_says_in_which_language_the_form_is_written() -> None:
    questionnaire = load(
        resource(item("a", text="Toux ?"), language="fr")
    ).questionnaire
    text = questionnaire.items[0].text
    assert text is not None
    assert text.text_in("en") == ("Toux ?", "fr")


def test_options_show_what_they_hold() -> None:
    options = [
        {"valueString": "A"},
        {"valueInteger": 12},
        {"valueDate": "2022"},
        {"valueQuantity": {"value": 5, "unit": "kg"}},
        {"valueCoding": {"code": "only"}},
    ]
    question = form(item("a", "open-choice", answerOption=options)).items[0]
    labels = [option.text.source for option in question.options]
    assert labels == ["A", "12", "2022", "5 kg", "only"]


def test_each_outer_group_is_a_page_and_loose_questions_make_some() -> None:
    loose = [item(f"l{n}") for n in range(8)]
    questionnaire = form(
        *loose,
        item("g", "group", text="Group", item=[item("x"), item("y")]),
        item("z"),
    )
    pages = state_of(questionnaire).pages
    assert [page.key for page in pages] == [":l0", ":l6", ":g", ":z"]
    assert [len(page.entries) for page in pages] == [6, 2, 3, 1]
    assert [page.title and page.title.source for page in pages] == [
        None,
        None,
        "Group",
        None,
    ]


def test_a_long_group_around_everything_is_divided() -> None:
    pages = state_of(fixture_form("lforms/bit-of-everything.json")).pages
    assert len(pages) == 3
    assert {page.title.source for page in pages if page.title} == {"Bit of Everything"}


def test_pages_without_anything_to_read_are_left_out() -> None:
    hidden = {"url": f"{STRUCTURE}questionnaire-hidden", "valueBoolean": True}
    questionnaire = form(
        item("a"),
        item(
            "g",
            "group",
            item=[item("b", enableWhen=[rule("a", "=", answerBoolean=True)])],
        ),
        item("h", "group", extension=[hidden], item=[item("c")]),
        item("e", "group"),
    )
    assert [page.key for page in state_of(questionnaire).pages] == [":a"]
    assert [page.key for page in state_of(questionnaire, given({"a": YES})).pages] == [
        ":a",
        ":g",
    ]
    assert state_of(questionnaire).total == 1
    assert state_of(questionnaire).is_enabled(at("c"))
