"""Parts of the first page about others: whose card it is, the family, the child."""

import flet as ft

from app.clinic.registration import Relationship
from app.core.ids import format_card_code
from app.core.values import NameStatus, Sex, Who
from app.features.register.checking import (
    Context,
    Need,
    child_is_flagged,
    may_be_child,
)
from app.features.register.events import CameBackPressed, Entered
from app.features.register.form import VISIT_NEW, VISIT_OPEN, Field
from app.features.register.minimum_page import Dispatch, entered, pressed
from app.features.register.model import Model
from app.features.register.people import Person
from app.features.register.tiles import grid
from app.i18n import Translator, formats
from app.i18n.terms import company_name, relationship_name, sex_name
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.screen import part
from app.ui.theme import Type

_RELATIONS = (
    Relationship.CHILD,
    Relationship.SPOUSE,
    Relationship.MOTHER,
    Relationship.FATHER,
    Relationship.SIBLING,
    Relationship.GRANDPARENT,
    Relationship.GRANDCHILD,
    Relationship.OTHER_RELATIVE,
    Relationship.GUARDIAN,
    Relationship.WARD,
)
_COMPANY = (Who.PARENT, Who.GUARDIAN, Who.NOT_PARENT, Who.NOBODY, Who.NOT_ASKED)
_WITH_NAME = frozenset({Who.PARENT, Who.GUARDIAN, Who.NOT_PARENT})


def called(t: Translator, person: Person) -> str:
    """What to call somebody: the name, or the card where there is none."""
    if person.name.status is NameStatus.SAID and person.name.display:
        return t.isolate(person.name.display)
    if person.card:
        return formats.code(t, format_card_code(person.card))
    return t.gettext("a person without a name")


def facts_of(t: Translator, person: Person, context: Context) -> str:
    """Name, sex and age in one line."""
    parts = [called(t, person)]
    if person.sex is not Sex.UNKNOWN:
        parts.append(sex_name(t, person.sex))
    if person.birth is not None:
        parts.append(formats.age(t, person.birth, context.today))
    return " · ".join(parts)


def known_part(
    person: Person, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Whose card it is; the person came back, or the card was mixed up."""
    t = look.t
    _ = t.gettext
    return [
        w.notice(
            "register.known",
            _("This card belongs to somebody who is registered already."),
        ),
        w.card(
            "register.known.person",
            [
                w.words(facts_of(t, person, context), Type.LEAD),
                w.subtitle(_("If it is the same person, the same record goes on.")),
            ],
        ),
        w.quiet_button(
            "register.other_card",
            _("Use another card"),
            lambda: dispatch(Entered(Field.CARD, "")),
        ),
    ]


def came_back_button(dispatch: Dispatch, look: Look) -> ft.Control:
    """The main action where the card is known."""
    return w.main_button(
        "register.came_back",
        look.t.gettext("This person came back"),
        lambda: dispatch(CameBackPressed()),
    )


def returning_part(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Who came back; and, where a visit is still open here, whether it goes on."""
    person, t = context.returning, look.t
    _ = t.gettext
    if person is None:
        return []
    parts: list[ft.Control] = [
        w.card(
            "register.returning",
            [w.words(facts_of(t, person, context), Type.LEAD), *_phones(person, t)],
        )
    ]
    if not person.encounter_id:
        return parts
    since = formats.instant(t, person.waiting_since, context.zone)
    text = t.fill(_("A visit is open here since {time}."), time=since)
    choices = [
        w.Choice(VISIT_OPEN, _("This visit goes on")),
        w.Choice(VISIT_NEW, _("A new visit")),
    ]
    chosen = VISIT_OPEN if model.goes_on else VISIT_NEW
    tell = w.one(pressed(Field.VISIT, dispatch))
    tiles = w.choice_list("register.visit", choices, {chosen}, look, tell)
    return [*parts, w.notice("register.open_visit", text), tiles]


def _phones(person: Person, t: Translator) -> list[ft.Control]:
    return [w.subtitle(formats.phone(t, number)) for number in person.phones]


def family_part(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """What this person is to the first of the family."""
    person, t = context.first, look.t
    if person is None:
        return []
    question = t.fill(
        t.gettext("What is this person to {name}?"), name=called(t, person)
    )
    chosen = model.form.relation
    tiles = _relations("register.relation.part", chosen, dispatch, look)
    return [w.section_title(question), tiles]


def _draw_relations(chosen: str, dispatch: Dispatch, look: Look) -> ft.Control:
    t = look.t
    choices = [w.Choice(r.value, relationship_name(t, r)) for r in _RELATIONS]
    tell = pressed(Field.RELATION, dispatch)
    return grid("register.relation", choices, chosen, look, tell)


_relations = part(_draw_relations)


def child_part(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Who is with a child; nobody, or no parent, is said so at once."""
    t = look.t
    _ = t.gettext
    form = model.form
    if not may_be_child(form, context):
        return []
    choices = [w.Choice(who.value, company_name(t, who)) for who in _COMPANY]
    tell = pressed(Field.WHO, dispatch)
    parts: list[ft.Control] = [
        w.section_title(_("Under 18: who is with the person?")),
        grid("register.who", choices, form.who, look, tell),
    ]
    if model.asked and Need.WHO in model.needs:
        parts.append(w.error_line(_("Choose one, also if nobody asked yet.")))
    if form.who in _WITH_NAME:
        label = _("Name of this adult, if they want to say it")
        tell_name = entered(Field.WHO_NAME, dispatch)
        parts.append(w.text_field("register.who_name", label, form.who_name, tell_name))
    if child_is_flagged(form, context):
        parts.append(flagged_notice(look))
    return parts


def flagged_notice(look: Look) -> ft.Control:
    """A child who came without a parent, where nobody overlooks it."""
    _ = look.t.gettext
    return w.notice(
        "register.child_flag",
        _(
            "A child without a parent. "
            "Do not leave the child alone; tell child protection."
        ),
        w.Tone.DANGER,
    )
