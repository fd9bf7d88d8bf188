"""Who is with a child, written anew: a name goes with somebody alone."""

from datetime import date

from app.clinic.registration import Registration, register
from app.core.canonical import Json
from app.core.values import Accompaniment, Who
from app.features.amend.company import (
    FIELD,
    CompanyChosen,
    CompanyNamed,
    Event,
)
from app.features.amend.state import FieldLoaded, Model, SaveField, SavePressed, update
from app.ui.provenance import NO_NAMES
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds


def saved(said: Accompaniment | None, *events: Event) -> Json:
    folder = Folder()
    given = Registration(accompaniment=said)
    folder.add(register(given, lambda _code: "sara", SequentialIds(), 1).change)
    model = Model("sara", FIELD, date(2026, 3, 1))
    for event in (FieldLoaded(folder.documents["sara"], NO_NAMES), *events):
        model = update(model, event).model
    (effect,) = update(model, SavePressed()).effects
    assert isinstance(effect, SaveField)
    return effect.value


def test_what_was_never_asked_is_said_on_the_record() -> None:
    parent = (CompanyChosen(Who.PARENT), CompanyNamed(" Amina "))
    assert saved(None, *parent) == {"who": "parent", "name": "Amina"}


def test_a_child_who_turns_out_to_be_alone_has_no_adult_by_name() -> None:
    was = Accompaniment(Who.PARENT, "Amina")
    alone = saved(was, CompanyChosen(Who.NOBODY))
    assert alone == {"who": "nobody", "name": ""}


def test_it_begins_with_what_was_said() -> None:
    was = Accompaniment(Who.GUARDIAN, "Omar")
    assert saved(was) == was.to_json()
