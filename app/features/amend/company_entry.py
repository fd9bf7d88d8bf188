"""Drawing of who is with a child, to be written anew."""

from collections.abc import Callable

import flet as ft

from app.core.values import Accompaniment, Who
from app.features.amend.company import WITH_NAME, CompanyChosen, CompanyNamed, Event
from app.i18n import terms
from app.ui import widgets as w
from app.ui.look import Look


def entry(
    said: Accompaniment, dispatch: Callable[[Event], None], look: Look
) -> list[ft.Control]:
    """Draw who it may be, and the name where there is somebody."""
    t = look.t

    def choose(code: str) -> None:
        dispatch(CompanyChosen(Who(code)))

    choices = [w.Choice(who.value, terms.company_name(t, who)) for who in Who]
    tiles = w.choice_list(
        "amend.company", choices, {said.who.value}, look, w.one(choose)
    )
    if said.who not in WITH_NAME:
        return [tiles]
    name = w.text_field(
        "amend.company_name",
        t.gettext("Name of this adult, if they want to say it"),
        said.name,
        lambda text: dispatch(CompanyNamed(text)),
    )
    return [tiles, name]
