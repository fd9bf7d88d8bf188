"""Scores and red flags of the protocols that ship."""

from decimal import Decimal

import pytest

from app.core.questionnaire import (
    NO,
    YES,
    AgeInterval,
    Answer,
    Answers,
    ClinicalFileError,
    Coding,
    Context,
    FormState,
    Protocol,
    Questionnaire,
    calculations,
    doubtful,
    evaluate,
    load,
    load_plan,
    load_protocol,
    measured,
    red_flags,
    score,
    scored,
)
from tests.core.questionnaire.forms import ASSETS, asset, at, form, item

ADULT = AgeInterval(30, 30)
PHQ9_ITEMS = [
    "/44250-9", "/44255-8", "/44259-0", "/44254-1", "/44251-7", "/44258-2",
    "/44252-5", "/44253-3", "/44260-8",
]  # fmt: skip


def shipped(name: str) -> tuple[Questionnaire, Protocol]:
    canonical = f"https://tessera.example/Questionnaire/{name}"
    loaded = load(asset(f"questionnaires/{name}.json"), canonical=canonical)
    assert loaded.notes == ()
    return loaded.questionnaire, load_protocol(asset(f"protocols/{name}.json"))


def phq9(points: list[int | None]) -> tuple[FormState, Protocol]:
    questionnaire, protocol = shipped("phq9")
    given = Answers()
    for link_id, point in zip(PHQ9_ITEMS, points, strict=True):
        question = questionnaire.item(link_id)
        assert question is not None
        if point is not None:
            chosen = question.options[point].value
            given = given.set(at(link_id), Answer.of(chosen))
    context = Context(calculations=calculations(protocol, questionnaire))
    return evaluate(questionnaire, given, context), protocol


@pytest.mark.parametrize(
    ("points", "total", "band", "is_positive"),
    [
        ([0] * 9, 0, "none", False),
        ([1, 1, 1, 1, 0, 0, 0, 0, 0], 4, "none", False),
        ([1, 1, 1, 1, 1, 0, 0, 0, 0], 5, "mild", False),
        ([1] * 9, 9, "mild", False),
        ([2, 1, 1, 1, 1, 1, 1, 1, 1], 10, "moderate", True),
        ([2, 2, 2, 2, 2, 2, 2, 0, 0], 14, "moderate", True),
        ([2, 2, 2, 2, 2, 2, 2, 1, 0], 15, "moderately-severe", True),
        ([3, 3, 3, 3, 3, 3, 1, 1, 0], 20, "severe", True),
        ([3] * 9, 27, "severe", True),
    ],
)
def test_phq9_adds_its_weights_and_names_the_band(
    points: list[int | None],
    total: int,
    band: str,
    is_positive: bool,  # noqa: FBT001
) -> None:
    state, protocol = phq9(points)
    result = score(protocol, state.questionnaire, state.counted)
    assert result is not None
    assert result.band is not None
    assert (result.total, result.band.code) == (Decimal(total), band)
    assert result.band.is_positive is is_positive
    assert result.missing == ()
    assert result.review == "not yet reviewed by a clinician"
    assert result.meaning is not None
    assert (
        result.meaning.context == f"https://tessera.example/Questionnaire/phq9#{band}"
    )
    assert state.calculated[at("/44261-6")].values[0].number == total


def test_phq9_has_no_total_while_an_answer_is_missing() -> None:
    state, protocol = phq9([3, 3, 3, 3, 3, 3, 3, None, 3])
    declined = state.answers.set(at("/44253-3"), Answer.declined())
    for given in (state.answers, declined):
        result = score(protocol, state.questionnaire, given)
        assert result is not None
        assert result.total is None
        assert result.band is None
        assert result.meaning is None
        assert result.missing == ("/44253-3",)
    assert at("/44261-6") not in state.calculated


def test_a_total_has_its_code() -> None:
    rule = shipped("phq9")[1].score
    assert rule is not None
    assert rule.code is not None
    assert rule.code.coding.code == "44261-6"


