"""What the registration desk reads and writes, and where it leads."""

from collections.abc import Callable
from typing import assert_never

from app.clinic.desk import Desk
from app.features.register.desk_work import DeskWork, SaveOutcome
from app.features.register.doing import (
    DropDraft,
    Effect,
    GoTo,
    LoadForm,
    LookUpCard,
    MintCard,
    MoveDraft,
    SaveNew,
    SaveReturning,
)
from app.features.register.events import (
    CardLookedUp,
    CardMinted,
    DraftMoved,
    Event,
    Loaded,
    SaveFailed,
    Shown,
)
from app.features.register.model import Model
from app.features.register.people import Person
from app.features.register.state import update
from app.ui.leaving import DraftFailed, DraftKept, GoBack, KeepDraft
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Home, Register, Route
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


def loop(
    desk: Desk, work: Work, place: Place, route: Register
) -> Loop[Model, Event, Effect]:
    """Make the loop of one registration: a new person, a relative, or one who returns.

    What was typed lies in a draft of its own for each, so that they don't mix.
    """
    performer = Effects(DeskWork(desk, route), work, place)
    return Loop(Model(), update, performer.perform, Moments(shown=Shown()))


class Effects:
    """Does in threads what the state named; navigation at once."""

    def __init__(self, desk_work: DeskWork, work: Work, place: Place) -> None:
        self._desk = desk_work
        self._work = work
        self._place = place
        self._lane = work.lane()

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        """Do one effect."""
        match effect:
            case LoadForm() | DropDraft():
                self._load(effect, dispatch)
            case KeepDraft() | MoveDraft():
                self._draft(effect, dispatch)
            case MintCard():
                dispatch(CardMinted(self._desk.mint()))
            case LookUpCard(code):
                self._look_up(code, dispatch)
            case SaveNew() | SaveReturning():
                self._save(effect, dispatch)
            case GoTo(route):
                self._go(route)
            case GoBack():
                self._place.back()
            case _:
                assert_never(effect)

    def _go(self, route: Route) -> None:
        if isinstance(route, Home):
            self._place.reset(route)
        else:
            self._place.replace(route)

    def _load(self, effect: LoadForm | DropDraft, dispatch: Dispatch) -> None:
        desk = self._desk

        def load() -> Loaded:
            if isinstance(effect, DropDraft):
                desk.keeper.drop()
            return desk.load()

        self._lane.run(load, dispatch, _as_event, by_code(SaveFailed))

    def _draft(self, effect: KeepDraft | MoveDraft, dispatch: Dispatch) -> None:
        desk = self._desk

        def keep() -> Event:
            if isinstance(effect, MoveDraft):
                desk.move_draft(effect)
                return DraftMoved(effect.patient_id)
            desk.keeper.keep(dict(effect.content))
            return DraftKept(effect.content)

        if isinstance(effect, MoveDraft):
            self._lane.run(keep, dispatch, _as_event, by_code(SaveFailed))
        else:
            desk.keeper.typing()
            self._lane.newest(keep, dispatch, _as_event, by_code(DraftFailed))

    def _look_up(self, code: str, dispatch: Dispatch) -> None:
        def looked_up(person: Person | None) -> Event:
            return CardLookedUp(code, person)

        self._work.run(lambda: self._desk.whose(code), dispatch, looked_up)

    def _save(self, effect: SaveNew | SaveReturning, dispatch: Dispatch) -> None:
        def save() -> SaveOutcome:
            if isinstance(effect, SaveNew):
                return self._desk.save_new(effect)
            return self._desk.save_returning(effect)

        self._lane.run(save, dispatch, _as_event, by_code(SaveFailed))


def _as_event(event: Event) -> Event:
    return event
