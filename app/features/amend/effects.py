"""Doing of Amend: read the field and its author, keep what is typed, save it anew."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from app.clinic import corrections
from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper
from app.features.amend.state import (
    DropDraft,
    Effect,
    Event,
    FieldLoaded,
    Left,
    LoadField,
    Model,
    Opened,
    RecordsChanged,
    Saved,
    SaveFailed,
    SaveField,
    StopListening,
    update,
)
from app.features.amend.typed import begun, typed_from_json
from app.i18n import formats
from app.ui.leaving import DraftFailed, DraftKept, GoBack, KeepDraft
from app.ui.listening import Listening, of_patient
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import names_of
from app.ui.routes import Amend
from app.ui.work import Lane, Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Amend:
    desk: Desk
    lane: Lane
    place: Place
    route: Amend
    keeper: DraftKeeper
    listening: Listening

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        lane = self.lane
        match effect:
            case LoadField(record_id):
                self._listen(dispatch)
                lane.run(lambda: self._load(record_id), dispatch, _as_event)
            case SaveField():
                lane.run(
                    lambda: self._save(effect), dispatch, _saved, by_code(SaveFailed)
                )
            case KeepDraft() | DropDraft():
                self._draft(effect, dispatch)
            case StopListening():
                self.listening.end()
            case GoBack():
                self.place.back()
            case _:
                assert_never(effect)

    def _load(self, record_id: str) -> FieldLoaded:
        document = self.desk.vault.document(record_id)
        if document is None:
            raise LookupError("the record is not on this tablet")
        draft = self.keeper.load()
        names = names_of(self.desk.vault.setup)
        if not draft:
            return FieldLoaded(document, names)
        typed = typed_from_json(draft.get("typed"), begun(document))
        seen = draft.get("seen")
        ids = seen if isinstance(seen, list | tuple) else ()
        return FieldLoaded(document, names, (typed, tuple(str(each) for each in ids)))

    def _draft(self, effect: KeepDraft | DropDraft, dispatch: Dispatch) -> None:
        keeper, content = self.keeper, effect.content

        def kept(_none: None) -> Event:
            return DraftKept(content)

        failed = by_code(DraftFailed)
        if isinstance(effect, DropDraft):
            self.lane.run(keeper.drop, dispatch, kept, failed)
            return
        keeper.typing()
        self.lane.newest(lambda: keeper.keep(content), dispatch, kept, failed)

    def _save(self, effect: SaveField) -> None:
        change = corrections.amend(
            effect.document, effect.field, effect.value, effect.seen
        )
        self.keeper.settle(partial(self.desk.save, change))

    def _listen(self, dispatch: Dispatch) -> None:
        tell = of_patient(self.route.patient_id, lambda: dispatch(RecordsChanged()))
        self.listening.begin(self.desk.vault.subscribe, tell)


def loop(
    desk: Desk, work: Work, place: Place, route: Amend
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    draft_id = f"amend/{route.record_id}/{route.field}"
    keeper = DraftKeeper(desk.vault, draft_id, route.patient_id)
    screen = _Amend(desk, work.lane(), place, route, keeper, Listening(work))
    today = formats.local_day(desk.wall(), desk.setup.site.zone)
    model = Model(route.record_id, route.field, today)
    moments: Moments[Event] = Moments(shown=Opened(), left=Left())
    return Loop(model, update, screen.perform, moments)


def _as_event(loaded: FieldLoaded) -> Event:
    return loaded


def _saved(_: None) -> Event:
    return Saved()
