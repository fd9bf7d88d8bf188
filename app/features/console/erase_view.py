"""Drawing of an erasure at the console: what goes, what stays, why, and the code."""

from collections.abc import Callable, Mapping

import flet as ft

from app.core.erasure_wire import ErasureReason
from app.core.ids import format_card_code
from app.core.projections import patient_view
from app.features.console.erasing import (
    EraseAsked,
    EraseCodeTyped,
    EraseConfirmed,
    EraseLeft,
    EraseReasonChosen,
    Erasing,
)
from app.features.console.state import Event, Opened
from app.i18n import N_, formats, messages
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]
REASONS: Mapping[ErasureReason, str] = {
    ErasureReason.PERSON_ASKED: N_("The person asked for it"),
    ErasureReason.CONSENT_WITHDRAWN: N_("The person withdrew consent"),
    ErasureReason.NO_LONGER_NEEDED: N_("The data is no longer needed"),
    ErasureReason.UNLAWFUL: N_("It should not have been written down"),
    ErasureReason.ORDERED: N_("A law or an authority orders it"),
}


def erase_button(opened: Opened, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Draw the way to an erasure, for those who may."""
    if not opened.may_erase:
        return []
    patient = patient_view(opened.documents.values())
    card = patient.card if patient is not None else ""
    shown = format_card_code(card) if card else opened.patient_id
    return [
        w.quiet_button(
            "console.erase",
            look.t.gettext("Erase this person’s data"),
            lambda: dispatch(EraseAsked(shown)),
            ft.Icons.DELETE_FOREVER,
        )
    ]


def erase_body(erasing: Erasing, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Draw what is asked before a person is erased."""
    _ = look.t.gettext
    busy = [w.waiting("erase.busy", _("Asking the server"))] if erasing.busy else []
    return [
        *_told(look),
        *_asked(erasing, dispatch, look),
        *_problem(erasing, look),
        *busy,
        w.main_button(
            "erase.confirm",
            _("Erase for good"),
            lambda: dispatch(EraseConfirmed()),
            ft.Icons.DELETE_FOREVER,
            enabled=erasing.can_erase,
        ),
        w.quiet_button(
            "erase.leave", _("Keep this record"), lambda: dispatch(EraseLeft())
        ),
    ]


def _told(look: Look) -> list[ft.Control]:
    """Say what goes and what stays."""
    _ = look.t.gettext
    goes = _(
        "Everything that was written of this person goes, here and on every "
        "tablet at its next sync. It can’t be brought back."
    )
    stays = _(
        "What stays: that there was a record, who wrote in it and when, "
        "without a name or an answer. Older backups still hold the data "
        "until they are deleted."
    )
    return [
        w.title(_("Erase this person’s data")),
        w.notice("erase.goes", goes, w.Tone.WARNING),
        w.words(stays),
    ]


def _asked(erasing: Erasing, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Ask why, and for the code."""
    t = look.t
    _ = t.gettext
    choices = [w.Choice(each.value, _(said)) for each, said in REASONS.items()]
    chosen = set() if erasing.reason is None else {erasing.reason.value}
    tell = w.one(lambda value: dispatch(EraseReasonChosen(ErasureReason(value))))
    template = _("Type the code {code} to show that you mean this person.")
    code = formats.code(t, erasing.shown_code)
    return [
        w.section_title(_("Why?")),
        w.choice_list("erase.reason", choices, chosen, look, tell),
        w.words(t.fill(template, code=code)),
        w.text_field(
            "erase.code",
            _("Code"),
            erasing.code,
            lambda text: dispatch(EraseCodeTyped(text)),
            w.FieldOptions(is_ltr=True),
        ),
    ]


def _problem(erasing: Erasing, look: Look) -> list[ft.Control]:
    if erasing.problem is None:
        return []
    sentence = messages.problem(look.t, erasing.problem)
    return [w.notice("erase.problem", sentence, w.Tone.WARNING)]
