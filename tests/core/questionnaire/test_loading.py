"""Loading: usable with notes, or refused with a reason, and never anything else."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.questionnaire import (
    Answer,
    Coding,
    ItemType,
    NoteCode,
    QuestionnaireRefusedError,
    Value,
    evaluate,
    initial_answers,
    load,
)
from app.core.questionnaire.loading import MAX_DEPTH, MAX_ITEMS
from tests.core.questionnaire.forms import (
    LOOP,
    SDC,
    STRUCTURE,
    answers,
    calculated,
    codes,
    fixture_form,
    fixture_json,
    fixture_names,
    form,
    item,
    resource,
    rule,
    state_of,
)

REFERENCE = "http://hl7.org/fhir/StructureDefinition/"


def notes(*items: dict[str, object], **more: object) -> list[tuple[str, str]]:
    found = load(resource(*items, **more)).notes
    return [(note.link_id, note.code.value) for note in found]


def refusal(document: object) -> tuple[str, str | None]:
    with pytest.raises(QuestionnaireRefusedError) as caught:
        load(document)
    return caught.value.reason.value, caught.value.link_id


@pytest.mark.parametrize("name", [n for n in fixture_names() if n != LOOP])
def test_a_questionnaire_of_others_loads(name: str) -> None:
    assert load(fixture_json(name)).questionnaire.items


def test_the_loop_of_skip_rules_is_refused_by_name() -> None:
    assert refusal(fixture_json(LOOP)) == ("enable-when-loop", "item1")


def test_an_item_that_asks_about_itself_is_a_loop() -> None:
    own = item("a", enableWhen=[rule("a", "exists", answerBoolean=True)])
    assert refusal(resource(own)) == ("enable-when-loop", "a")


@pytest.mark.parametrize(
    ("document", "reason", "link_id"),
    [
        ([], "not-a-questionnaire", None),
        ({"resourceType": "Patient"}, "not-a-questionnaire", None),
        ({"resourceType": 7}, "not-a-questionnaire", None),
        (resource(), "no-items", None),
        ({"resourceType": "Questionnaire", "item": {}}, "malformed", None),
        (resource(item("a", item="b")), "malformed", "a"),
        (resource(item("a", item=[7])), "malformed", "a"),
        (resource({"linkId": 7, "type": "boolean"}), "malformed", None),
        (resource(item("a", "colour")), "unknown-item-type", "a"),
        (resource({"linkId": "a"}), "unknown-item-type", "a"),
        (resource({"linkId": "a", "type": []}), "unknown-item-type", "a"),
        (resource(item("a"), item("a")), "duplicate-link-id", "a"),
        (resource(*[item(f"i{n}") for n in range(MAX_ITEMS + 1)]), "too-large", None),
    ],
)
def test_what_is_no_usable_questionnaire_is_refused(
    document: object, reason: str, link_id: str | None
) -> None:
    assert refusal(document) == (reason, link_id)


def test_a_questionnaire_that_is_too_deep_is_refused() -> None:
    inner = item("last")
    for depth in range(MAX_DEPTH):
        inner = item(f"g{depth}", "group", item=[inner])
    assert refusal(resource(inner)) == ("too-deep", "last")


def test_a_missing_link_id_is_made_up_and_noted() -> None:
    loaded = load(resource({"type": "boolean", "text": "Cough?"}, item("item-1")))
    assert [each.link_id for each in loaded.questionnaire.items] == ["item-2", "item-1"]
    assert loaded.notes[0].code is NoteCode.LINK_ID_MADE_UP


def test_options_on_a_terminology_server_are_noted_and_asked_as_text() -> None:
    loaded = load(fixture_json("lforms/brokenValueSet.json"))
    assert [note.code for note in loaded.notes] == [
        NoteCode.LINK_ID_MADE_UP,
        NoteCode.OPTIONS_ELSEWHERE,
    ]
    (question,) = loaded.questionnaire.items
    assert question.asked_as_text
    given = answers(**{question.link_id: Value.string("aches")})
    assert dict(state_of(loaded.questionnaire, given).problems) == {}


def test_contained_value_sets_are_resolved_with_their_weights() -> None:
    argonaut = fixture_form("lforms/argonaut-phq9-ish.json")
    for link_id in ("g1.q1", "g1.q9"):
        found = argonaut.item(link_id)
        assert found is not None
        assert [option.weight for option in found.options] == ["0", "1", "2", "3"]
        assert found.options[0].text.source == "Not at all"
    second = argonaut.item("g1.q2")
    assert second is not None
    assert second.prefix == "2."


@pytest.mark.parametrize(
    ("value_set", "found"),
    [
        ({"expansion": {"contains": [{"code": "a"}]}}, ["a"]),
        (
            {
                "expansion": {
                    "contains": [
                        {"code": "x", "abstract": True, "contains": [{"code": "b"}]},
                        {"code": "c"},
                    ]
                }
            },
            ["b", "c"],
        ),
        (
            {"compose": {"include": [{"system": "s", "concept": [{"code": "d"}]}]}},
            ["d"],
        ),
        ({"compose": {"include": [{"concept": [{"display": "e"}]}]}}, [None]),
        ({"compose": {"include": [{"system": "s"}]}}, []),
        ({"compose": {"include": [{"concept": [{"code": "a"}]}], "exclude": [{}]}}, []),
        ({"compose": 7}, []),
        ({"expansion": {}}, []),
    ],
)
def test_a_value_set_gives_the_options_that_it_lists(
    value_set: dict[str, object], found: list[str | None]
) -> None:
    contained = {"resourceType": "ValueSet", "id": "v", "url": "https://v", **value_set}
    for name in ("#v", "https://v", "https://v|2"):
        questionnaire = form(
            item("a", "choice", answerValueSet=name),
            contained=[contained, {"resourceType": "Patient"}],
        )
        options = questionnaire.items[0].options
        given = [option.value.as_coding for option in options]
        assert [each.code for each in given if each] == found


def test_a_choice_without_options_is_noted_and_an_open_one_is_not() -> None:
    by_server = {"url": f"{SDC}sdc-questionnaire-answerExpression"}
    assert notes(
        item("a", "choice"),
        item("b", "open-choice"),
        item("c", "choice", extension=[by_server]),
        item("d", "choice", answerOption=[{}, {"valueCoding": None}]),
    ) == [
        ("a", "no-options"),
        ("c", "options-elsewhere"),
        ("d", "option-left-out"),
        ("d", "no-options"),
    ]


def test_what_only_a_server_can_do_is_left_out_with_a_note() -> None:
    def cql(name: str) -> dict[str, object]:
        value = {"language": "text/cql", "expression": "age"}
        return {"url": f"{SDC}sdc-questionnaire-{name}", "valueExpression": value}

    found = notes(
        item("a", extension=[cql("initialExpression")]),
        item("b", extension=[cql("calculatedExpression")]),
        item("c", extension=[cql("enableWhenExpression")]),
        item("d", extension=[{"url": f"{STRUCTURE}variable", "valueString": "x"}]),
        item("e", modifierExtension=[{"url": "https://x"}]),
        item(
            "f",
            "group",
            extension=[{"url": f"{SDC}sdc-questionnaire-subQuestionnaire"}],
        ),
        item("g", enableWhen=[rule("z", "=", answerBoolean=True), {"question": "a"}]),
        item("h", extension=[{"url": f"{STRUCTURE}questionnaire-constraint"}]),
        item(
            "i", "string", extension=[{"url": f"{STRUCTURE}regex", "valueString": "("}]
        ),
        item("j", "coding", answerConstraint="optionsOrString"),
        extension=[{"url": f"{SDC}sdc-questionnaire-launchContext"}],
    )
    assert found == [
        ("", "prefill-left-out"),
        ("a", "prefill-left-out"),
        ("b", "calculation-left-out"),
        ("c", "rule-not-evaluable"),
        ("d", "calculation-left-out"),
        ("e", "unknown-modifier"),
        ("f", "sub-questionnaire-left-out"),
        ("g", "rule-not-evaluable"),
        ("h", "constraint-left-out"),
        ("i", "limit-left-out"),
        ("j", "other-fhir-version"),
        ("g", "rule-unknown-question"),
    ]


def test_an_item_carries_all_that_a_screen_needs() -> None:
    everything = fixture_form("lforms/bit-of-everything.json")
    types = {each.type for each in everything.walk()}
    assert types == set(ItemType)
    metre = Coding("http://unitsofmeasure.org", "m", "meters")
    decimal = everything.item("Item-decimal")
    quantity = everything.item("Item-quantity")
    attachment = everything.item("Item-attachment")
    drop_down = everything.item("Item10")
    assert decimal
    assert quantity
    assert attachment
    assert drop_down
    assert decimal.unit == metre
    assert [unit.code for unit in quantity.unit_options] == ["m", "cm"]
    assert attachment.limits.mime_types[0] == "image/png"
    assert attachment.limits.max_size == "1000000"
    assert drop_down.item_control == "drop-down"


def test_a_question_of_a_newer_form_is_a_choice() -> None:
    options = [{"valueCoding": {"code": "a"}}]
    open_ = item("b", "coding", answerConstraint="optionsOrType", answerOption=options)
    questionnaire = form(item("a", "coding", answerOption=options), open_)
    assert [each.type for each in questionnaire.items] == ["choice", "open-choice"]


def test_what_names_a_form_is_its_url_or_what_it_was_given_or_its_identifier() -> None:
    only = {"resourceType": "Questionnaire", "item": [item("a")]}
    identifier = [{}, {"system": "http://loinc.org", "value": "44249-1"}]
    assert load(resource(item("a"))).questionnaire.canonical == "https://example.org/q"
    assert load(only, canonical="https://x").questionnaire.canonical == "https://x"
    assert load({**only, "identifier": identifier}).questionnaire.canonical == (
        "http://loinc.org/44249-1"
    )
    assert load({**only, "identifier": [{"value": "v"}]}).questionnaire.canonical == "v"
    assert load({**only, "name": "n"}).questionnaire.canonical == "n"


NAMES = [
    "linkId", "type", "text", "_text", "required", "repeats", "enableWhen",
    "enableBehavior", "answerOption", "answerValueSet", "extension", "item", "initial",
    "maxLength", "code", "prefix", "readOnly", "modifierExtension", "contained",
    "url", "valueCoding", "valueDecimal", "valueExpression", "question", "operator",
    "answerBoolean", "answerCoding", "id", "resourceType", "expansion", "compose",
    "identifier", "title", "language",
]  # fmt: skip
TEXTS = [
    "a", "b", "group", "choice", "boolean", "quantity", "integer", "display", "=", ">",
    "exists", "#v", "ValueSet", f"{STRUCTURE}variable", f"{STRUCTURE}regex",
    f"{STRUCTURE}maxValue", f"{STRUCTURE}questionnaire-unit", f"{STRUCTURE}translation",
    f"{STRUCTURE}questionnaire-constraint", f"{STRUCTURE}ordinalValue",
    f"{SDC}sdc-questionnaire-enableWhenExpression", "text/fhirpath",
]  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=6,
)
likely_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 9) | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=10,
)
likely_items = st.lists(
    st.builds(
        lambda base, more: {**more, **base},
        st.fixed_dictionaries(
            {
                "linkId": st.sampled_from("abcdefgh"),
                "type": st.sampled_from([*ItemType, "boolean", "choice"]),
            }
        ),
        st.dictionaries(st.sampled_from(NAMES), likely_values, max_size=6),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(json_values | st.dictionaries(st.sampled_from(NAMES), likely_values))
def test_any_json_loads_or_is_refused(document: object) -> None:
    with suppress(QuestionnaireRefusedError):
        load(document)


@settings(max_examples=60, deadline=None)
@given(likely_items, st.dictionaries(st.sampled_from(NAMES), likely_values, max_size=3))
def test_any_items_load_and_evaluate_or_are_refused(
    items: list[dict[str, object]], more: dict[str, object]
) -> None:
    document = {**more, "resourceType": "Questionnaire", "item": items}
    try:
        questionnaire = load(json.loads(json.dumps(document))).questionnaire
    except QuestionnaireRefusedError:
        return
    state = evaluate(questionnaire, initial_answers(questionnaire))
    assert state.answered <= state.total


def test_repeats_as_a_text_is_understood() -> None:
    repeats = form(item("a", "string", repeats="true"))
    given = answers(a=Value.string("x"))
    several = given.set(next(iter(given)), Answer.of(*[Value.string("x")] * 2))
    assert codes(state_of(repeats, several), "a") == []


def test_a_calculation_of_a_group_or_a_text_is_passed_over() -> None:
    extension = [calculated("1")]
    questionnaire = form(
        item("g", "group", extension=extension, item=[item("x")]),
        item("d", "display", extension=extension),
    )
    assert dict(state_of(questionnaire).calculated) == {}
