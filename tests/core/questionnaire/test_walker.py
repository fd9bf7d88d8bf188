"""Every questionnaire that others wrote is filled to a valid response."""

import json

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from app.core.questionnaire import (
    Context,
    ResponseMeta,
    calculations,
    evaluate,
    from_fhir,
    load,
    load_plan,
    load_protocol,
    to_fhir,
)
from tests.core.questionnaire.forms import (
    LOOP,
    asset,
    fixture_form,
    fixture_names,
)
from tests.support.walker import Walker

META = ResponseMeta(
    "completed",
    identifier="r1",
    authored="2026-08-21T10:00:00+02:00",
    subject="Patient/p1",
    encounter="Encounter/e1",
    author="Practitioner/n1",
    source="Patient/p1",
    language="en",
)
CONTEXT = Context(now="2026-08-21T10:00:00+02:00")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", [n for n in fixture_names() if n != LOOP])
def test_a_questionnaire_is_walked_to_a_valid_response(name: str, seed: int) -> None:
    form = fixture_form(name)
    state = Walker(form, seed, CONTEXT).fill()
    assert dict(state.problems) == {}
    response = to_fhir(form, state.answers, META, CONTEXT)
    QuestionnaireResponse.model_validate_json(json.dumps(response))
    back = from_fhir(form, response)
    again = evaluate(form, back, CONTEXT)
    assert to_fhir(form, back, META, CONTEXT) == response
    assert again.counted.keys() == state.counted.keys()
    for path, answer in again.counted.items():
        pairs = zip(answer.values, state.counted[path].values, strict=True)
        assert all(left.matches(right) for left, right in pairs)
        assert answer.absent == state.counted[path].absent


@pytest.mark.parametrize("seed", range(3))
def test_what_is_shipped_is_walked_to_a_valid_response(seed: int) -> None:
    for planned in load_plan(asset("protocols/plan.json")).forms:
        form = load(
            asset(f"questionnaires/{planned.file}"), canonical=planned.questionnaire
        ).questionnaire
        protocol = load_protocol(asset(f"protocols/{planned.rules}"))
        context = Context(calculations=calculations(protocol, form))
        state = Walker(form, seed, context).fill()
        assert dict(state.problems) == {}
        response = to_fhir(form, state.answers, META, context)
        QuestionnaireResponse.model_validate_json(json.dumps(response))
        assert str(response["questionnaire"]).startswith(planned.questionnaire)


def test_the_same_seed_gives_the_same_answers() -> None:
    form = load(asset("questionnaires/vital-signs.json")).questionnaire
    assert Walker(form, 3).fill().answers == Walker(form, 3).fill().answers
