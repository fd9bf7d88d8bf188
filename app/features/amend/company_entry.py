"""Who is with a child, as it is written anew."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from app.core.canonical import Json
from app.core.values import Accompaniment, Who
from app.i18n import terms
from app.ui import widgets as w
from app.ui.look import Look

FIELD = "accompaniment"
NOTHING_SAID = Accompaniment()
_WITH_NAME = frozenset({Who.PARENT, Who.GUARDIAN, Who.NOT_PARENT})


@dataclass(frozen=True, slots=True)
class CompanyChosen:
    """With whom the child is."""

    who: Who


@dataclass(frozen=True, slots=True)
class CompanyNamed:
    """What that person is called."""

    text: str


Event = CompanyChosen | CompanyNamed


def entered(said: Accompaniment, event: Event) -> Accompaniment:
    """Return what is said after something was chosen or typed."""
    if isinstance(event, CompanyChosen):
        return replace(said, who=event.who)
    return replace(said, name=event.text)


def value_of(said: Accompaniment) -> Json:
    """Return the value of the field; nobody has no name."""
    name = said.name.strip() if said.who in _WITH_NAME else ""
    return Accompaniment(said.who, name).to_json()


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
    if said.who not in _WITH_NAME:
        return [tiles]
    name = w.text_field(
        "amend.company_name",
        t.gettext("Name of this adult, if they want to say it"),
        said.name,
        lambda text: dispatch(CompanyNamed(text)),
    )
    return [tiles, name]
