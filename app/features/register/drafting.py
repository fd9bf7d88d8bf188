"""Keeping what is typed, and leaving: not before it is kept, or known to be lost."""

from dataclasses import replace
from typing import assert_never

from app.features.register.doing import Effect, GoBack, GoTo, KeepDraft
from app.features.register.events import (
    Away,
    DraftFailed,
    Drafting,
    DraftKept,
    DraftMoved,
    LeavePressed,
    LossAccepted,
    StayPressed,
)
from app.features.register.model import Model
from app.ui.loop import Next
from app.ui.routes import Register

Step = Next[Model, Effect]


def drafted(model: Model, event: Drafting) -> Step:
    """Decide what became of a draft."""
    match event:
        case DraftKept(content):
            kept = replace(model, kept=content, draft_problem=None)
            goes = kept.is_leaving and kept.is_kept
            return Next(kept, (GoBack(),) if goes else ())
        case DraftFailed(problem):
            asks = model.is_leaving
            failed = replace(model, draft_problem=problem, is_leaving=False)
            return Next(replace(failed, asks_to_leave=asks))
        case DraftMoved(patient_id):
            return Next(model, (GoTo(Register(returning=patient_id)),))
        case _:
            assert_never(event)


def left(model: Model, event: Away) -> Step:
    """Decide whether one leaves; while something is saved, its outcome is seen."""
    match event:
        case LeavePressed():
            if model.busy:
                return Next(model)
            if model.is_kept:
                return Next(model, (GoBack(),))
            return Next(replace(model, is_leaving=True), (KeepDraft(model.draft),))
        case LossAccepted():
            return Next(replace(model, asks_to_leave=False), (GoBack(),))
        case StayPressed():
            return Next(replace(model, asks_to_leave=False))
        case _:
            assert_never(event)
