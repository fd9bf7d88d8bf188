"""Register, decided: the minimum, the family, the child, the card that is known."""

from dataclasses import replace
from datetime import date

import pytest

from app.clinic.registration import Relationship
from app.core.birth import Birth, BirthSource, Precision, birth_of_age
from app.core.ids import check_character
from app.core.problems import ProblemCode
from app.core.values import Arrival, NameStatus, PersonName, Sex, Who
from app.features.register.checking import Context, Need
from app.features.register.doing import (
    Effect,
    GoTo,
    LoadForm,
    LookUpCard,
    MintCard,
    MoveDraft,
    SaveNew,
    SaveReturning,
)
from app.features.register.events import (
    BackPressed,
    CameBackPressed,
    CardLookedUp,
    CardMinted,
    CardTaken,
    DraftMoved,
    Entered,
    Event,
    FamilyPressed,
    HasCardPressed,
    HomePressed,
    LanguageToggled,
    Loaded,
    NameWordPressed,
    NextPressed,
    NoCardPressed,
    NoticePressed,
    Page,
    PageOpened,
    PatientSaved,
    PhoneAdded,
    PhoneTyped,
    Pressed,
    Saved,
    SaveFailed,
    SavePressed,
    SearchTyped,
    Shown,
    StartAfreshPressed,
)
from app.features.register.form import VISIT_NEW, YES, Field, Form, form_from_json
from app.features.register.model import Model
from app.features.register.people import Person
from app.features.register.state import update
from app.ui.leaving import DraftFailed, DraftKept, KeepDraft
from app.ui.routes import Home, Notice, Register

NOW_MS = 1_790_000_000_000
TODAY = date(2026, 9, 21)
ZONE = "Europe/Athens"
CONTEXT = Context(NOW_MS, ZONE)
CARD = "23456789AB0"
MOTHER = Person(
    "mother",
    "CARD",
    PersonName(NameStatus.SAID, "أمينة حسن", "Amina Hassan"),
    Sex.FEMALE,
    birth_of_age(30, BirthSource.SAID, TODAY),
)


def code() -> str:
    return CARD[:10] + check_character(CARD[:10])


def after(*events: Event, model: Model | None = None) -> Model:
    found = model or opened()
    for event in events:
        found = update(found, event).model
    return found


def effects(model: Model, event: Event) -> list[Effect]:
    found = update(model, event).effects
    return [effect for effect in found if not isinstance(effect, KeepDraft)]


def opened(context: Context = CONTEXT, form: Form | None = None) -> Model:
    return update(Model(), Loaded(form or context.began, context)).model


MINIMUM: tuple[Event, ...] = (
    Entered(Field.CARD, code()),
    Pressed(Field.SEX, "female"),
    Entered(Field.YEARS, "30"),
    Pressed(Field.LANGUAGE, "ar"),
)


def saved_of(model: Model) -> SaveNew:
    (effect,) = effects(model, SavePressed())
    assert isinstance(effect, SaveNew)
    return effect


def test_the_screen_begins_with_what_lies_in_the_vault() -> None:
    assert effects(Model(), Shown()) == [LoadForm()]
    assert effects(opened(), Shown()) == []


def test_the_minimum_is_saved() -> None:
    given = saved_of(after(*MINIMUM)).registration
    assert (given.card, given.sex, given.language) == (code(), Sex.FEMALE, "ar")
    assert given.birth == birth_of_age(30, BirthSource.SAID, TODAY)
    assert given.name == PersonName()


def test_each_change_is_kept_as_a_draft_and_looking_is_not() -> None:
    step = update(opened(), Entered(Field.YEARS, "3"))
    (kept,) = step.effects
    assert isinstance(kept, KeepDraft)
    assert kept.content["page"] == "minimum"
    assert update(opened(), SearchTyped("ar")).effects == ()


