"""The optional steps: name, origin and languages, phone numbers, arrival."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.core.values import NameStatus
from app.features.register.checking import Context, Need, name_words
from app.features.register.events import (
    Entered,
    NameWordPressed,
    Page,
    PageOpened,
    PhoneAdded,
    PhoneTyped,
)
from app.features.register.form import NO, YES, Field
from app.features.register.lists import found_countries
from app.features.register.minimum_page import Dispatch, entered, pressed
from app.features.register.model import Model
from app.features.register.more_rows import WRONG_ARRIVALS
from app.i18n import formats, names
from app.i18n.terms import name_status_name
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.widgets.dates import DateParts, Dating

_UNSAID = (NameStatus.NOT_ASKED, NameStatus.REFUSED, NameStatus.UNABLE)
TIME = w.FieldOptions(is_ltr=True, max_length=5)


def name_page(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """The name in its own script and in Latin, or why there is none."""
    t = look.t
    _ = t.gettext
    form = model.form
    parts: list[ft.Control] = [
        w.words(_("One name is a whole name. Nobody has to say it.")),
        w.text_field(
            "register.original",
            _("Name, as the person writes it"),
            form.original,
            entered(Field.ORIGINAL, dispatch),
        ),
        w.text_field(
            "register.latin",
            _("Name in Latin letters"),
            form.latin,
            entered(Field.LATIN, dispatch),
        ),
    ]
    choices = [w.Choice(s.value, name_status_name(t, s)) for s in _UNSAID]
    tell = w.one(pressed(Field.NAME_STATUS, dispatch))
    chosen = {form.name.status.value}
    return [
        *parts,
        *_family_words(model, context, dispatch, look),
        w.words(_("There is no name")),
        w.choice_list("register.name_status", choices, chosen, look, tell),
    ]


def _family_words(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Parts of the first person's name, of which this one's may be made."""
    t = look.t
    offered = name_words(context.first, model.form) if context.first else ()
    if not offered:
        return []
    choices = [w.Choice(word, t.isolate(word)) for word in offered]
    return [
        w.words(t.gettext("Add a part of the family’s name")),
        w.filter_chips(
            "register.word", choices, (), lambda word: dispatch(NameWordPressed(word))
        ),
    ]


def origin_page(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Country of origin, further languages, interpreter."""
    t = look.t
    _ = t.gettext
    form = model.form
    country = names.country_name(t, form.origin) if form.origin else _("Not asked")
    spoken = formats.joined(t, (names.language_name(t, tag) for tag in form.languages))
    spoken = spoken or _("Not asked")
    answers = (
        w.Choice(YES, _("Yes"), icon=ft.Icons.RECORD_VOICE_OVER),
        w.Choice(NO, _("No"), icon=ft.Icons.VOICE_OVER_OFF),
    )
    answering = w.Answering(pressed(Field.INTERPRETER, dispatch))
    return [
        w.list_row(
            "register.country",
            w.Row(_("Country of origin"), country, icon=ft.Icons.PUBLIC),
            lambda: dispatch(PageOpened(Page.COUNTRY)),
        ),
        w.list_row(
            "register.languages",
            w.Row(_("Other languages"), spoken, icon=ft.Icons.TRANSLATE),
            lambda: dispatch(PageOpened(Page.LANGUAGES)),
        ),
        w.section_title(_("Is an interpreter needed?")),
        w.yes_no(
            "register.interpreter", answers, form.interpreter or None, look, answering
        ),
    ]


def country_page(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """The countries that fit what was typed."""
    t = look.t
    choices = found_countries(t, model.search, model.form.origin)
    tell = w.one(pressed(Field.ORIGIN, dispatch))
    chosen = {model.form.origin}
    return [w.choice_list("register.origin", choices, chosen, look, tell)]


def phones_page(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """As many numbers as there are."""
    _ = look.t.gettext
    phones = model.form.phones or ("",)
    is_wrong = model.asked and Need.PHONE_WRONG in model.needs
    error = _("A phone number has digits.") if is_wrong else ""
    parts: list[ft.Control] = [
        w.words(_("Numbers at which the person can be reached, if they want."))
    ]
    for index, number in enumerate(phones):
        last = index == len(phones) - 1
        options = replace(w.PHONE, error=error if last else "")
        parts.append(
            w.text_field(
                f"register.phone.{index}",
                look.t.fill(_("Phone number {number}"), number=index + 1),
                number,
                _phone_typed(index, dispatch),
                options,
            )
        )
    add = w.quiet_button(
        "register.add_phone",
        _("Another number"),
        lambda: dispatch(PhoneAdded()),
        ft.Icons.ADD,
    )
    return [*parts, add]


def _phone_typed(index: int, dispatch: Dispatch) -> Callable[[str], None]:
    return lambda text: dispatch(PhoneTyped(index, text))


def arrival_page(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Place, vessel or bus, day and time; carried on to the next registrations."""
    _ = look.t.gettext
    confirm = w.Choice(
        YES,
        _("This is when they arrived"),
        detail=_("Kept for the next people you register on this tablet"),
    )
    tell = w.many(pressed(Field.ARRIVAL_SET, dispatch))
    chosen = {model.form.arrival_set}
    return [
        w.words(_("The time limits of the law begin with the arrival.")),
        *_where(model, dispatch, look),
        *_when(model, dispatch, look),
        w.choice_list("register.arrival_set", [confirm], chosen, look, tell),
    ]


def _where(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.text_field(
            "register.place",
            _("Place of arrival"),
            model.form.place,
            entered(Field.PLACE, dispatch),
        ),
        w.text_field(
            "register.vessel",
            _("Vessel or bus"),
            model.form.vessel,
            entered(Field.VESSEL, dispatch),
        ),
    ]


def _when(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    form = model.form
    error = "".join(
        _(text) for need, text in WRONG_ARRIVALS.items() if need in model.needs
    )
    return [
        w.date_entry(
            "register.arrived",
            _("Day of arrival"),
            DateParts(form.arrived_day, form.arrived_month, form.arrived_year),
            look,
            Dating(_arrived(dispatch), error),
        ),
        w.text_field(
            "register.arrived_time",
            _("Time of arrival, as 14:30"),
            form.arrived_time,
            entered(Field.ARRIVED_TIME, dispatch),
            TIME,
        ),
    ]


def _arrived(dispatch: Dispatch) -> Callable[[str, str], None]:
    fields = {
        "day": Field.ARRIVED_DAY,
        "month": Field.ARRIVED_MONTH,
        "year": Field.ARRIVED_YEAR,
    }
    return lambda part, text: dispatch(Entered(fields[part], text))
