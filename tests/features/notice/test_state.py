"""Notice and consent, decided: every path goes on, and no answer is presumed."""

from dataclasses import replace

import pytest

from app.clinic.consents import NoticeGiven, Purpose
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.core.values import Decision, GivenBy, Interpretation, InterpreterMode
from app.core.wire import Deployment, Notice
from app.features.notice.form import Field, Form, form_from_json
from app.features.notice.model import Context, Model, Need, Page, Way
from app.features.notice.state import (
    Answered,
    BackPressed,
    ContinuePressed,
    Effect,
    Entered,
    Event,
    Go,
    LanguagesOpened,
    Load,
    Loaded,
    Save,
    Saved,
    SaveFailed,
    Shown,
    WayPressed,
    update,
)
from app.ui.leaving import DraftFailed, DraftKept, KeepDraft

CONTEXT = Context(
    deployment=Deployment(
        deployment_id="d", name="Port", controller="C", contact="c", retention_days=30
    ),
    notice=Notice(version="2", services=("Red Cross", "Legal aid")),
    zone="Europe/Athens",
    station=Station.REGISTRATION,
    language="ti",
)
GO_ON = ContinuePressed("ti")
TOLD: tuple[Event, ...] = (Entered(Field.STATUS, "given"), Entered(Field.MODE, "none"))


def opened(context: Context = CONTEXT) -> Model:
    return update(Model(), Loaded(context, Form(language=context.language))).model


def after(*events: Event, model: Model | None = None) -> Model:
    found = model or opened()
    for event in events:
        found = update(found, event).model
    return found


def effects(model: Model, event: Event) -> list[Effect]:
    found = update(model, event).effects
    return [effect for effect in found if not isinstance(effect, KeepDraft)]


def saved_form(model: Model) -> Form:
    (effect,) = effects(model, GO_ON)
    assert isinstance(effect, Save)
    return effect.form


def test_it_begins_with_what_stands() -> None:
    assert effects(Model(), Shown()) == [Load()]
    assert effects(opened(), Shown()) == []


def test_whether_the_person_was_told_must_be_said() -> None:
    model = after(GO_ON)
    assert model.page is Page.NOTICE
    assert model.needs == {Need.STATUS}
    assert model.asked


def test_who_interpreted_must_be_said() -> None:
    model = after(Entered(Field.STATUS, "given"), GO_ON)
    assert model.needs == {Need.MODE}


def test_a_notice_put_off_needs_a_reason_and_asks_for_no_consent() -> None:
    model = after(Entered(Field.STATUS, "postponed"), GO_ON)
    assert model.needs == {Need.REASON}
    form = saved_form(after(Entered(Field.REASON, "too-unwell"), model=model))
    notice = form.notice("2", "en")
    assert notice == NoticeGiven(
        given=False, version="2", language="ti", postponed_reason="too-unwell"
    )


def test_a_notice_given_goes_on_to_the_purposes() -> None:
    model = after(*TOLD, GO_ON)
    assert model.page is Page.CONSENTS
    assert model.form.given_by == GivenBy.SELF


def test_nothing_is_agreed_to_unless_somebody_says_so() -> None:
    form = saved_form(after(*TOLD, GO_ON))
    assert form.consents(CONTEXT.asked, {}, "2") == ()


def test_for_a_child_nobody_is_presumed_to_decide() -> None:
    child = opened(replace(CONTEXT, is_child=True))
    model = after(*TOLD, GO_ON, Answered("research", "no"), GO_ON, model=child)
    assert model.needs == {Need.GIVEN_BY}
    form = saved_form(after(Entered(Field.GIVEN_BY, "guardian"), model=model))
    (consent,) = form.consents(CONTEXT.asked, {}, "2")
    assert (consent.decision, consent.given_by) == (Decision.NO, GivenBy.GUARDIAN)


def test_a_childs_consent_is_taken_back_by_somebody_who_is_named() -> None:
    stands = {"research": Decision.YES}
    child = opened(replace(CONTEXT, is_child=True, standing=stands))
    model = after(*TOLD, GO_ON, Answered("research", "not-asked"), GO_ON, model=child)
    assert model.needs == {Need.GIVEN_BY}
    form = saved_form(after(Entered(Field.GIVEN_BY, "parent"), model=model))
    (consent,) = form.consents(CONTEXT.asked, stands, "2")
    assert (consent.decision, consent.given_by) == (Decision.NOT_ASKED, GivenBy.PARENT)


