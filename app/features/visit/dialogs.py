"""Drawing of what a visit asks before it does something: whether, or why."""

from collections.abc import Callable

import flet as ft

from app.clinic.screening import StopReason
from app.clinic.visits import CancelReason, LeftReason
from app.features.visit.events import (
    AskingClosed,
    CancelReasonChosen,
    DeclineReasonChosen,
    Event,
    FinishConfirmed,
    LeftReasonChosen,
)
from app.features.visit.state import Asking, Model
from app.i18n import terms
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    """Draw the question that stands before the visit, or nothing."""
    match model.asking:
        case Asking.FINISH:
            return _finish(dispatch, look)
        case Asking.LEFT_REASON | Asking.CANCEL_REASON | Asking.DECLINE_REASON:
            return _reason(model.asking, dispatch, look)
        case Asking.NOTHING:
            return None


def _closing(dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(AskingClosed())


def _finish(dispatch: Dispatch, look: Look) -> ft.AlertDialog:
    _ = look.t.gettext
    return w.ask(
        _("Finish the visit?"),
        _(
            "The person then waits at no station any more. "
            "What was written stays in the record."
        ),
        w.Deed(_("Finish the visit"), lambda: dispatch(FinishConfirmed())),
        look,
        _closing(dispatch),
    )


def _reason(asking: Asking, dispatch: Dispatch, look: Look) -> ft.AlertDialog:
    t = look.t
    if asking is Asking.LEFT_REASON:
        question = t.gettext("Why did the person leave?")
        why = [w.Choice(r.value, terms.left_reason(t, r)) for r in LeftReason]
    elif asking is Asking.CANCEL_REASON:
        question = t.gettext("Why is the visit cancelled?")
        why = [w.Choice(r.value, terms.cancel_reason(t, r)) for r in CancelReason]
    else:
        question = t.gettext("Why is it not asked?")
        why = [w.Choice(r.value, terms.stop_reason(t, r)) for r in StopReason]
    chosen: dict[Asking, Callable[[str], Event]] = {
        Asking.LEFT_REASON: lambda code: LeftReasonChosen(LeftReason(code)),
        Asking.CANCEL_REASON: lambda code: CancelReasonChosen(CancelReason(code)),
        Asking.DECLINE_REASON: lambda code: DeclineReasonChosen(StopReason(code)),
    }
    return w.reason_dialog(
        question,
        why,
        look,
        lambda code: dispatch(chosen[asking](code)),
        _closing(dispatch),
    )
