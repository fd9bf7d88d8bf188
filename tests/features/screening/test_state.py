"""Screening, decided without a screen: given, when, then."""

from dataclasses import replace

from app.clinic.library import read_library
from app.core.canonical import Json
from app.core.problems import ProblemCode
from app.core.questionnaire import NO, YES, Answer, Answers, Context, ItemPath
from app.core.values import InterpreterMode, ResponseStatus
from app.features.screening.doing import Finish, GoBack, KeepDraft, SavePage
from app.features.screening.events import (
    BackPressed,
    CompanyChosen,
    DraftKept,
    EndSaved,
    Event,
    GoToPressed,
    InterpreterChosen,
    LanguageChosen,
    Left,
    NextPressed,
    OptionTapped,
    PageFailed,
    PageSaved,
    ScreeningLoaded,
    StartPressed,
)
from app.features.screening.model import (
    Asking,
    Company,
    Intro,
    Languages,
    Loaded,
    Model,
    Stage,
    Written,
)
from app.features.screening.state import update
from app.ui.provenance import Named

TB = read_library().forms[0]
COUGH, FEVER = ItemPath("cough"), ItemPath("fever")
REQUIRED = ("cough", "blood-in-sputum", "fever", "weight-loss", "night-sweats")
LOADED = Loaded(
    form=TB,
    response_id="r1",
    status=None,
    saved=Answers(),
    before={},
    intro=Intro(language="ar"),
    age=None,
    context=Context(),
)
EMPTY = Model(Languages("en", ("en", "ar")), "Europe/Athens")


def after(model: Model, *events: Event) -> Model:
    for event in events:
        model = update(model, event).model
    return model


def opened(loaded: Loaded = LOADED) -> Model:
    return after(EMPTY, ScreeningLoaded(loaded))


def begun(loaded: Loaded = LOADED) -> Model:
    started = (CompanyChosen(Company.NOBODY), StartPressed())
    return after(opened(loaded), *started)


def all_no() -> list[Event]:
    return [OptionTapped(ItemPath(name), 0) for name in REQUIRED]


def test_it_begins_only_when_somebody_said_who_is_with_the_person() -> None:
    assert opened().stage is Stage.INTRO
    asked = after(opened(), StartPressed())
    assert (asked.stage, asked.intro.is_checked) == (Stage.INTRO, True)
    assert begun().stage is Stage.QUESTIONS


def test_a_language_without_words_asks_who_interprets() -> None:
    somali = (LanguageChosen("so"), CompanyChosen(Company.RELATIVE))
    waiting = after(opened(), *somali, StartPressed())
    assert waiting.stage is Stage.INTRO
    chosen = after(waiting, InterpreterChosen(InterpreterMode.NONE), StartPressed())
    assert chosen.stage is Stage.QUESTIONS
    assert chosen.asked.interpreted


def test_every_answer_is_handed_to_the_draft() -> None:
    step = update(begun(), OptionTapped(COUGH, 1))
    (draft,) = step.effects
    assert isinstance(draft, KeepDraft)
    assert draft.answers == {COUGH: Answer.of(YES)}


def test_a_page_with_problems_is_gone_on_from_at_the_second_press() -> None:
    once = after(begun(), NextPressed())
    assert (once.stage, once.checked) == (Stage.QUESTIONS, frozenset({":symptoms"}))
    assert after(once, NextPressed()).stage is Stage.MISSING


def test_from_what_is_missing_one_goes_to_the_question() -> None:
    listed = after(begun(), NextPressed(), NextPressed())
    assert after(listed, GoToPressed(FEVER)).stage is Stage.QUESTIONS


def test_a_whole_form_is_finished_once() -> None:
    whole = after(begun(), *all_no())
    step = update(whole, NextPressed())
    (end,) = step.effects
    assert isinstance(end, Finish)
    assert update(step.model, NextPressed()).effects == ()
    assert after(step.model, EndSaved()).stage is Stage.TURN


