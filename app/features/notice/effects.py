"""What Notice reads and writes, and where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import assert_never

from app.clinic.consents import (
    last_notice,
    record_consents,
    record_notice,
    standing_consents,
)
from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper, seen_from_json
from app.core.canonical import Json
from app.core.change import Change
from app.core.merge import Document
from app.core.projections import patient_view
from app.core.values import Decision
from app.features.notice.form import Asked, Form, form_from_json
from app.features.notice.model import Context, Model, Page, Way
from app.features.notice.state import (
    Effect,
    Event,
    Go,
    Load,
    Loaded,
    Save,
    Saved,
    SaveFailed,
    Shown,
    update,
)
from app.i18n.formats import local_day
from app.ui.leaving import DraftFailed, DraftKept, GoBack, KeepDraft
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Home, Notice, Plan
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
Content = Mapping[str, Json]


def loop(
    desk: Desk, work: Work, place: Place, route: Notice
) -> Loop[Model, Event, Effect]:
    """Make the loop of one person's notice and consents."""
    performer = Effects(NoticeWork(desk, route), work, place)
    return Loop(Model(), update, performer.perform, Moments(shown=Shown()))


class NoticeWork:
    """The blocking part; each call runs in a thread."""

    def __init__(self, desk: Desk, route: Notice) -> None:
        self.route = route
        self._desk = desk
        draft_id = f"notice:{route.patient_id}:{route.encounter_id}"
        self.keeper = DraftKeeper(desk.vault, draft_id, route.patient_id)

    def load(self) -> Event:
        """Return what to begin with: what was left unsaved, or what stands."""
        documents = self._desk.vault.documents(self.route.patient_id)
        context = self._context(documents)
        began = Form(language=context.language, answers=_standing_answers(context))
        draft = self.keeper.load()
        if not draft:
            return Loaded(context, began)
        if "seen" in draft:
            context = replace(context, seen=seen_from_json(draft["seen"]))
        typed = form_from_json(draft.get("form"))
        is_consents = draft.get("page") == Page.CONSENTS
        page = Page.CONSENTS if is_consents else Page.NOTICE
        return Loaded(context, typed, page, restored=typed != began)

    def save(self, effect: Save) -> Event:
        """Write the notice and the answers in one change."""
        form, context = effect.form, effect.context
        ids = self._desk.ids
        patient_id, version = self.route.patient_id, context.notice.version
        change = Change()
        notice = form.notice(version, effect.shown_in)
        if notice is not None:
            change = record_notice(patient_id, notice, ids)
        if notice is None or notice.given:
            asked, standing = context.asked, context.standing
            answers = form.consents(asked, standing, version)
            unable = form.unable(asked, standing, version)
            known = self._desk.vault.documents(patient_id)
            given = (*answers, *unable)
            consents = record_consents(patient_id, given, ids, known, context.seen)
            change.add(consents)
        self.keeper.settle(partial(self._desk.save, change))
        return Saved()

    def _context(self, documents: tuple[Document, ...]) -> Context:
        setup, patient = self._desk.setup, patient_view(documents)
        today = local_day(self._desk.wall(), setup.site.zone)
        birth = patient.birth if patient else None
        return Context(
            deployment=setup.deployment,
            notice=setup.notice,
            zone=setup.site.zone,
            station=self._desk.station,
            name=patient.name.display if patient else "",
            language=patient.language if patient else "",
            is_child=birth is not None and birth.may_be_child(today),
            last=last_notice(documents),
            standing=_standing(documents),
            seen={
                consent.record_id: consent.document.heads("decision")
                for consent in standing_consents(documents)
            },
        )


class Effects:
    """Does in threads what the state named; navigation at once."""

    def __init__(self, notice: NoticeWork, work: Work, place: Place) -> None:
        self._notice = notice
        self._place = place
        self._lane = work.lane()

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        """Do one effect."""
        notice, lane = self._notice, self._lane
        match effect:
            case Load():
                lane.run(notice.load, dispatch, _as_event, by_code(SaveFailed))
            case KeepDraft(content):
                self._keep(content, dispatch)
            case Save():
                lane.run(
                    lambda: notice.save(effect),
                    dispatch,
                    _as_event,
                    by_code(SaveFailed),
                )
            case Go(way):
                self._go(way)
            case GoBack():
                self._place.back()
            case _:
                assert_never(effect)

    def _keep(self, content: Content, dispatch: Dispatch) -> None:
        keeper = self._notice.keeper
        keeper.typing()

        def keep() -> Event:
            keeper.keep(dict(content))
            return DraftKept(content)

        self._lane.newest(keep, dispatch, _as_event, by_code(DraftFailed))

    def _go(self, way: Way) -> None:
        """Go home, or to the visit: back to it, where it lies below."""
        if way is Way.HOME:
            self._place.reset(Home())
            return
        route = self._notice.route
        self._place.back_to(Plan(route.patient_id, route.encounter_id))


def _standing(documents: tuple[Document, ...]) -> dict[str, Decision]:
    found = {}
    for consent in standing_consents(documents):
        service = consent.service
        key = f"{consent.purpose}/{service}" if service else consent.purpose
        found[key] = consent.decision
    return found


def _standing_answers(context: Context) -> tuple[tuple[str, str], ...]:
    def stands(asked: Asked) -> bool:
        return asked.key in context.standing

    return tuple(
        (each.key, context.standing[each.key].value)
        for each in context.asked
        if stands(each)
    )


def _as_event(event: Event) -> Event:
    return event
