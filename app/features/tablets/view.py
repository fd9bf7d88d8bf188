"""Drawing of Tablets: by site, beside the people on the one that is selected."""

from collections.abc import Callable
from functools import partial

import flet as ft

from app.core.console_wire import PersonAccess, TabletAccess
from app.core.people_wire import Grant, GrantKind
from app.features.tablets.state import (
    AllowConfirmed,
    AllowPressed,
    AskingClosed,
    BackPressed,
    Event,
    Model,
    RefreshPressed,
    TabletPressed,
    Wish,
)
from app.i18n import formats, messages
from app.i18n.terms import role_name
from app.ui import widgets as w
from app.ui.frame import Frame, Span
from app.ui.look import Look
from app.ui.theme import Space
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]
ZONE = "UTC"
"""That of a console, as its strip says."""
_KINDS = (GrantKind.SET_PIN, GrantKind.REOPEN)


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the tablets, and who works on the one selected."""
    _ = look.t.gettext
    tablet = model.tablet
    if tablet is not None and not look.is_wide:
        return Frame(
            title=look.t.isolate(tablet.name),
            body=_people(model, tablet, dispatch, look),
            dialog=_dialog(model, tablet, dispatch, look),
            back=lambda: dispatch(BackPressed()),
            scroll_to_top=tablet.device_id,
        )
    beside = [_choose(look)] if tablet is None else None
    return Frame(
        title=_("Tablets and PINs"),
        body=_tablets(model, dispatch, look),
        beside=(beside or _people(model, tablet, dispatch, look))
        if look.is_wide
        else None,
        span=Span.FULL if look.is_wide else Span.COLUMN,
        dialog=_dialog(model, tablet, dispatch, look) if tablet else None,
        actions=[
            w.icon_button(
                "tablets.refresh",
                _("Look again"),
                ft.Icons.REFRESH,
                lambda: dispatch(RefreshPressed()),
            )
        ],
        scroll_to_top=model.selected,
    )


def _choose(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "tablets.choose",
        _("No tablet is chosen"),
        _("Choose a tablet from the list to see who works on it."),
        ft.Icons.TABLET_ANDROID,
    )


def _tablets(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    said = _problem(model, look)
    if model.access is None:
        waiting = w.waiting("tablets.waiting", _("Asking the server"))
        return said or [waiting]
    body: list[ft.Control] = [*said]
    for site in model.access.sites:
        here = [t for t in model.access.tablets if t.site_id == site.site_id]
        if here:
            body.append(w.section_title(look.t.isolate(site.name)))
            body += [_tablet(model, each, dispatch, look) for each in here]
    if not model.access.tablets:
        none = _("There is no tablet yet")
        hint = _("Your administrator makes a code by which a tablet joins a site.")
        body.append(w.empty_state("tablets.none", none, hint, ft.Icons.TABLET_ANDROID))
    return body


def _tablet(
    model: Model, tablet: TabletAccess, dispatch: Dispatch, look: Look
) -> ft.Control:
    t, standing = look.t, len(tablet.grants)
    told = t.ngettext(
        "{count} permission is open", "{count} permissions are open", standing
    )
    row = Row(
        t.isolate(tablet.name),
        badges=(w.Badge(t.fill(told, count=standing)),) if standing else (),
        icon=ft.Icons.TABLET_ANDROID,
        is_selected=tablet.device_id == model.selected,
    )
    key = f"tablets.tablet.{tablet.device_id}"
    return w.list_row(key, row, lambda: dispatch(TabletPressed(tablet.device_id)))


def _people(
    model: Model, tablet: TabletAccess | None, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    if model.access is None or tablet is None:
        return []
    t = look.t
    _ = t.gettext
    body: list[ft.Control] = [*_problem(model, look)]
    if look.is_wide:
        body.append(w.title(t.isolate(tablet.name)))
    if model.allowed is not None:
        told = _("Allowed for {name}. The tablet fetches it with its next sync.")
        said = t.fill(told, name=model.allowed.person.name)
        body.append(w.notice("tablets.allowed", said))
    body.append(
        w.subtitle(
            _("Each permission counts once, for one person on this tablet, for a day.")
        )
    )
    people = model.access.people
    return [*body, *(_person(model, each, dispatch, look) for each in people)]


def _person(
    model: Model, person: PersonAccess, dispatch: Dispatch, look: Look
) -> ft.Control:
    t = look.t
    _ = t.gettext
    standing = model.standing(person.practitioner_id)
    badges = [_open(grant, look) for grant in standing.values()]
    if not person.confirmed:
        badges.append(w.Badge(_("Not confirmed yet"), w.Tone.WARNING))
    row = Row(
        t.isolate(person.name),
        role_name(t, person.role),
        badges=tuple(badges),
        icon=ft.Icons.PERSON,
    )
    key = f"tablets.person.{person.practitioner_id}"
    lines: list[ft.Control] = [w.list_row(key, row)]
    if person.may_allow:
        lines.append(_buttons(model, person, dispatch, look))
    else:
        told = _("Their role is above yours: ask an administrator.")
        lines.append(w.subtitle(told))
    return ft.Column(
        lines,
        spacing=Space.SMALL,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _buttons(
    model: Model, person: PersonAccess, dispatch: Dispatch, look: Look
) -> ft.Control:
    standing = model.standing(person.practitioner_id)
    return ft.Row(
        [
            w.quiet_button(
                f"tablets.{kind.value}.{person.practitioner_id}",
                _label(kind, look),
                partial(dispatch, AllowPressed(kind, person.practitioner_id)),
                enabled=kind.value not in standing and not model.busy,
            )
            for kind in _KINDS
        ],
        wrap=True,
        spacing=Space.SMALL,
        run_spacing=Space.SMALL,
    )


def _label(kind: GrantKind, look: Look) -> str:
    _ = look.t.gettext
    return _("Allow a new PIN") if kind is GrantKind.SET_PIN else _("Open again")


def _open(grant: Grant, look: Look) -> w.Badge:
    t = look.t
    _ = t.gettext
    until = formats.instant(t, grant.expires_at, ZONE)
    said = {
        GrantKind.SET_PIN.value: _("New PIN allowed until {time}"),
        GrantKind.REOPEN.value: _("Opens again until {time}"),
    }.get(grant.kind, _("May recover the tablet until {time}"))
    return w.Badge(t.fill(said, time=until), w.Tone.INFO)


def _dialog(
    model: Model, tablet: TabletAccess, dispatch: Dispatch, look: Look
) -> ft.AlertDialog | None:
    if model.wish is None:
        return None
    question, told = _asked(model.wish, look)
    names = {"name": model.wish.person.name, "tablet": tablet.name}
    deed = w.Deed(_label(model.wish.kind, look), lambda: dispatch(AllowConfirmed()))
    return w.ask(
        look.t.fill(question, **names),
        look.t.fill(told, **names),
        deed,
        look,
        lambda: dispatch(AskingClosed()),
    )


def _asked(wish: Wish, look: Look) -> tuple[str, str]:
    _ = look.t.gettext
    if wish.kind is GrantKind.SET_PIN:
        return (
            _("Allow {name} a new PIN on {tablet}?"),
            _(
                "They choose it beside a colleague who has unlocked. Be sure that it "
                "is {name} who asks: the new PIN opens all the records of that tablet."
            ),
        )
    return (
        _("Let {name} try again on {tablet}?"),
        _(
            "Too many wrong PINs closed the way in. The old PIN counts again. "
            "Be sure that it was {name} who mistyped."
        ),
    )


def _problem(model: Model, look: Look) -> list[ft.Control]:
    if model.problem is None:
        return []
    sentence = messages.problem(look.t, model.problem)
    return [w.notice("tablets.problem", sentence, w.Tone.WARNING)]
