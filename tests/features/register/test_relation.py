"""A relation that is corrected takes back what was made from it, and nothing else."""

from dataclasses import replace

from app.core.values import NameStatus, PersonName, Sex, Who
from app.features.register.checking import Context, Need
from app.features.register.entering import entered
from app.features.register.events import Entered, Pressed, Typing
from app.features.register.form import Field, Form
from app.features.register.model import Model
from app.features.register.people import Person

MOTHER = Person(
    "mother", "CARD", PersonName(NameStatus.SAID, "", "Amina Hassan"), Sex.FEMALE
)
FAMILY = Context(1_790_000_000_000, "Europe/Athens", first=MOTHER)
CHILD = Pressed(Field.RELATION, "CHILD")
SIBLING = Pressed(Field.RELATION, "SIBLING")
AGED_9 = Entered(Field.YEARS, "9")


def after(*events: Typing) -> Form:
    form = Form()
    for event in events:
        form = entered(form, event, FAMILY)
    return form


def test_a_child_who_turns_out_to_be_a_sibling_is_asked_who_is_with_them() -> None:
    model = Model(form=after(AGED_9, CHILD, SIBLING), context=FAMILY)
    assert (model.form.who, model.form.who_name) == ("", "")
    assert Need.WHO in model.needs


def test_it_is_asked_although_the_age_was_said_in_between() -> None:
    grown = Entered(Field.YEARS, "30")
    form = after(CHILD, grown, SIBLING, AGED_9)
    assert (form.who, form.who_name) == ("", "")


def test_a_relation_that_is_taken_back_takes_the_parent_along() -> None:
    assert after(AGED_9, CHILD, CHILD).who == ""


def test_what_somebody_said_stays_when_the_relation_is_corrected() -> None:
    guardian = Pressed(Field.WHO, Who.GUARDIAN.value)
    named = Entered(Field.WHO_NAME, "Sara")
    form = after(AGED_9, CHILD, guardian, named, SIBLING)
    assert (form.who, form.who_name) == ("guardian", "Sara")
    named_on_top = replace(after(AGED_9, CHILD), who_name="Amina, the mother")
    assert entered(named_on_top, SIBLING, FAMILY).who == "parent"
