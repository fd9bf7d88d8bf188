"""The way back to the same question, for after a lock."""

from dataclasses import replace

from app.features.screening.model import Exit, Model, Stage
from app.ui.routes import Result, Route, Screening


def way_back(route: Screening, model: Model) -> Route:
    """Return the route that leads back to what stands on the screen; ids alone.

    Who was about to be shown the result gets it: whoever unlocks holds the tablet.
    """
    loaded = model.loaded
    if loaded is None or not loaded.response_id:
        return route
    if model.stage is Stage.TURN and model.exit is Exit.RESULT:
        return Result(route.patient_id, route.encounter_id, loaded.response_id)
    is_asked = model.stage in (Stage.QUESTIONS, Stage.MISSING, Stage.TURN)
    at = model.page.key if model.page is not None and is_asked else ""
    return replace(route, response_id=loaded.response_id, at=at)