@pytest.mark.parametrize("point", [1, 2, 3])
def test_any_thought_of_self_harm_is_a_red_flag_at_its_answer(point: int) -> None:
    state, protocol = phq9([*[None] * 8, point])
    (flag,) = red_flags(protocol, state.questionnaire, state.counted, ADULT)
    assert flag.code == "suicide-risk"
    assert flag.urgent
    assert flag.path == at("/44260-8")
    assert "today" in flag.action.source
    assert flag.source
    clear, _ = phq9([3, 3, 3, 3, 3, 3, 3, 3, 0])
    assert red_flags(protocol, clear.questionnaire, clear.counted, ADULT) == ()


def tb(**given: Answer) -> tuple[str | None, list[str], tuple[str, ...]]:
    questionnaire, protocol = shipped("tb-four-symptoms")
    answers = Answers({at(name.replace("_", "-")): a for name, a in given.items()})
    state = evaluate(questionnaire, answers)
    result = score(protocol, questionnaire, state.counted)
    flags = red_flags(protocol, questionnaire, state.counted)
    assert result is not None
    band = result.band.code if result.band else None
    return band, [flag.code for flag in flags], result.missing


def test_any_of_four_symptoms_is_positive_even_before_the_rest_is_answered() -> None:
    no, yes = Answer.of(NO), Answer.of(YES)
    nothing = {"cough": no, "fever": no, "weight_loss": no}
    assert tb(**nothing, night_sweats=no) == ("negative", [], ())
    assert tb(**nothing) == (None, [], ("night-sweats",))
    assert tb(**nothing, night_sweats=Answer.unknown())[0] is None
    assert tb(fever=yes)[0] == "positive"
    assert tb(cough=yes, fever=yes, weight_loss=yes, night_sweats=yes)[0] == "positive"


def test_signs_of_being_infectious_ask_for_a_mask() -> None:
    no, yes = Answer.of(NO), Answer.of(YES)
    assert tb(blood_in_sputum=yes)[1] == ["blood-in-sputum"]
    assert tb(cough=yes, cough_over_two_weeks=yes)[1] == ["cough-over-two-weeks"]
    assert tb(cough=no, cough_over_two_weeks=yes)[1] == []


def vital_flags(age: AgeInterval | None, **digits: str) -> list[str]:
    questionnaire, protocol = shipped("vital-signs")
    given = Answers()
    for name, text in digits.items():
        question = questionnaire.item(name.replace("_", "-"))
        assert question is not None
        given = given.set(at(question.link_id), Answer.of(measured(question, text)))
    state = evaluate(questionnaire, given)
    assert state.is_complete
    assert score(protocol, questionnaire, state.counted) is None
    flags = red_flags(protocol, questionnaire, state.counted, age)
    return [flag.code for flag in flags]


@pytest.mark.parametrize(
    ("name", "digits", "flags"),
    [
        ("heart_rate", "60", []),
        ("heart_rate", "59", ["heart-rate-low"]),
        ("heart_rate", "49", ["heart-rate-very-low"]),
        ("heart_rate", "131", ["heart-rate-high"]),
        ("heart_rate", "151", ["heart-rate-very-high"]),
        ("respiratory_rate", "10", []),
        ("respiratory_rate", "9", ["respiratory-rate-low"]),
        ("respiratory_rate", "31", ["respiratory-rate-high"]),
        ("body_temperature", "36.0", []),
        ("body_temperature", "35.9", ["temperature-low"]),
        ("body_temperature", "39.1", ["temperature-high"]),
        ("oxygen_saturation", "92", []),
        ("oxygen_saturation", "91", ["oxygen-low"]),
        ("systolic", "91", []),
        ("systolic", "90", ["systolic-low"]),
        ("systolic", "160", ["systolic-high-pregnancy"]),
        ("diastolic", "110", ["diastolic-high-pregnancy"]),
    ],
)
def test_danger_values_of_adults_are_red_flags(
    name: str, digits: str, flags: list[str]
) -> None:
    assert vital_flags(ADULT, **{name: digits}) == flags


