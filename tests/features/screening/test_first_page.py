"""The first page of a screening: what was said on it, by whom, and that it is kept."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from app.clinic.screening import Asked
from app.core.document_json import as_mapping
from app.core.questionnaire import Answers
from app.core.values import Interpretation, InterpreterMode
from app.features.screening.doing import KeepDraft, SavePage
from app.features.screening.events import (
    CompanyChosen,
    InterpreterChosen,
    InterpreterTyped,
    LanguageChosen,
    Left,
    OptionTapped,
    ScreeningLoaded,
    StartPressed,
)
from app.features.screening.model import Company, Intro, Stage
from app.features.screening.state import missing, update
from tests.features.screening.test_state import (
    COUGH,
    EMPTY,
    LOADED,
    after,
    begun,
    opened,
)
from tests.features.screening.ward import PHQ9, TB, session, ward
from tests.storage.tablets import BO

BEGIN = ("screening.company.nobody", "screening.start")
FIRST_ITEM = "q:/44250-9.options.LA6569-3"


def test_who_interprets_is_not_said_until_somebody_says_it() -> None:
    assert begun().asked.interpreter is None
    none = after(opened(), InterpreterChosen(InterpreterMode.NONE))
    assert none.asked.interpreter == Interpretation(InterpreterMode.NONE, "", "ar")
    stored = none.asked.to_json()
    assert Asked.from_json(stored) == none.asked
    assert Asked.from_json(begun().asked.to_json()).interpreter is None


def test_an_interpreter_is_carried_on_only_where_the_form_has_words() -> None:
    said = Intro("ar", InterpreterMode.PRESENT, "Leila", "nobody")
    with_words = opened(replace(LOADED, intro=said))
    assert (with_words.intro.mode, with_words.intro.name) == ("present", "Leila")
    somali = opened(replace(LOADED, intro=replace(said, language="so")))
    assert (somali.intro.mode, somali.intro.name) == (None, "")
    changed = after(with_words, LanguageChosen("so"))
    assert (changed.intro.mode, changed.intro.name) == (None, "")


def test_who_says_the_words_of_a_form_that_has_none_is_named() -> None:
    asked = after(opened(), LanguageChosen("so"), CompanyChosen(Company.NOBODY))
    assert missing(asked) == {"interpreter"}
    by_phone = after(asked, InterpreterChosen(InterpreterMode.PHONE))
    assert missing(by_phone) == {"name"}
    assert after(by_phone, StartPressed()).stage is Stage.INTRO
    assert missing(after(by_phone, InterpreterTyped("Leila"))) == set()
    staff = after(asked, InterpreterChosen(InterpreterMode.NONE))
    assert missing(staff) == set()


def test_the_first_page_is_a_draft_at_every_word_of_it() -> None:
    step = update(opened(), InterpreterTyped("Leila"))
    (draft,) = step.effects
    assert isinstance(draft, KeepDraft)
    assert (draft.intro.name, draft.is_intro) == ("Leila", True)


def test_what_the_first_page_says_anew_is_written_with_the_page() -> None:
    first = {"languages": ["en", "ar"], "accompanied_by": "nobody"}
    intro = Intro("ar", InterpreterMode.PRESENT, "Leila", "nobody")
    known = replace(LOADED, saved=Answers(), intro=intro, first=first)
    model = after(
        EMPTY,
        ScreeningLoaded(known),
        CompanyChosen(Company.RELATIVE),
        StartPressed(),
        OptionTapped(COUGH, 1),
    )
    page = next(e for e in update(model, Left()).effects if isinstance(e, SavePage))
    assert page.first_changed == {
        "interpreter": {"mode": "present", "name": "Leila", "language": "ar"},
        "accompanied_by": "relative",
    }


def test_a_first_page_survives_a_tablet_that_dies(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            vault = here.desk.vault
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap("screening.interpreter.phone")
                await screen.type("screening.interpreter_name", "Leila")
                await screen.tap("screening.company.relative")
                (draft,) = vault.drafts(here.patient_id)
                assert json.loads(draft.content)["is_intro"]
            async with session(here.desk, here.screening(PHQ9)) as screen:
                intro = screen.model.intro
                assert screen.model.stage is Stage.INTRO
                assert (intro.mode, intro.name) == ("phone", "Leila")
                assert intro.company == "relative"

    asyncio.run(run())


def test_who_goes_on_says_anew_who_interprets_and_both_are_named_at_the_end(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap("screening.interpreter.phone")
                await screen.type("screening.interpreter_name", "Leila")
                await screen.tap(*BEGIN)
                assert screen.says("Interpreted aloud into Arabic by Leila")
                await screen.tap(FIRST_ITEM)
            colleague = here.by(BO)
            async with session(colleague.desk, here.screening(PHQ9)) as screen:
                assert screen.model.intro.mode is None
                await screen.tap("screening.interpreter.present")
                await screen.type("screening.interpreter_name", "Omar")
                await screen.tap("screening.company.relative", "screening.start")
                await screen.tap("q:/44255-8.options.LA6569-3", "screening.stop")
                await screen.tap("screening.turned", "dialog.tired")
                assert screen.says("Leila")
                assert screen.says("Omar")
                assert screen.says("A relative")
            assert here.response.interpreter.name == "Omar"
            assert here.response.text("accompanied_by") == "relative"
            names = {
                key: as_mapping(as_mapping(as_mapping(a.value)["asked"])["by"])["name"]
                for key, a in here.response.answers()
            }
            assert names == {":/44250-9": "Leila", ":/44255-8": "Omar"}

    asyncio.run(run())


def test_a_form_with_words_asks_nobody_to_be_named(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no")
            assert here.response.value("interpreter") is None
            ((_key, shown),) = here.response.answers()
            assert as_mapping(as_mapping(shown.value)["asked"])["by"] is None

    asyncio.run(run())
