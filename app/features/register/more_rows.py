"""What else can be given, as rows of the first page: each says what there is."""

from collections.abc import Callable

import flet as ft

from app.core.values import NO_ARRIVAL
from app.features.register.checking import Context, Need, wrong_arrival
from app.features.register.events import Page, PageOpened
from app.features.register.minimum_page import Dispatch
from app.features.register.model import Model
from app.i18n import N_, formats, names
from app.i18n.terms import name_status_name
from app.ui import widgets as w
from app.ui.look import Look

WRONG_ARRIVALS = {
    Need.ARRIVAL_WRONG: N_("There is no such day and time."),
    Need.ARRIVAL_UNLIKELY: N_(
        "An arrival lies in the past, at most 60 days back. Check day, month and year."
    ),
}


def more_rows(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Name, origin, phones, arrival; none of them has to be given."""
    _ = look.t.gettext
    rows = (
        (Page.NAME, _("Name"), _name(model, look), ft.Icons.BADGE),
        (Page.ORIGIN, _("Origin and languages"), _origin(model, look), ft.Icons.PUBLIC),
        (Page.PHONES, _("Phone numbers"), _phones(model, look), ft.Icons.PHONE),
        (
            Page.ARRIVAL,
            _("Arrival"),
            _arrival(model, context, look),
            ft.Icons.DIRECTIONS_BOAT,
        ),
    )
    return [
        w.section_title(_("More, if there is time")),
        *(
            w.list_row(
                f"register.more.{page.value}",
                w.Row(title, said, icon=icon),
                _opened(page, dispatch),
            )
            for page, title, said, icon in rows
        ),
    ]


def _opened(page: Page, dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(PageOpened(page))


def _name(model: Model, look: Look) -> str:
    name = model.form.name
    if not name.display:
        return name_status_name(look.t, name.status)
    both = dict.fromkeys(part for part in (name.original, name.latin) if part)
    return " · ".join(look.t.isolate(part) for part in both)


def _origin(model: Model, look: Look) -> str:
    t, form = look.t, model.form
    parts = [names.country_name(t, form.origin)] if form.origin else []
    parts += [names.language_name(t, tag) for tag in form.languages]
    if form.interpreter_needed:
        parts.append(t.gettext("An interpreter is needed"))
    return " · ".join(parts) or t.gettext("Not asked")


def _phones(model: Model, look: Look) -> str:
    t = look.t
    numbers = [formats.phone(t, number) for number in model.form.numbers]
    return " · ".join(numbers) or t.gettext("Not asked")


def _arrival(model: Model, context: Context, look: Look) -> str:
    t = look.t
    wrong = wrong_arrival(model.form, context)
    if wrong is not None:
        return t.gettext(WRONG_ARRIVALS[wrong])
    arrival = model.form.arrival_entry.arrival(context.zone) or NO_ARRIVAL
    if arrival.arrived_at is None:
        return t.gettext("Not set. Set it once; it is carried on to the next people.")
    parts = [t.isolate(part) for part in (arrival.place, arrival.vessel) if part]
    parts.append(formats.instant(t, arrival.arrived_at, context.zone))
    return " · ".join(parts)
