"""Skip rules, calculations, problems and progress."""

import sys
import time

import pytest

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    Coding,
    Context,
    ItemPath,
    NoteCode,
    Questionnaire,
    Value,
    evaluate,
    initial_answers,
    without_instance,
)
from tests.core.questionnaire.forms import (
    answered,
    answers,
    at,
    calculated,
    coding,
    enabled,
    enabled_when,
    fixture_form,
    form,
    item,
    rule,
    state_of,
    variable,
)


@pytest.mark.parametrize(
    ("question", "answer", "shown"),
    [
        ("Q1", None, {"Q1-not-exists"}),
        ("Q1", YES, {"Q1-exists", "Q1-true"}),
        ("Q1", NO, {"Q1-exists", "Q1-false", "Q1-not-true"}),
        ("Q2", Value.decimal("5.60"), {"Q2-exists", "Q2-equal", "Q2-ge"}),
        ("Q2", Value.decimal("4.7"), {"Q2-exists"}),
        ("Q3", Value.integer(4), {"Q3-exists", "Q3-ge"}),
        ("Q4", Value("Date", "2020-05-01"), {"Q4-exists", "Q4-equal", "Q4-ge"}),
        ("Q4", Value("Date", "2020-04-30"), {"Q4-exists"}),
        (
            "Q7",
            Value.string("test"),
            {"Q7-exists", "Q7-equals", "Q7-gt", "Q7-ge", "Q7-ge2", "Q7-le2"},
        ),
        ("Q8", coding("B", "test-coding"), {"Q8-exists", "Q8-eq-B"}),
        ("Q9", coding("B", "test-coding"), {"Q9-exists", "Q9-eq-B"}),
        ("Q9", coding("A", "test-coding"), {"Q9-exists", "Q9-noteq-B"}),
        ("Q9a", Value.string("B"), {"Q9a-exists", "Q9a-eq-B"}),
        ("Q9b", Value.integer(34), {"Q9b-exists", "Q9b-eq-B"}),
        ("Q9c", Value("Date", "2022-09"), {"Q9c-exists", "Q9c-eq-B"}),
        ("Q9d", Value("Time", "10:30:00"), {"Q9d-exists", "Q9d-noteq-B"}),
    ],
)
def test_every_operator_decides_as_its_author_wrote(
    question: str, answer: Value | None, shown: set[str]
) -> None:
    questionnaire = fixture_form("lforms/enableWhen-test.R4.json")
    given = answers(**{question: answer}) if answer else Answers()
    state = state_of(questionnaire, given)
    assert {n for n in enabled(state) if n.startswith(f"{question}-")} == shown


def test_all_conditions_must_hold_where_the_form_says_all() -> None:
    questionnaire = fixture_form("lforms/enableWhen-test.R4.json")
    both = Answer.of(coding("B", "test-coding"), coding("C", "test-coding"))
    state = state_of(questionnaire, Answers({at("Q8"): both}))
    assert {"Q8-eq-B", "Q8-eq-B-and-C"} <= enabled(state)


def test_an_expression_decides_on_the_sum_of_three_answers() -> None:
    questionnaire = fixture_form("lforms/enableWhenExpressionTest.json")
    assert "q4" not in enabled(state_of(questionnaire))
    low = answers(n1=Value.decimal("2"), n2=Value.decimal("2.9"))
    assert "q4" not in enabled(state_of(questionnaire, low))
    assert "q4" in enabled(
        state_of(questionnaire, low.set(at("n3"), Answer.of(Value.decimal("0.1"))))
    )


def test_two_texts_joined_by_an_expression_enable_a_question() -> None:
    questionnaire = fixture_form("lforms/enableWhen-test.R4.json")
    given = answers(Q10=Value.string("chi"), Q10b=Value.string("cken"))
    assert "Q10-ewe" in enabled(state_of(questionnaire, given))
    given = given.set(at("Q10"), Answer.of(Value.string("tur")))
    assert "Q10-ewe" not in enabled(state_of(questionnaire, given))