def test_a_doubled_save_saves_once() -> None:
    model = after(*MINIMUM, SavePressed())
    assert model.busy
    assert effects(model, SavePressed()) == []


def test_what_is_missing_is_said_at_save_and_nothing_is_lost() -> None:
    model = after(Entered(Field.YEARS, "30"), SavePressed())
    assert model.needs == {Need.CARD, Need.SEX, Need.LANGUAGE}
    assert (model.asked, model.busy, model.form.years) == (True, False, "30")


def test_a_mistyped_card_is_said_and_stays_in_its_field() -> None:
    wrong = code()[:-1] + ("X" if code()[-1] != "X" else "Y")
    model = after(*MINIMUM, Entered(Field.CARD, wrong), SavePressed())
    assert model.needs == {Need.CARD_WRONG}
    assert model.form.card == wrong
    assert model.form.looks_complete


@pytest.mark.parametrize("typed", ["2345-6789-ab{c}", " 2345 6789 AB{c} "])
def test_a_card_is_read_however_it_is_typed(typed: str) -> None:
    text = typed.format(c=code()[-1])
    assert effects(opened(), Entered(Field.CARD, text)) == [LookUpCard(code())]


def test_no_card_mints_one_once() -> None:
    assert effects(opened(), NoCardPressed()) == [MintCard()]
    model = after(NoCardPressed(), CardMinted(code()))
    assert model.form.code == code()
    assert effects(model, NoCardPressed()) == []
    assert after(HasCardPressed(), model=model).form.code is None


def test_a_known_card_is_no_second_record() -> None:
    model = after(*MINIMUM, CardLookedUp(code(), MOTHER))
    assert model.known == MOTHER
    assert effects(model, SavePressed()) == []
    (moved,) = effects(model, CameBackPressed())
    assert isinstance(moved, MoveDraft)
    assert moved.patient_id == "mother"
    assert effects(model, DraftMoved("mother")) == [GoTo(Register(returning="mother"))]


def test_an_answer_about_another_card_is_not_taken() -> None:
    model = after(*MINIMUM, CardLookedUp("OTHERCODE00", MOTHER))
    assert model.known is None


def test_another_card_typed_is_another_person() -> None:
    model = after(*MINIMUM, CardLookedUp(code(), MOTHER), Entered(Field.CARD, ""))
    assert model.known is None


def test_a_card_that_became_known_during_the_save_is_said() -> None:
    model = after(*MINIMUM, SavePressed(), CardTaken(MOTHER))
    assert (model.known, model.busy) == (MOTHER, False)


def test_a_failed_save_says_why_and_can_be_tried_again() -> None:
    model = after(*MINIMUM, SavePressed(), SaveFailed(ProblemCode.DISK_FULL))
    assert model.problem is ProblemCode.DISK_FULL
    assert len(effects(model, SavePressed())) == 1


def test_a_draft_that_cannot_be_kept_is_said_until_one_can() -> None:
    model = after(DraftFailed(ProblemCode.DISK_FULL))
    assert model.draft_problem is ProblemCode.DISK_FULL
    assert after(DraftKept({}), model=model).draft_problem is None


def test_an_unknown_language_is_an_answer_and_is_not_written() -> None:
    model = after(*MINIMUM, Pressed(Field.LANGUAGE, "und"))
    assert saved_of(model).registration.language == ""


def test_a_birth_date_may_be_a_year_alone() -> None:
    given = (Pressed(Field.MODE, "date"), Entered(Field.YEAR, "1990"))
    birth = saved_of(after(*MINIMUM, *given)).registration.birth
    assert birth == Birth(
        date(1990, 1, 1), date(1990, 12, 31), Precision.YEAR, BirthSource.SAID
    )


def test_an_age_group_is_an_estimate_unless_somebody_said_it() -> None:
    model = after(*MINIMUM, Pressed(Field.MODE, "band"), Pressed(Field.BAND, "12-17"))
    model = after(Pressed(Field.WHO, Who.GUARDIAN), model=model)
    birth = saved_of(model).registration.birth
    assert birth == birth_of_age(12, BirthSource.ESTIMATED, TODAY, 17)