def test_danger_values_hold_from_twelve_years_and_in_doubt() -> None:
    assert vital_flags(AgeInterval(5, 11), heart_rate="140") == []
    assert vital_flags(AgeInterval(10, 14), heart_rate="140") == ["heart-rate-high"]
    assert vital_flags(None, heart_rate="140") == ["heart-rate-high"]
    assert vital_flags(AgeInterval(12, 14), systolic="85") == []
    urgent_first = vital_flags(ADULT, heart_rate="140", oxygen_saturation="80")
    assert urgent_first == ["oxygen-low", "heart-rate-high"]


def awake(place: int, age: AgeInterval) -> list[str]:
    """The flags of one of the answers to how awake somebody is."""
    questionnaire, protocol = shipped("vital-signs")
    question = questionnaire.item("consciousness")
    assert question is not None
    given = Answers({at("consciousness"): Answer.of(question.options[place].value)})
    return [f.code for f in red_flags(protocol, questionnaire, given, age)]


def test_who_does_not_react_or_lacks_oxygen_is_in_danger_at_every_age() -> None:
    child = AgeInterval(5, 5)
    assert awake(4, child) == ["not-alert-unresponsive"]
    assert awake(0, child) == []
    assert vital_flags(child, oxygen_saturation="80") == ["oxygen-low"]
    assert vital_flags(child, heart_rate="140", systolic="85") == []


@pytest.mark.parametrize(
    ("name", "digits", "is_doubtful"),
    [
        ("respiratory-rate", "180", True),
        ("respiratory-rate", "18", False),
        ("heart-rate", "220", False),
        ("heart-rate", "221", True),
        ("body-weight", "1.4", True),
        ("body-weight", "heavy", False),
    ],
)
def test_what_is_rarely_seen_is_asked_about(
    name: str,
    digits: str,
    is_doubtful: bool,  # noqa: FBT001
) -> None:
    questionnaire, protocol = shipped("vital-signs")
    question = questionnaire.item(name)
    assert question is not None
    answer = Answer.of(measured(question, digits))
    assert (doubtful(protocol, question, answer) is not None) is is_doubtful


def test_a_number_in_another_unit_is_not_doubted() -> None:
    questionnaire, protocol = shipped("vital-signs")
    question = questionnaire.item("body-temperature")
    assert question is not None
    answer = Answer.of(measured(question, "98", Coding(code="[degF]")))
    assert doubtful(protocol, question, answer) is None


def test_the_ages_of_a_form_hide_no_danger_in_what_was_asked() -> None:
    state, protocol = phq9([0, 0, 0, 0, 0, 0, 0, 0, 2])
    found = red_flags(protocol, state.questionnaire, state.counted, AgeInterval(8, 8))
    assert [flag.code for flag in found] == ["suicide-risk"]


def test_every_item_of_a_score_needs_an_answer_at_the_end() -> None:
    questionnaire, protocol = shipped("phq9")
    given = Answers({at(name): Answer.unknown() for name in PHQ9_ITEMS[:-1]})
    context = Context(required=scored(protocol))
    state = evaluate(questionnaire, given, context)
    assert set(state.problems) == {at("/44260-8")}
    asked = given.set(at("/44260-8"), Answer.declined())
    assert evaluate(questionnaire, asked, context).is_complete


def test_a_measurement_in_another_unit_is_a_problem_and_raises_nothing() -> None:
    questionnaire, protocol = shipped("vital-signs")
    question = questionnaire.item("body-temperature")
    assert question is not None
    other = measured(question, "30", Coding(code="[degF]"))
    state = evaluate(questionnaire, Answers({at("body-temperature"): Answer.of(other)}))
    assert not state.is_complete
    assert red_flags(protocol, questionnaire, state.counted, ADULT) == ()


def test_every_clinical_file_says_where_it_comes_from() -> None:
    for path in (ASSETS / "protocols").glob("*.json"):
        read = load_plan if path.name == "plan.json" else load_protocol
        found = read(asset(f"protocols/{path.name}"))
        assert found.review == "not yet reviewed by a clinician"
        assert found.source
        assert found.version