def test_leaving_writes_what_is_not_written_yet_and_nothing_else() -> None:
    first, *_rest = update(after(begun(), OptionTapped(COUGH, 1)), Left()).effects
    assert isinstance(first, SavePage)
    assert first.page.answers == {COUGH: Answer.of(YES)}
    assert not any(isinstance(e, SavePage) for e in update(begun(), Left()).effects)


def test_what_came_from_elsewhere_stands_where_nothing_was_answered_here() -> None:
    mine = after(begun(), OptionTapped(COUGH, 1))
    theirs = Answers({COUGH: Answer.of(NO), FEVER: Answer.of(NO)})
    joined = after(mine, ScreeningLoaded(replace(LOADED, saved=theirs)))
    assert joined.state is not None
    assert joined.state.answers[COUGH] == Answer.of(YES)
    assert joined.state.answers[FEVER] == Answer.of(NO)


def test_an_answer_changed_back_before_the_record_is_read_again_stays() -> None:
    was_no = Answers({COUGH: Answer.of(NO)})
    before = replace(LOADED, saved=was_no, heads={"answer.:cough": ("o1",)})
    turned = after(begun(before), OptionTapped(COUGH, 1), NextPressed(), NextPressed())
    assert turned.saving == 1, "the page with a yes is being written"
    back = update(turned, OptionTapped(COUGH, 0))
    (draft,) = back.effects
    assert isinstance(draft, KeepDraft)
    assert draft.answers == {COUGH: Answer.of(NO)}
    own = Written("o2", Answer.of(YES), Named("Ana"), is_from_here=True)
    later = replace(
        before,
        saved=Answers({COUGH: Answer.of(YES)}),
        written={COUGH: (own,)},
        heads={"answer.:cough": ("o2",)},
    )
    joined = after(back.model, PageSaved(), ScreeningLoaded(later))
    assert joined.changes == {COUGH: Answer.of(NO)}
    (saving, *_rest) = update(joined, Left()).effects
    assert isinstance(saving, SavePage)
    assert "o2" in saving.page.seen["answer.:cough"], "it replaces one's own yes"


def test_a_page_that_is_being_written_is_not_written_twice() -> None:
    turned = after(begun(), OptionTapped(COUGH, 1), NextPressed(), NextPressed())
    assert not any(isinstance(e, SavePage) for e in update(turned, Left()).effects)
    failed = after(turned, PageFailed(ProblemCode.DISK_FULL))
    assert any(isinstance(e, SavePage) for e in update(failed, Left()).effects)


def test_a_draft_is_gone_on_with_at_its_page() -> None:
    draft = update(after(begun()), OptionTapped(COUGH, 1)).effects[0]
    assert isinstance(draft, KeepDraft)
    kept: dict[str, Json] = {
        "intro": {"language": "ar", "mode": None, "name": "", "company": "nobody"},
        "page": "",
        "answers": {":cough": {"values": [{"valueBoolean": True}]}},
        "typed": {},
    }
    again = opened(replace(LOADED, draft=kept))
    assert again.stage is Stage.QUESTIONS
    assert again.changes == draft.answers


def test_a_correction_is_not_left_without_a_question_nor_written_by_leaving() -> None:
    saved = Answers({ItemPath(name): Answer.of(NO) for name in REQUIRED})
    done = replace(LOADED, status=ResponseStatus.COMPLETED, saved=saved)
    assert update(opened(done), BackPressed()).effects == (GoBack(),)
    corrected = after(opened(done), OptionTapped(FEVER, 1))
    assert after(corrected, BackPressed()).asking is Asking.LEAVE
    effects = update(corrected, Left()).effects
    assert not any(isinstance(effect, SavePage) for effect in effects)


def test_a_saved_draft_is_not_drawn() -> None:
    model = begun()
    assert update(model, DraftKept()).model is model