def test_a_child_whom_nothing_was_asked_goes_on() -> None:
    child = opened(replace(CONTEXT, is_child=True))
    assert saved_form(after(*TOLD, GO_ON, model=child)).given_by == ""


def test_nobody_able_decides_nothing_even_after_a_yes() -> None:
    model = after(
        *TOLD,
        GO_ON,
        Answered("research", "yes"),
        Entered(Field.GIVEN_BY, "nobody-able"),
    )
    form = saved_form(model)
    assert form.consents(CONTEXT.asked, {}, "2") == ()
    unable = form.unable(CONTEXT.asked, {"research": Decision.YES}, "2")
    assert [(c.purpose, c.service) for c in unable] == [
        (Purpose.PHONE_CONTACT, ""),
        (Purpose.SHARING, "Red Cross"),
        (Purpose.SHARING, "Legal aid"),
    ]
    assert {c.decision for c in unable} == {Decision.NOT_ASKED}


def test_each_service_is_asked_for_itself() -> None:
    model = after(
        *TOLD,
        GO_ON,
        Answered("sharing/Red Cross", "yes"),
        Answered("sharing/Legal aid", "no"),
    )
    found = saved_form(model).consents(CONTEXT.asked, {}, "2")
    assert [(c.service, c.decision) for c in found] == [
        ("Red Cross", Decision.YES),
        ("Legal aid", Decision.NO),
    ]


def test_only_what_changed_is_written_and_answering_again_withdraws() -> None:
    standing = {"research": Decision.YES, "phone-contact": Decision.YES}
    form = Form(given_by="self").answered("research", "no")
    form = form.answered("phone-contact", "yes")
    (withdrawn,) = form.consents(CONTEXT.asked, standing, "2")
    assert (withdrawn.purpose, withdrawn.decision) == (Purpose.RESEARCH, Decision.NO)


def test_a_notice_that_was_given_before_is_not_given_again_to_change_an_answer() -> (
    None
):
    given = NoticeGiven(given=True, version="1", language="ti")
    model = opened(replace(CONTEXT, last=(given, 1)))
    model = after(GO_ON, model=model)
    assert model.page is Page.CONSENTS
    assert saved_form(model).notice("2", "ti") is None


def test_an_interpreter_is_named_with_the_language() -> None:
    form = Form(language="ti", mode="phone", interpreter=" Selam ", status="given")
    notice = form.notice("2", "en")
    assert notice is not None
    expected = Interpretation(InterpreterMode.PHONE, "Selam", "ti")
    assert (notice.interpreter, notice.shown_in) == (expected, "en")


def test_a_doubled_save_saves_once() -> None:
    model = after(*TOLD, GO_ON, GO_ON)
    assert model.busy
    assert effects(model, GO_ON) == []


def test_a_failed_save_can_be_tried_again() -> None:
    failed = SaveFailed(ProblemCode.DISK_FULL)
    model = after(*TOLD, GO_ON, GO_ON, failed)
    assert (model.problem, model.busy) == (ProblemCode.DISK_FULL, False)
    assert len(effects(model, GO_ON)) == 1


def test_each_answer_is_kept_as_a_draft() -> None:
    step = update(opened(), Entered(Field.STATUS, "given"))
    (kept,) = step.effects
    assert isinstance(kept, KeepDraft)
    assert form_from_json(kept.content["form"]) == step.model.form


def test_a_draft_that_cannot_be_kept_is_said_until_one_can() -> None:
    model = after(DraftFailed(ProblemCode.DISK_FULL))
    assert model.draft_problem is ProblemCode.DISK_FULL
    assert after(DraftKept({}), model=model).draft_problem is None


def test_another_language_is_chosen_from_a_list() -> None:
    model = after(LanguagesOpened(), Entered(Field.LANGUAGE, "so"))
    assert (model.page, model.form.language) == (Page.NOTICE, "so")
    assert after(LanguagesOpened(), BackPressed()).page is Page.NOTICE


@pytest.mark.parametrize("way", Way)
def test_after_the_save_one_goes_on(way: Way) -> None:
    assert effects(opened(), WayPressed(way)) == []
    model = after(*TOLD, GO_ON, GO_ON, Saved())
    assert effects(model, WayPressed(way)) == [Go(way)]
    assert effects(model, GO_ON) == []
