"""Amend: one field written anew, begun with what it says now."""

from datetime import date

import pytest

from app.clinic.corrections import key_of
from app.clinic.registration import Registration, register
from app.core.birth import BirthSource, birth_of_age, birth_of_parts
from app.core.canonical import Json
from app.core.change import Change
from app.core.document_json import as_mapping
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.values import NameStatus, PersonName, Sex
from app.features.amend.state import (
    AfreshPressed,
    DatePartTyped,
    DropDraft,
    Effect,
    Event,
    FieldLoaded,
    LanguageChosen,
    LatinTyped,
    LoadField,
    Model,
    NameStatusChosen,
    Opened,
    OriginalTyped,
    RecordsChanged,
    Saved,
    SaveFailed,
    SaveField,
    SavePressed,
    SexChosen,
    SourceChosen,
    update,
)
from app.features.amend.typed import Typed, typed_from_json
from app.ui.leaving import DraftFailed, GoBack, KeepDraft
from app.ui.provenance import NO_NAMES
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds

TODAY = date(2026, 3, 1)
NAME = PersonName(NameStatus.SAID, "أمينة", "Amina")
BORN = birth_of_parts(("1991", "3", "14"), BirthSource.SAID, TODAY)


def registered(given: Registration) -> Folder:
    folder = Folder()
    folder.add(register(given, lambda _code: "amina", SequentialIds(), 1).change)
    return folder


def document(given: Registration) -> Document:
    return registered(given).documents["amina"]


GIVEN = Registration(Sex.FEMALE, BORN, "ar", name=NAME)
AMINA = document(GIVEN)


def loaded(field: str, shown: Document = AMINA) -> Model:
    model = Model("amina", field, TODAY)
    return update(model, FieldLoaded(shown, NO_NAMES)).model


def after(*events: Event, model: Model) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(model, event)
        model, effects = step.model, step.effects
    return model, effects


def saved(*events: Event, field: str, shown: Document = AMINA) -> Json:
    _, effects = after(*events, SavePressed(), model=loaded(field, shown))
    (effect,) = effects
    assert isinstance(effect, SaveField)
    return effect.value


def test_it_is_read_once_and_begins_with_what_it_says_now() -> None:
    assert after(Opened(), model=Model("amina", "name", TODAY))[1] == (
        LoadField("amina"),
    )
    assert after(Opened(), model=loaded("name"))[1] == ()
    assert after(RecordsChanged(), model=loaded("name"))[1] == (LoadField("amina"),)
    typed = loaded("name").typed
    assert (typed.original, typed.latin, typed.sex) == ("أمينة", "Amina", "female")
    assert (typed.year, typed.month, typed.day) == ("1991", "3", "14")


def test_a_name_keeps_both_writings() -> None:
    name = saved(OriginalTyped("آمنة "), LatinTyped("Amna"), field="name")
    assert name == PersonName(NameStatus.SAID, "آمنة", "Amna").to_json()


def test_a_name_that_was_refused_leaves_no_letters_behind() -> None:
    name = saved(NameStatusChosen(NameStatus.REFUSED), field="name")
    assert name == PersonName(NameStatus.REFUSED).to_json()


def test_sex_and_language_are_chosen() -> None:
    assert saved(SexChosen("unknown"), field="sex") == "unknown"
    assert saved(LanguageChosen("ti"), field="language") == "ti"


def test_a_birth_date_may_be_less_exact_and_says_who_said_it() -> None:
    parts = (DatePartTyped("day", ""), SourceChosen(BirthSource.DOCUMENT))
    birth = as_mapping(saved(*parts, field="birth"))
    assert (birth["precision"], birth["source"]) == ("month", "document")


@pytest.mark.parametrize("year", ["", "2030", "1700", "19x0"])
def test_an_impossible_birth_date_is_not_saved(year: str) -> None:
    typed = DatePartTyped("year", year)
    model, effects = after(typed, SavePressed(), model=loaded("birth"))
    assert (model.wrong_date, effects) == (True, ())


def test_an_age_begins_with_an_empty_date() -> None:
    guessed = birth_of_age(30, BirthSource.ESTIMATED, TODAY)
    typed = loaded("birth", document(Registration(birth=guessed))).typed
    assert (typed.year, typed.source) == ("", BirthSource.ESTIMATED)


def test_it_is_saved_once_and_then_one_is_back() -> None:
    model, _ = after(SavePressed(), model=loaded("sex"))
    assert after(SavePressed(), model=model)[1] == ()
    assert after(Saved(), model=model)[1] == (GoBack(),)
    failed, _ = after(SaveFailed(ProblemCode.DISK_FULL), model=model)
    assert (failed.busy, failed.problem) == (False, ProblemCode.DISK_FULL)
    assert failed.typed == model.typed, "what was typed stays"


def test_a_draft_that_cannot_be_kept_does_not_end_a_save_that_runs() -> None:
    saving, _ = after(SexChosen("other"), SavePressed(), model=loaded("sex"))
    failed, _ = after(DraftFailed(ProblemCode.DISK_FULL), model=saving)
    assert (failed.busy, failed.problem) == (True, None)
    assert failed.draft_problem is ProblemCode.DISK_FULL
    assert after(SavePressed(), model=failed)[1] == (), "one save at a time"


def test_what_is_typed_is_a_draft_and_is_back_when_it_is_opened_again() -> None:
    _, (draft,) = after(LatinTyped("Amna"), model=loaded("name"))
    assert isinstance(draft, KeepDraft)
    seen = AMINA.heads("name")
    assert draft.content["seen"] == list(seen)
    typed = typed_from_json(draft.content["typed"], Typed())
    model = Model("amina", "name", TODAY)
    again, _ = after(FieldLoaded(AMINA, NO_NAMES, (typed, seen)), model=model)
    assert (again.typed.latin, again.restored) == ("Amna", True)
    afresh, effects = after(AfreshPressed(), model=again)
    assert (afresh.typed.latin, afresh.restored) == ("Amina", False)
    assert effects == (DropDraft(afresh.draft),)
    assert afresh.is_kept, "nothing is lost that was not given up"


def test_what_a_draft_does_not_hold_begins_with_what_stands() -> None:
    start = loaded("birth").typed
    assert typed_from_json({"year": 1, "source": "of-2031"}, start) == start


def overtaken() -> Document:
    """The same person once somebody else wrote the sex."""
    folder = registered(GIVEN)
    change = Change()
    change.set(key_of(AMINA), {"sex": "male"})
    folder.add(change)
    return folder.documents["amina"]


def test_what_was_written_meanwhile_is_shown_and_not_replaced() -> None:
    later = overtaken()
    typed, _ = after(SexChosen("unknown"), model=loaded("sex"))
    model, effects = after(FieldLoaded(later, NO_NAMES), SavePressed(), model=typed)
    assert model.is_overtaken
    assert model.shown is not None
    assert model.shown.value == "male"
    (save,) = effects
    assert isinstance(save, SaveField)
    assert (save.value, save.seen) == ("unknown", AMINA.heads("sex"))


def test_where_nothing_was_typed_what_was_written_meanwhile_is_seen() -> None:
    later = overtaken()
    model, _ = after(FieldLoaded(later, NO_NAMES), model=loaded("sex"))
    assert not model.is_overtaken
    assert (model.typed.sex, model.seen) == ("male", later.heads("sex"))