@pytest.mark.parametrize("years", ["-1", "121", "abc"])
def test_an_age_that_cannot_be_is_said(years: str) -> None:
    assert Need.BIRTH_WRONG in after(Entered(Field.YEARS, years)).needs


def test_a_child_is_asked_who_is_there_and_an_adult_is_not() -> None:
    alone = (Entered(Field.YEARS, "9"), Pressed(Field.WHO, Who.NOBODY))
    child = saved_of(after(*MINIMUM, *alone)).registration
    assert child.accompaniment is not None
    assert child.accompaniment.flags_child
    adult = after(*MINIMUM, *alone, Entered(Field.YEARS, "30"))
    assert saved_of(adult).registration.accompaniment is None


def test_a_child_is_not_saved_past_the_question() -> None:
    model = after(*MINIMUM, Entered(Field.YEARS, "9"), SavePressed())
    assert model.needs == {Need.WHO}
    asked = after(Pressed(Field.WHO, Who.NOT_ASKED), model=model)
    assert saved_of(asked).registration.accompaniment is None


def test_all_optional_steps_are_saved_from_any_of_them() -> None:
    model = after(
        *MINIMUM,
        PageOpened(Page.NAME),
        Entered(Field.ORIGINAL, " سارة "),
        PageOpened(Page.ORIGIN),
        Pressed(Field.ORIGIN, "SY"),
        LanguageToggled("fr"),
        LanguageToggled("en"),
        LanguageToggled("fr"),
        Pressed(Field.INTERPRETER, YES),
        PageOpened(Page.PHONES),
        PhoneTyped(0, "0900 1"),
        PhoneAdded(),
        PhoneTyped(1, "0900 2"),
    )
    given = saved_of(model).registration
    assert given.name == PersonName(NameStatus.SAID, "سارة")
    assert (given.origin, given.languages) == ("SY", ("en",))
    assert given.interpreter_needed is True
    assert given.phones == ("0900 1", "0900 2")


def test_a_name_may_be_refused_and_what_was_typed_stays() -> None:
    model = after(
        *MINIMUM, Entered(Field.LATIN, "Am"), Pressed(Field.NAME_STATUS, "refused")
    )
    assert saved_of(model).registration.name == PersonName(NameStatus.REFUSED)
    assert model.form.latin == "Am"


def test_a_wrong_phone_leads_back_to_its_page() -> None:
    model = after(*MINIMUM, PhoneTyped(0, "none"), SavePressed())
    assert (model.page, model.busy) == (Page.PHONES, False)


def test_an_arrival_nobody_confirmed_is_not_written() -> None:
    model = after(*MINIMUM, PageOpened(Page.ARRIVAL))
    assert (model.form.arrived_year, model.form.arrived_time) == ("2026", "17:13")
    assert saved_of(model).registration.arrival == Arrival()
    assert saved_of(model).carry is None


def test_an_arrival_is_written_and_carried_on() -> None:
    model = after(*MINIMUM, PageOpened(Page.ARRIVAL), Entered(Field.PLACE, "Pier 3"))
    effect = saved_of(model)
    assert effect.registration.arrival.place == "Pier 3"
    assert effect.registration.arrival.arrived_at == NOW_MS // 60_000 * 60_000
    assert effect.carry == effect.registration.arrival


def test_a_carried_arrival_is_written_and_not_carried_anew() -> None:
    began = after(PageOpened(Page.ARRIVAL), Entered(Field.VESSEL, "MV 1")).form
    model = after(*MINIMUM, model=opened(replace(CONTEXT, began=began)))
    effect = saved_of(model)
    assert (effect.registration.arrival.vessel, effect.carry) == ("MV 1", None)


