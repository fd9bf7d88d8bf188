"""Questionnaires that others wrote, and short ones for one rule each."""

import json
from pathlib import Path

import pytest

from app.core.questionnaire import (
    Answer,
    Answers,
    Coding,
    Context,
    FormState,
    ItemPath,
    Questionnaire,
    Value,
    evaluate,
    load,
)

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "assets"
FHIR = ROOT.parent / "shared" / "fixtures" / "fhir"
LOOP = "lforms/q-enableWhen-with-reference-loop.json"

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"


def fixture_names() -> list[str]:
    return sorted(str(f.relative_to(FHIR)) for f in FHIR.glob("*/*.json"))


def fixture_json(name: str) -> dict[str, object]:
    path = FHIR / name
    if not path.exists():
        pytest.skip(f"the questionnaires of others are not here: {path}")
    found: dict[str, object] = json.loads(path.read_bytes())
    return found


def fixture_form(name: str) -> Questionnaire:
    return load(fixture_json(name)).questionnaire


def asset(name: str) -> object:
    return json.loads((ASSETS / name).read_bytes())


def resource(*items: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "resourceType": "Questionnaire",
        "url": "https://example.org/q",
        "status": "draft",
        "item": list(items),
        **more,
    }


def item(link_id: str, type_: str = "boolean", **more: object) -> dict[str, object]:
    return {"linkId": link_id, "type": type_, **more}


def form(*items: dict[str, object], **more: object) -> Questionnaire:
    return load(resource(*items, **more)).questionnaire


def rule(question: str, operator: str, **answer: object) -> dict[str, object]:
    return {"question": question, "operator": operator, **answer}


def expression(name: str, text: str, variable: str = "") -> dict[str, object]:
    value = {"language": "text/fhirpath", "expression": text}
    if variable:
        value["name"] = variable
    return {"url": name, "valueExpression": value}


def variable(name: str, text: str) -> dict[str, object]:
    return expression(f"{STRUCTURE}variable", text, name)


def calculated(text: str) -> dict[str, object]:
    return expression(f"{SDC}sdc-questionnaire-calculatedExpression", text)


def enabled_when(text: str) -> dict[str, object]:
    return expression(f"{SDC}sdc-questionnaire-enableWhenExpression", text)


def at(key: str) -> ItemPath:
    return ItemPath.decode(key) if ":" in key else ItemPath(key)


def answers(**by_link_id: Value) -> Answers:
    return Answers({ItemPath(k): Answer.of(v) for k, v in by_link_id.items()})


def answered(by_key: dict[str, Value]) -> Answers:
    return Answers({at(key): Answer.of(value) for key, value in by_key.items()})


def state_of(
    questionnaire: Questionnaire, given: Answers | None = None, now: str = ""
) -> FormState:
    context = Context(now=now) if now else None
    return evaluate(questionnaire, given or Answers(), context)


def enabled(state: FormState) -> set[str]:
    return {path.link_id for path, is_on in state.enabled.items() if is_on}


def codes(state: FormState, link_id: str) -> list[str]:
    return [each.code.value for each in state.problems.get(at(link_id), ())]


def coding(code: str, system: str | None = None) -> Value:

    return Value.coding(Coding(system, code))
