"""What a page writes of its answers, and which red flags stay with them."""

from dataclasses import replace

from app.clinic.answering import Page, save_page, standing
from app.clinic.library import Form, read_library
from app.clinic.screening import Asked, changed, flags_of, response_key
from app.core.canonical import Json
from app.core.questionnaire import (
    NO,
    YES,
    AgeInterval,
    Answer,
    Answers,
    ItemPath,
    evaluate,
    measured,
)

TB, VITALS, PHQ9 = read_library().forms
KEY = response_key("patient", "response")
COUGH, LONG = ItemPath("cough"), ItemPath("cough-over-two-weeks")
FEVER, BLOOD = ItemPath("fever"), ItemPath("blood-in-sputum")
PULSE, DEATH = ItemPath("heart-rate"), ItemPath("/44260-8")
CHILD = AgeInterval(8, 8)


def flagged(answer: Answer, *codes: str) -> Answer:
    """An answer as the record keeps it."""
    stored = {**answer.to_json(), "flags": list(codes), "positive": True}
    return Answer.from_json(stored)


def chosen(form: Form, path: ItemPath, place: int) -> Answer:
    item = form.questionnaire.item(path.link_id)
    assert item is not None
    return Answer.of(item.options[place].value)


def pulse(digits: str) -> Answer:
    item = VITALS.questionnaire.item("heart-rate")
    assert item is not None
    return Answer.of(measured(item, digits))


def page(
    form: Form, before: Answers, now: Answers, age: AgeInterval | None = None
) -> Page:
    state = evaluate(form.questionnaire, now)
    flags = flags_of(form, state, age)
    return Page(form, changed(before, now), flags, Asked("en", "ar"), before)


def written(page: Page) -> dict[str, Json]:
    return save_page(KEY, page).writes.get(KEY, {})


def flags_of_field(fields: dict[str, Json], name: str) -> Json:
    stored = fields[name]
    assert isinstance(stored, dict)
    return stored.get("flags")


def test_an_age_that_becomes_known_takes_no_flag_and_no_author_away() -> None:
    raised = flagged(chosen(PHQ9, DEATH, 2), "suicide-risk")
    first = ItemPath("/44250-9")
    before = Answers({DEATH: raised})
    fields = written(page(PHQ9, before, before.set(first, Answer.unknown()), CHILD))
    assert list(fields) == ["answer.:/44250-9"]


def test_a_flag_for_grown_ups_stays_when_the_person_turns_out_to_be_a_child() -> None:
    before = Answers({PULSE: flagged(pulse("160"), "heart-rate-very-high")})
    now = before.set(ItemPath("body-weight"), Answer.unknown())
    left = page(VITALS, before, now, CHILD)
    assert list(written(left)) == ["answer.:body-weight"]
    assert [flag.code for flag in standing(left)] == ["heart-rate-very-high"]


def test_a_flag_of_newer_rules_stays_with_its_answer_even_when_it_is_given_anew() -> (
    None
):
    before = Answers({FEVER: flagged(Answer.of(YES), "of-2031")})
    assert list(written(page(TB, before, before.set(BLOOD, Answer.of(NO))))) == [
        "answer.:blood-in-sputum"
    ]
    fields = written(page(TB, before, before.set(FEVER, Answer.of(NO))))
    assert flags_of_field(fields, "answer.:fever") == ["of-2031"]


def test_a_flag_goes_when_its_own_answer_is_given_anew() -> None:
    before = Answers({BLOOD: flagged(Answer.of(YES), "blood-in-sputum")})
    fields = written(page(TB, before, before.set(BLOOD, Answer.of(NO))))
    assert flags_of_field(fields, "answer.:blood-in-sputum") is None


def test_a_flag_stays_while_the_answer_that_decides_about_it_is_disputed() -> None:
    long = flagged(Answer.of(YES), "cough-over-two-weeks")
    before = Answers({COUGH: Answer.of(YES), LONG: long})
    left = page(TB, before, before.set(COUGH, Answer.of(NO)))
    assert "answer.:cough-over-two-weeks" in written(left)
    disputed = replace(left, disputed=frozenset({COUGH}))
    assert "answer.:cough-over-two-weeks" not in written(disputed)
    elsewhere = page(TB, before.set(COUGH, Answer.of(NO)), before)
    unasked = replace(elsewhere, answers={FEVER: Answer.of(NO)}, flags=())
    assert "answer.:cough-over-two-weeks" not in written(unasked)


def test_an_answer_that_is_written_again_for_its_flags_keeps_its_author() -> None:
    long = flagged(Answer.of(YES), "cough-over-two-weeks")
    before = Answers({COUGH: Answer.of(YES), LONG: long})
    left = page(TB, before, before.set(COUGH, Answer.of(NO)))
    fields = written(replace(left, authors={COUGH: "ana", LONG: "ana"}))
    assert author(fields["answer.:cough-over-two-weeks"]) == "ana"
    assert author(fields["answer.:cough"]) is None


def author(value: Json) -> Json:
    return value.get("author") if isinstance(value, dict) else None


def test_a_flag_that_another_answer_raises_is_added() -> None:
    before = Answers({COUGH: Answer.of(NO), LONG: Answer.of(YES)})
    fields = written(page(TB, before, before.set(COUGH, Answer.of(YES))))
    name = "answer.:cough-over-two-weeks"
    assert flags_of_field(fields, name) == ["cough-over-two-weeks"]


def test_a_symptom_and_a_danger_are_kept_as_positive_and_nothing_else_is() -> None:
    now = Answers({COUGH: Answer.of(YES), FEVER: Answer.of(NO), BLOOD: Answer.of(YES)})
    fields = written(page(TB, Answers(), now))
    positive = {name for name, value in fields.items() if is_positive(value)}
    assert positive == {"answer.:cough", "answer.:blood-in-sputum"}


def is_positive(value: Json) -> bool:
    return isinstance(value, dict) and value.get("positive") is True


def test_a_page_replaces_what_was_seen_and_nothing_else() -> None:
    now = Answers({COUGH: Answer.of(YES), FEVER: Answer.of(NO)})
    left = replace(page(TB, Answers(), now), seen={"answer.:cough": ("o1",)})
    assert save_page(KEY, left).seen == {
        KEY: {"answer.:cough": ("o1",), "answer.:fever": ()}
    }