def test_the_body_mass_index_is_calculated() -> None:
    questionnaire = fixture_form("lforms/weightHeightQuestionnaire.json")
    given = answered({"/29463-7": Value.decimal("70"), "/8302-2": Value.decimal("70")})
    state = state_of(questionnaire, given)
    assert state.calculated[at("/39156-5")] == Answer.of(Value.decimal("22.1"))
    assert state.total == 4
    assert state.answered == 2


def test_a_calculation_makes_repeated_texts_and_chosen_options() -> None:
    questionnaire = fixture_form("lforms/questionnaire-calculatedExpression.json")
    given = answered({"string-to-split": Value.string("abc")})
    state = state_of(questionnaire, given)
    texts = [value.data for value in state.calculated[at("repeating-string")].values]
    assert texts == ["a", "b", "c"]
    listed = state.calculated[at("repeating-choice")].values
    assert [value.as_coding and value.as_coding.code for value in listed] == ["b", "g"]
    yes = Value.coding(Coding(display="Yes"))
    state = state_of(questionnaire, given.set(at("oneCoding"), Answer.of(yes)))
    assert len(state.calculated[at("repeating-choice")].values) == 1


def test_a_variable_of_a_repeating_group_sees_its_own_instance() -> None:
    questionnaire = fixture_form("lforms/questionnaire-calculatedExpression.json")
    given = answered(
        {
            "0:non-repeating-q": Value.string("ab"),
            "k3:non-repeating-q": Value.string("xyz"),
        }
    )
    found = state_of(questionnaire, given).calculated
    link_id = "repeating-q-in-repeating-group"
    assert [v.data for v in found[ItemPath(link_id, ("0",))].values] == ["a", "b"]
    assert [v.data for v in found[ItemPath(link_id, ("k3",))].values] == ["x", "y", "z"]


def test_a_rule_in_a_repeating_group_asks_about_its_own_instance() -> None:
    questionnaire = form(
        item(
            "medicine",
            "group",
            repeats=True,
            item=[
                item("taken"),
                item(
                    "dose",
                    "string",
                    enableWhen=[rule("taken", "=", answerBoolean=True)],
                ),
            ],
        ),
        item("any", "string", enableWhen=[rule("taken", "=", answerBoolean=True)]),
    )
    state = state_of(questionnaire, answered({"0:taken": NO, "k1:taken": YES}))
    assert not state.is_enabled(at("0:dose"))
    assert state.is_enabled(at("k1:dose"))
    assert state.is_enabled(at("any"))
    assert not state.is_enabled(at("k9:dose"))


def test_answers_of_what_is_no_longer_asked_are_kept_and_not_counted() -> None:
    chain = form(
        item("a"),
        item("b", enableWhen=[rule("a", "=", answerBoolean=True)]),
        item("c", enableWhen=[rule("b", "=", answerBoolean=True)]),
    )
    given = answers(a=NO, b=YES, c=YES)
    state = state_of(chain, given)
    assert list(state.counted) == [at("a")]
    assert state.answers == given
    assert (state.answered, state.total) == (1, 1)
    assert state.answer(at("c")) == Answer.of(YES)
    assert state.answer(at("nowhere")).is_empty


def test_a_group_that_is_not_asked_takes_what_is_in_it_along() -> None:
    questionnaire = form(
        item("a"),
        item(
            "g",
            "group",
            item=[item("b")],
            enableWhen=[rule("a", "=", answerBoolean=True)],
        ),
    )
    assert enabled(state_of(questionnaire, answers(b=YES))) == {"a"}


