"""Every questionnaire that others wrote is drawn, filled on the screen, and saved."""

import asyncio
import json
from pathlib import Path

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from app.clinic.library import Form, Library
from app.clinic.screening import answers_of, said
from app.core.questionnaire import Questionnaire, ResponseMeta, load_plan, to_fhir
from app.core.values import ResponseStatus
from tests.core.questionnaire.forms import LOOP, asset, fixture_form, fixture_names
from tests.features.screening.filling import fill
from tests.features.screening.ward import LIBRARY, session, ward
from tests.support.walker import Walker

NAMES = [name for name in fixture_names() if name != LOOP]


def library_of(questionnaire: Questionnaire) -> Library:
    version = questionnaire.version or ""
    canonical = f"{questionnaire.canonical}|{version}"
    form = Form("other", canonical, questionnaire, None, verbatim=False)
    return Library(load_plan(asset("protocols/plan.json")), [form])


async def filled(folder: Path, library: Library, seed: int) -> None:
    (form, *_others) = library.forms
    with ward(folder, library=library) as here:
        async with session(here.desk, here.screening(form.canonical)) as screen:
            await screen.tap("screening.company.nobody", "screening.interpreter.none")
            await screen.tap("screening.start")
            await fill(screen, Walker(form.questionnaire, seed))
            state = screen.model.state
            assert screen.client.shows("screening.turned"), state.problems
            await screen.tap("screening.turned")
            assert screen.client.shows("result.back")
        assert here.response.status is ResponseStatus.COMPLETED
        stored = answers_of(here.response)
        for path, answer in state.counted.items():
            if path not in state.calculated:
                assert said(stored[path]) == said(answer)
        meta = ResponseMeta("completed", authored="2026-09-21T10:00:00+02:00")
        response = to_fhir(form.questionnaire, stored, meta)
        QuestionnaireResponse.model_validate_json(json.dumps(response))


@pytest.mark.skipif(not NAMES, reason="the questionnaires of others are not here")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_a_form_of_others_is_filled_on_the_screen(name: str, tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path, library_of(fixture_form(name)), seed=1))


@pytest.mark.parametrize("place", range(len(LIBRARY.forms)))
def test_a_form_of_ours_is_filled_on_the_screen(place: int, tmp_path: Path) -> None:
    library = Library(LIBRARY.plan, [LIBRARY.forms[place]])
    asyncio.run(filled(tmp_path, library, seed=2))
