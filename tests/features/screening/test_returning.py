"""After a lock one stands at the same page; what was kept meanwhile are ids."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.questionnaire import Answers, ItemPath
from app.features.screening.events import ScreeningLoaded
from app.features.screening.model import Exit, Intro, Languages, Model, Stage
from app.features.screening.returning import way_back
from app.ui import routes as to
from tests.features.screening.test_state import EMPTY, LOADED, after, begun, opened
from tests.features.screening.ward import VITALS, session, ward

ROUTE = to.Screening("p1", "e1", "form")
COUGH = ItemPath("cough")
AT = ":symptoms"


def test_the_way_back_names_the_response_and_the_page() -> None:
    assert way_back(ROUTE, begun()) == replace(ROUTE, response_id="r1", at=AT)


def test_before_the_first_question_there_is_no_page_to_return_to() -> None:
    assert way_back(ROUTE, EMPTY) == ROUTE
    assert way_back(ROUTE, opened()) == replace(ROUTE, response_id="r1")


def test_a_result_that_the_person_must_not_see_first_comes_after_the_unlock() -> None:
    turned = replace(begun(), stage=Stage.TURN, exit=Exit.RESULT)
    assert way_back(ROUTE, turned) == to.Result("p1", "e1", "r1")
    leaving = replace(begun(), stage=Stage.TURN, exit=Exit.LEAVE)
    assert way_back(ROUTE, leaving) == replace(ROUTE, response_id="r1", at=AT)


def returning(intro: Intro) -> Model:
    model = Model(Languages("en", ("en", "ar")), "Europe/Athens", page_key=AT)
    loaded = replace(LOADED, intro=intro, saved=Answers())
    return after(model, ScreeningLoaded(loaded))


def test_who_returns_is_not_asked_again_how_it_is_asked() -> None:
    back = returning(Intro(language="ar", company="nobody"))
    assert (back.stage, back.page_key) == (Stage.QUESTIONS, AT)


def test_what_was_never_said_of_how_it_is_asked_is_asked_first() -> None:
    back = returning(Intro(language="ar"))
    assert (back.stage, back.page_key) == (Stage.INTRO, AT)


def test_the_page_is_the_one_that_was_left_also_where_nothing_was_answered(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            asked = here.screening(VITALS)
            async with session(here.desk, asked) as screen:
                begin = ("screening.company.nobody", "screening.start")
                await screen.tap(*begin, "screening.next", "screening.next")
                left = screen.model
                assert left.stage is Stage.QUESTIONS
                assert left.place > 0
                back = way_back(asked, left)
            async with session(here.desk, back) as screen:
                assert screen.model.stage is Stage.QUESTIONS
                assert screen.model.page_key == left.page_key

    asyncio.run(run())
