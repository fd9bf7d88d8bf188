"""What is missing or impossible in a form, and the registration that it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.clinic.registration import Registration, Relationship, Relative, inverse
from app.core.birth import Birth
from app.core.change import Heads
from app.core.values import (
    NAME_NOT_ASKED,
    NO_ARRIVAL,
    Accompaniment,
    Arrival,
    NameStatus,
    PersonName,
    Sex,
    Who,
)
from app.features.register.arrival_entry import is_likely
from app.features.register.form import BLANK, LANGUAGE_UNKNOWN, Form
from app.features.register.people import Person
from app.i18n.digits import ascii_digits
from app.i18n.formats import local_day


class Need(StrEnum):
    """What must be looked at before a form can be saved."""

    CARD = "card"
    CARD_WRONG = "card-wrong"
    SEX = "sex"
    BIRTH = "birth"
    BIRTH_WRONG = "birth-wrong"
    LANGUAGE = "language"
    WHO = "who"
    PHONE_WRONG = "phone-wrong"
    ARRIVAL_WRONG = "arrival-wrong"
    ARRIVAL_UNLIKELY = "arrival-unlikely"


@dataclass(frozen=True, slots=True)
class Context:
    """When and where one registers, and whom it is about beside the form.

    `before` is what the record says already, as a form; `began` is the form as it
    was put before anybody, with what is carried on or common to a family.
    """

    now_ms: int
    zone: str
    before: Form = BLANK
    began: Form = BLANK
    first: Person | None = None
    returning: Person | None = None
    corrects: bool = False
    """Whether one page of a record is written anew, and nothing else is done."""
    seen: Mapping[str, Heads] | None = None
    """Of the record that one began with: the heads of each field."""

    @property
    def today(self) -> date:
        """The date at the site."""
        return local_day(self.now_ms, self.zone)

    def birth(self, form: Form) -> Birth | None:
        """Return the birth as said now, or else as recorded."""
        said = form.birth(self.today)
        if said is None and self.returning is not None:
            return self.returning.birth
        return said


def needs(form: Form, context: Context) -> frozenset[Need]:
    """Return what keeps a form from being saved.

    Of somebody who came back nothing has to be said again.
    """
    found = set(_wrong(form, context))
    if context.returning is None:
        found.update(_missing(form))
        # A child is never saved past this question; "not yet asked" answers it.
        if may_be_child(form, context) and not form.who:
            found.add(Need.WHO)
    return frozenset(found)


def _missing(form: Form) -> list[Need]:
    found = []
    if form.code is None:
        found.append(Need.CARD_WRONG if form.card.strip() else Need.CARD)
    if not form.sex:
        found.append(Need.SEX)
    if form.birth_entry.is_empty:
        found.append(Need.BIRTH)
    if not form.language:
        found.append(Need.LANGUAGE)
    return found


def _wrong(form: Form, context: Context) -> list[Need]:
    found = []
    if not form.birth_entry.is_empty and form.birth(context.today) is None:
        found.append(Need.BIRTH_WRONG)
    typed = [text for text in form.phones if text.strip()]
    if any(not any(c.isdigit() for c in text) for text in typed):
        found.append(Need.PHONE_WRONG)
    arrival = wrong_arrival(form, context)
    return found if arrival is None else [*found, arrival]


def wrong_arrival(form: Form, context: Context) -> Need | None:
    """Return what is wrong with the arrival, if it was not put there before."""
    zone = context.zone
    found = form.arrival_entry.arrival(zone)
    if found is None:
        return Need.ARRIVAL_WRONG
    put_before = [
        f.arrival_entry.arrival(zone) for f in (context.before, context.began)
    ]
    if found.arrived_at is None or found in put_before:
        return None
    is_likely_one = is_likely(found.arrived_at, context.now_ms)
    return None if is_likely_one else Need.ARRIVAL_UNLIKELY


def registration_of(form: Form, context: Context) -> Registration:
    """Return what a form says that the record, as it was shown, did not say yet."""
    before, today = context.before, context.today
    return Registration(
        sex=_sex(form, before),
        birth=form.birth(today),
        language=_language(form, before),
        card=form.code,
        name=_name(form, before),
        origin=form.origin if form.origin != before.origin else "",
        languages=form.languages if form.languages != before.languages else (),
        interpreter_needed=_interpreter(form, before),
        phones=_new_phones(form, context),
        arrival=_arrival(form, before, context.zone),
        accompaniment=_accompaniment(form, context),
        relative=_relative(form, context.first),
        seen=context.seen,
    )


def may_be_child(form: Form, context: Context) -> bool:
    """Tell whether the person may be under 18, as said now or else as recorded."""
    birth = context.birth(form)
    return birth is not None and birth.may_be_child(context.today)


def child_is_flagged(form: Form, context: Context) -> bool:
    """Tell whether a child came with nobody, or with no parent."""
    return may_be_child(form, context) and _company(form).flags_child


def _sex(form: Form, before: Form) -> Sex | None:
    if form.sex == before.sex or form.sex not in set(Sex):
        return None
    return Sex(form.sex)


def _language(form: Form, before: Form) -> str:
    same = form.language in (before.language, LANGUAGE_UNKNOWN)
    return "" if same else form.language


def _name(form: Form, before: Form) -> PersonName:
    if form.name == before.name:
        return NAME_NOT_ASKED
    return form.name


def _interpreter(form: Form, before: Form) -> bool | None:
    same = form.interpreter == before.interpreter
    return None if same else form.interpreter_needed


def _arrival(form: Form, before: Form, zone: str) -> Arrival:
    found = form.arrival_entry.arrival(zone) or NO_ARRIVAL
    same = found == before.arrival_entry.arrival(zone)
    return NO_ARRIVAL if same else found


def _new_phones(form: Form, context: Context) -> tuple[str, ...]:
    known = context.returning.phones if context.returning else ()
    have = {ascii_digits(number) for number in known}
    return tuple(n for n in form.numbers if ascii_digits(n) not in have)


def to_carry(form: Form, context: Context) -> Arrival | None:
    """Return the arrival for the next registrations, if it was set on this screen."""
    found = form.arrival_entry.arrival(context.zone)
    began = context.began.arrival_entry.arrival(context.zone)
    is_none = context.corrects or found in (None, NO_ARRIVAL, began)
    return None if is_none else found


def _company(form: Form) -> Accompaniment:
    who = Who(form.who) if form.who in set(Who) else Who.NOT_ASKED
    return Accompaniment(who, form.who_name.strip())


def _accompaniment(form: Form, context: Context) -> Accompaniment | None:
    said = _company(form)
    if said == _company(context.before) or not may_be_child(form, context):
        return None
    return said


def _relative(form: Form, first: Person | None) -> Relative | None:
    if first is None or form.relation not in set(Relationship):
        return None
    this_is = Relationship(form.relation)
    return Relative(first.patient_id, inverse(this_is, first.sex), this_is)


def name_words(person: Person, form: Form) -> tuple[str, ...]:
    """Return the parts of a relative's name that this name does not have yet."""
    if person.name.status is not NameStatus.SAID:
        return ()
    have = {*form.original.split(), *form.latin.split()}
    words = (*person.name.original.split(), *person.name.latin.split())
    return tuple(dict.fromkeys(word for word in words if word not in have))
