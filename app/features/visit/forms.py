"""The forms of a visit: each now, later or declined, and how far it is."""

from collections.abc import Callable

import flet as ft

from app.clinic.library import Form
from app.core.projections import ResponseView
from app.core.values import ResponseStatus
from app.features.visit.events import (
    AgainPressed,
    DeclinePressed,
    Event,
    FormPressed,
    LaterPressed,
)
from app.features.visit.offering import Loaded, Offer
from app.features.visit.state import Model
from app.i18n import terms
from app.ui import widgets as w
from app.ui.form_words import FormWords
from app.ui.look import Look
from app.ui.provenance import NOBODY, called
from app.ui.theme import Space

Dispatch = Callable[[Event], None]


def title_of(form: Form, look: Look) -> str:
    """What a form is called."""
    return FormWords(look.t, form, form.canonical).title


def form_cards(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Draw this station's forms, then those of the others."""
    t = look.t
    found: list[ft.Control] = []
    if model.loaded is not None and not model.loaded.may_ask:
        begun = [offer for offer in model.offers if offer.status is not None]
        title = [w.section_title(t.gettext("Screenings"))] if begun else []
        return [*title, *(_card(model, each, dispatch, look) for each in begun)]
    here = [o for o in model.offers if o.station is model.station]
    elsewhere = [o for o in model.offers if o.station is not model.station]
    ordered = sorted(here, key=lambda offer: offer.is_later)
    if ordered:
        found.append(w.section_title(t.gettext("To ask here")))
        found += [_card(model, offer, dispatch, look) for offer in ordered]
    if elsewhere:
        found.append(w.section_title(t.gettext("At other stations")))
        found += [_card(model, offer, dispatch, look) for offer in elsewhere]
    return found


def _card(model: Model, offer: Offer, dispatch: Dispatch, look: Look) -> ft.Control:
    form, loaded = offer.form, model.loaded
    name = form.name
    row = w.Row(
        title_of(form, look),
        _state(offer, loaded, look),
        badges=_badges(offer, look),
        icon=_icon(offer),
    )
    asks = loaded is not None and loaded.may_ask  # Else it is there to be read alone.
    opens = (lambda: dispatch(FormPressed(name))) if asks else None
    found = [w.list_row(f"visit.form.{name}", row, opens)]
    buttons = _buttons(offer, dispatch, look) if asks and not model.is_over else []
    if buttons:
        found.append(
            ft.Row(buttons, wrap=True, spacing=Space.SMALL, run_spacing=Space.SMALL)
        )
    return ft.Semantics(
        label=title_of(form, look),
        container=True,
        content=ft.Column(
            found,
            spacing=Space.SMALL,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        key=f"visit.card.{name}",
    )


def _state(offer: Offer, loaded: Loaded | None, look: Look) -> str:
    """How far it is, and who began it."""
    t, view = look.t, offer.view
    if offer.status is None:
        return t.gettext("Not begun")
    said = terms.response_status_name(t, offer.status)
    if view is None:
        unsaved = t.gettext("only typed, not yet saved")
        return f"{said} · {unsaved}"
    if view.stopped_reason:
        said = f"{said}: {terms.stop_reason(t, view.stopped_reason)}"
    author = loaded.names.named(_author(view)) if loaded else NOBODY
    if not author.name:
        return said
    by = t.fill(t.gettext("by {name}"), name=called(t, author))
    return f"{said} · {by}"


def _author(view: ResponseView) -> str:
    shown = view.shown("status")
    return "" if shown is None else shown.write.practitioner_id


def _badges(offer: Offer, look: Look) -> tuple[w.Badge, ...]:
    _ = look.t.gettext
    found = []
    if offer.age_is_uncertain and offer.is_open:
        found.append(w.Badge(_("Check the age first"), w.Tone.WARNING))
    if offer.is_later and offer.is_open:
        found.append(w.Badge(_("Later"), w.Tone.INFO))
    return tuple(found)


def _icon(offer: Offer) -> ft.IconData:
    if offer.status is None:
        return ft.Icons.RADIO_BUTTON_UNCHECKED
    if offer.status is ResponseStatus.IN_PROGRESS:
        return ft.Icons.TIMELAPSE
    if offer.status is ResponseStatus.STOPPED:
        return ft.Icons.BLOCK
    return ft.Icons.CHECK_CIRCLE_OUTLINE


def _buttons(offer: Offer, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    name = offer.form.name
    if offer.status is ResponseStatus.STOPPED:
        return [
            w.quiet_button(
                f"visit.again.{name}",
                _("Ask after all"),
                lambda: dispatch(AgainPressed(name)),
            )
        ]
    if offer.is_done:
        return []
    later = _("Now") if offer.is_later else _("Later")
    return [
        w.quiet_button(
            f"visit.later.{name}", later, lambda: dispatch(LaterPressed(name))
        ),
        w.quiet_button(
            f"visit.decline.{name}",
            _("Do not ask"),
            lambda: dispatch(DeclinePressed(name)),
        ),
    ]