def test_every_link_id_of_a_protocol_stands_in_its_form() -> None:
    for name in ("phq9", "tb-four-symptoms", "vital-signs"):
        questionnaire, protocol = shipped(name)
        assert protocol.questionnaire == questionnaire.canonical
        named = [c.link_id for rule in protocol.red_flags for c in rule.when]
        if protocol.score:
            named += protocol.score.items
        for link_id in named:
            assert questionnaire.item(link_id)


def test_the_words_of_a_protocol_can_be_translated() -> None:
    _, protocol = shipped("tb-four-symptoms")
    found = protocol.translatable_strings()
    assert (
        "https://tessera.example/Questionnaire/tb-four-symptoms#",
        protocol.title,
    ) in found
    assert len(found) == len(set(found)) == 7


MINIMAL: dict[str, object] = {
    "protocol": "p",
    "questionnaire": "https://q",
    "title": "t",
    "version": "1",
    "source": "s",
    "review": "r",
    "language": "en",
}
BAND: dict[str, object] = {"code": "b", "minimum": "0", "maximum": "1", "meaning": "m"}
BAND_0: dict[str, object] = {**BAND, "minimum": 0}
BARE: dict[str, object] = {"link_id": "a", "operator": "="}
NO_VALUE: dict[str, object] = {**BARE, "answer": {"x": 1}}
SCORE: dict[str, object] = {
    "method": "count-of-yes",
    "items": ["a"],
    "bands": [BAND],
    "source": "s",
}
FLAG: dict[str, object] = {
    "code": "f",
    "text": "t",
    "action": "a",
    "source": "s",
    "urgent": True,
    "when": [{"link_id": "a", "operator": "=", "answer": {"valueBoolean": True}}],
}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"source": ""}, "source"),
        ({"extra": 1}, "extra"),
        ({"score": {**SCORE, "bands": []}}, "score.bands"),
        ({"score": {**SCORE, "items": ["a", "a"]}}, "score"),
        ({"score": {**SCORE, "bands": [BAND, BAND]}}, "score"),
        ({"score": {**SCORE, "bands": [BAND_0]}}, "score.bands.0.minimum"),
        ({"red_flags": [{**FLAG, "when": []}]}, "red_flags.0.when"),
        ({"red_flags": [{**FLAG, "when": [BARE]}]}, "red_flags.0.when.0"),
        ({"red_flags": [{**FLAG, "when": [NO_VALUE]}]}, "red_flags.0.when.0"),
    ],
)
def test_a_protocol_is_read_strictly(changes: dict[str, object], place: str) -> None:
    assert load_protocol(MINIMAL).score is None
    with pytest.raises(ClinicalFileError) as caught:
        load_protocol({**MINIMAL, **changes})
    assert str(caught.value) == place


def test_what_is_no_protocol_at_all_is_an_error() -> None:
    with pytest.raises(ClinicalFileError):
        load_protocol([])


def test_rules_on_what_a_form_does_not_have_say_nothing() -> None:
    questionnaire = form(item("a", "string"), item("b", "choice"))
    condition = {"link_id": "z", "operator": "=", "answer": {"valueBoolean": True}}
    order = {"link_id": "a", "operator": ">", "answer": {"valueBoolean": True}}
    weight = {"link_id": "a", "operator": ">", "weight": "1"}
    flags = [{**FLAG, "when": [each]} for each in (condition, order, weight)]
    rules = {**SCORE, "items": ["a", "b"], "method": "sum-of-weights"}
    protocol = load_protocol({**MINIMAL, "red_flags": flags, "score": rules})
    given = Answers({at(name): Answer.of(YES) for name in ("a", "z")})
    assert red_flags(protocol, questionnaire, given) == ()
    result = score(protocol, questionnaire, given)
    assert result is not None
    assert result.missing == ("a", "b")
    assert calculations(protocol, questionnaire) == {}
    minor = load_protocol({**MINIMAL, "red_flags": [{**FLAG, "max_age_years": 5}]})
    assert red_flags(minor, questionnaire, given, ADULT) == ()