def test_an_impossible_time_of_arrival_leads_to_its_page() -> None:
    model = after(
        *MINIMUM,
        PageOpened(Page.ARRIVAL),
        Entered(Field.ARRIVED_TIME, "25:00"),
        BackPressed(),
        SavePressed(),
    )
    assert model.page is Page.ARRIVAL


FAMILY = replace(CONTEXT, first=MOTHER, began=Form(language="ar", origin="SY"))


def test_another_of_a_family_keeps_what_is_common_and_says_the_relation() -> None:
    model = after(
        Entered(Field.CARD, code()),
        Pressed(Field.RELATION, "CHILD"),
        Pressed(Field.SEX, "male"),
        Entered(Field.YEARS, "9"),
        model=opened(FAMILY),
    )
    given = saved_of(model).registration
    assert (given.language, given.origin) == ("ar", "SY")
    assert given.relative is not None
    assert given.relative.relationship is Relationship.MOTHER
    assert given.relative.back is Relationship.CHILD
    assert given.accompaniment is not None
    assert given.accompaniment.who is Who.PARENT


def test_a_part_of_the_familys_name_goes_into_its_own_script() -> None:
    model = after(
        NameWordPressed("حسن"), NameWordPressed("Hassan"), model=opened(FAMILY)
    )
    assert model.form.name == PersonName(NameStatus.SAID, "حسن", "Hassan")


RETURNING = replace(
    CONTEXT,
    before=Form(sex="female", language="ar"),
    began=Form(sex="female", language="ar"),
    returning=replace(MOTHER, encounter_id="visit", phones=("0900 1",)),
)


def returning_effect(model: Model) -> SaveReturning:
    (effect,) = effects(model, SavePressed())
    assert isinstance(effect, SaveReturning)
    return effect


def test_who_comes_back_says_nothing_again() -> None:
    effect = returning_effect(opened(replace(RETURNING, returning=MOTHER)))
    assert effect.open_encounter_id == ""
    given = effect.registration
    assert (given.sex, given.birth, given.language) == (None, None, "")


def test_what_is_new_of_who_comes_back_is_written_alone() -> None:
    events = (
        Pressed(Field.LANGUAGE, "fr"),
        PhoneTyped(0, "0900 1"),
        PhoneTyped(1, "0900 2"),
    )
    effect = returning_effect(after(*events, model=opened(RETURNING)))
    given = effect.registration
    assert (given.language, given.sex, given.phones) == ("fr", None, ("0900 2",))


def test_a_visit_that_is_open_here_goes_on_or_a_new_one_begins() -> None:
    model = opened(RETURNING)
    assert returning_effect(model).open_encounter_id == "visit"
    anew = after(Pressed(Field.VISIT, VISIT_NEW), model=model)
    assert returning_effect(anew).open_encounter_id == ""


def test_from_saved_one_goes_on_and_the_form_is_closed() -> None:
    saved = Saved("patient", "visit", code())
    model = after(*MINIMUM, SavePressed(), PatientSaved(saved))
    assert effects(model, NoticePressed()) == [GoTo(Notice("patient", "visit"))]
    assert effects(model, FamilyPressed()) == [GoTo(Register(family_of="patient"))]
    assert effects(model, NextPressed()) == [GoTo(Register())]
    assert effects(model, HomePressed()) == [GoTo(Home())]
    assert update(model, Entered(Field.YEARS, "3")) == update(model, SavePressed())


def test_beginning_anew_forgets_the_draft() -> None:
    step = update(opened(form=Form(years="3")), StartAfreshPressed())
    assert [type(effect).__name__ for effect in step.effects] == ["DropDraft"]


def test_a_draft_is_read_as_it_was_written() -> None:
    form = after(*MINIMUM, PhoneAdded(), LanguageToggled("fr")).form
    assert form_from_json(form.to_json()) == form
    assert form_from_json({"newer": 1, "sex": 3, "years": "4"}) == Form(years="4")