@pytest.mark.parametrize(
    "condition",
    [
        rule("unknown", "=", answerBoolean=True),
        rule("a", "~", answerBoolean=True),
        rule("a", "="),
        rule("a", ">", answerBoolean=True),
    ],
)
def test_a_condition_that_cannot_be_evaluated_shows_the_item(
    condition: dict[str, object],
) -> None:
    questionnaire = form(item("a"), item("b", enableWhen=[condition]))
    assert "b" in enabled(state_of(questionnaire, answers(a=YES)))


@pytest.mark.parametrize("text", ["%nowhere > 5", "foo(", "'a' > 5", "1 / 'x'"])
def test_an_expression_that_fails_shows_the_item_with_a_note(text: str) -> None:
    questionnaire = form(item("a", extension=[enabled_when(text)]))
    state = state_of(questionnaire)
    assert enabled(state) == {"a"}
    assert [note.code for note in state.notes] == [NoteCode.EXPRESSION_FAILED]


def test_rules_that_never_settle_show_their_items_with_a_note() -> None:
    flip = "%resource.item.where(linkId='b').answer.exists()"
    flop = "%resource.item.where(linkId='a').answer.exists().not()"
    questionnaire = form(
        item("a", extension=[enabled_when(flip)]),
        item("b", extension=[enabled_when(flop)]),
    )
    state = state_of(questionnaire, answers(a=YES, b=YES))
    assert enabled(state) == {"a", "b"}
    assert NoteCode.RULE_UNSTABLE in {note.code for note in state.notes}


def test_a_calculation_that_feeds_itself_gives_nothing() -> None:
    text = "iif(%resource.item.where(linkId='n').answer.exists(), {}, 1)"
    questionnaire = form(item("n", "integer", extension=[calculated(text)]))
    state = state_of(questionnaire)
    assert dict(state.calculated) == {}
    assert [note.code for note in state.notes] == [NoteCode.RULE_UNSTABLE]


def test_variables_that_need_each_other_show_the_item() -> None:
    questionnaire = form(
        item("a", extension=[enabled_when("%x = 1")]),
        extension=[variable("x", "%y"), variable("y", "%x")],
    )
    assert enabled(state_of(questionnaire)) == {"a"}


def test_two_questions_that_exclude_each_other_settle() -> None:
    questionnaire = fixture_form("emcare/Ccc.b22.hemoglobin.json")
    assert {"Ccc.B22.DE81", "Ccc.B22.DE82"} <= enabled(state_of(questionnaire))
    given = answered({"Ccc.B22.DE82": first_option(questionnaire, "Ccc.B22.DE82")})
    assert "Ccc.B22.DE81" not in enabled(state_of(questionnaire, given))


def first_option(questionnaire: Questionnaire, link_id: str) -> Value:
    found = questionnaire.item(link_id)
    assert found is not None
    return found.options[0].value


def test_a_calculated_answer_yields_to_what_a_person_gave_unless_read_only() -> None:
    for read_only, expected in ((False, 7), (True, 1)):
        questionnaire = form(
            item("n", "integer", readOnly=read_only, extension=[calculated("1")])
        )
        state = state_of(questionnaire, answers(n=Value.integer(7)))
        assert state.counted[at("n")] == Answer.of(Value.integer(expected))


def test_a_calculation_in_the_context_stands_in_for_the_forms_own() -> None:
    questionnaire = form(item("a"), item("n", "integer", extension=[calculated("1")]))
    context = Context(
        calculations={
            "n": lambda seen: Answer.of(Value.integer(41 if at("a") in seen else 0))
        }
    )
    state = evaluate(questionnaire, answers(a=YES), context)
    assert state.calculated[at("n")] == Answer.of(Value.integer(41))
    assert [entry.path.link_id for entry in state.pages[0].entries] == ["a"]


def test_the_clock_is_handed_in() -> None:
    questionnaire = form(
        item("day", "date", extension=[calculated("today()")]),
        item("at", "dateTime", extension=[calculated("now()")]),
        item("time", "time", extension=[calculated("timeOfDay()")]),
    )
    state = state_of(questionnaire, now="2026-08-21T10:00:00+02:00")
    shown = [answer.values[0].data for answer in state.calculated.values()]
    assert shown == ["2026-08-21", "2026-08-21T10:00:00+02:00", "10:00:00"]


