"""Drawing of Screening: how it is asked, its pages, what is missing, the turn."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.clinic.screening import StopReason
from app.core.problems import ProblemCode
from app.features.screening import intro_page, questions_page
from app.features.screening.events import (
    AskingClosed,
    BackPressed,
    Event,
    LeavePressed,
    LossAccepted,
    StopReasonChosen,
    Turned,
)
from app.features.screening.model import Asking, Model, Stage
from app.features.screening.tongues import Tongues
from app.i18n import messages, terms
from app.ui import shell
from app.ui import widgets as w
from app.ui.form_words import FormWords
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.unkept import loss_dialog

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw where one is."""
    _ = look.t.gettext
    loaded = model.loaded
    if loaded is None or loaded.form is None or model.state is None:
        return _nothing_yet(model, look)
    tongues = Tongues(loaded.form, model.intro.language)
    match model.stage:
        case Stage.INTRO:
            first = intro_page.frame(model, tongues, dispatch, look)
            return replace(
                first,
                body=[*_problems(model, look), *first.body],
                dialog=_dialog(model, dispatch, look),
            )
        case Stage.TURN:
            return shell.turn_the_tablet(
                "screening.turned",
                look,
                lambda: dispatch(Turned()),
                tongues.translator(look),
            )
        case Stage.MISSING:
            body, main = questions_page.missing(model, tongues, dispatch, look)
        case _:
            body, main = questions_page.page(model, tongues, dispatch, look)
    body = [*_problems(model, look), *body]
    return Frame(
        title=FormWords(look.t, loaded.form, loaded.form.canonical).title,
        body=body,
        main=main,
        actions=questions_page.actions(model, dispatch, look),
        dialog=_dialog(model, dispatch, look),
        back=lambda: dispatch(BackPressed()),
        scroll_to_top=f"{model.stage.value}{model.page.key if model.page else ''}",
        person_language=tongues.tag(look),
    )


def _problems(model: Model, look: Look) -> list[ft.Control]:
    problems = (
        ("screening.problem", model.problem),
        ("screening.draft_problem", model.draft_problem),
    )
    return [
        w.notice(key, messages.problem(look.t, code), w.Tone.WARNING)
        for key, code in problems
        if code is not None
    ]


def _nothing_yet(model: Model, look: Look) -> Frame:
    _ = look.t.gettext
    if model.stage is not Stage.NO_FORM:
        return Frame(_("Screening"), [w.waiting("screening.loading", _("Opening"))])
    missing = w.empty_state(
        "screening.no_form",
        _("This form is not on this tablet"),
        _("Its answers are kept, and can be read in the record."),
    )
    return Frame(_("Screening"), [missing])


def _dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    t = look.t
    _ = t.gettext

    def close() -> None:
        dispatch(AskingClosed())

    match model.asking:
        case Asking.STOP_REASON:
            reasons = [w.Choice(r.value, terms.stop_reason(t, r)) for r in StopReason]
            return w.reason_dialog(
                _("Why does it end early?"),
                reasons,
                look,
                lambda code: dispatch(StopReasonChosen(StopReason(code))),
                close,
            )
        case Asking.LEAVE:
            return w.ask(
                _("Leave without saving?"),
                _("What you corrected here is not kept."),
                w.Deed(_("Leave"), lambda: dispatch(LeavePressed())),
                look,
                close,
            )
        case Asking.LOSS:
            leave = LossAccepted()
            why = model.draft_problem or ProblemCode.UNEXPECTED
            return loss_dialog(why, lambda: dispatch(leave), close, look)
        case Asking.FLAG | Asking.NOTHING:
            return None