def test_a_state_made_with_memory_equals_one_made_without() -> None:
    questionnaire = fixture_form("emcare/Ccc.b10-14.symptoms.2m.p.json")
    state, given = None, Answers()
    for link_id in ("Ccc.B10S1.DE05", "Ccc.B11S1.DE01", "Ccc.B12S1.DE02"):
        given = given.set(at(link_id), Answer.of(YES))
        state = evaluate(questionnaire, given, None, state)
    fresh = evaluate(questionnaire, given)
    assert state == fresh
    other = fixture_form("emcare/Ccc.b22.hemoglobin.json")
    assert evaluate(other, Answers(), None, state) == evaluate(other, Answers())


def test_a_form_starts_with_its_initial_values() -> None:
    questionnaire = fixture_form("lforms/questionnaire-initialx.json")
    found = initial_answers(questionnaire)
    assert found[at("/type-decimal")] == Answer.of(Value.decimal("123.45"))
    chosen = found[at("/type-choice-m")].values
    assert [v.as_coding and v.as_coding.display for v in chosen] == [
        "Answer 1",
        "Answer 3",
    ]
    assert len(found[at("/type-open-choice-m")].values) == 4
    assert len(found) == 11
    assert dict(state_of(questionnaire, found).problems) == {}


def test_an_option_can_be_chosen_from_the_start() -> None:
    options = [
        {"valueCoding": {"code": "a"}},
        {"valueCoding": {"code": "b"}, "initialSelected": True},
    ]
    questionnaire = form(item("x", "choice", answerOption=options))
    assert initial_answers(questionnaire)[at("x")].values[0].as_coding == Coding(
        code="b"
    )


def test_an_instance_is_added_shown_and_taken_away() -> None:
    inner = item("inner", "group", repeats=True, item=[item("x")])
    questionnaire = form(item("g", "group", repeats=True, item=[inner, item("y")]))
    path = ItemPath("inner", ("k1", "m2"))
    given = Answers().add_instance(path).set(at("k1:y"), Answer.of(YES))
    state = state_of(questionnaire, given)
    places = [e.path.encode() for e in state.entries if e.path.link_id == "inner"]
    assert places == ["0.0:inner", "k1.0:inner", "k1.m2:inner"]
    gone = without_instance(questionnaire, given, path)
    assert list(gone) == [at("k1:y")]
    assert not without_instance(questionnaire, given, ItemPath("g", ("k1",)))


def test_paths_of_another_form_are_passed_over() -> None:
    questionnaire = form(item("g", "group", repeats=True, item=[item("x")]))
    given = answered({"elsewhere": YES, "a.b:x": YES, "x": YES})
    assert len(state_of(questionnaire, given).entries) == 2


def test_sixty_questions_with_skip_rules_are_evaluated_in_under_two_milliseconds() -> (
    None
):
    items = [item("q0")]
    for number in range(1, 60):
        asked = f"q{number - 1 - number % 3}" if number > 3 else "q0"
        condition = rule(asked, "=", answerBoolean=True)
        items.append(item(f"q{number}", enableWhen=[condition], required=True))
    questionnaire = form(*items)
    given = answered({f"q{n}": YES for n in range(60)})
    state = state_of(questionnaire, given)
    assert state.total == 60
    times = []
    for turn in range(40):
        changed = given.set(at("q30"), Answer.of(Value.boolean(turn % 2 == 0)))
        start = time.perf_counter()
        state = evaluate(questionnaire, changed, None, state)
        times.append(time.perf_counter() - start)
    # A tracer, such as coverage's, makes it ten times slower.
    assert min(times) < (0.002 if sys.gettrace() is None else 0.04)
