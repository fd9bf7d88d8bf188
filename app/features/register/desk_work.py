"""The blocking part of the registration desk; each call runs in a thread."""

from dataclasses import replace
from functools import partial

from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper, seen_from_json
from app.clinic.registration import register, update
from app.clinic.visits import come_back
from app.core import canonical
from app.core.canonical import Json
from app.core.projections import patient_view
from app.core.values import Arrival
from app.features.register.arrival_entry import carried, carry, entry_of
from app.features.register.checking import Context
from app.features.register.doing import MoveDraft, SaveNew, SaveReturning
from app.features.register.events import CardTaken, Loaded, Page, PatientSaved, Saved
from app.features.register.form import Form, form_from_json
from app.features.register.model import draft_of
from app.features.register.people import Person, in_common, person_of, recorded
from app.ui.routes import Register

CARRIED = "arrival:carried"
THIS_TABLET = "this-tablet"
"""Under whose key lies what is typed before anybody knows who it is."""

SaveOutcome = PatientSaved | CardTaken


def draft_id_of(route: Register) -> str:
    """Return the name of a registration's draft; ids alone, never what was typed."""
    if route.corrects:
        return f"register:corrects:{route.corrects}:{route.returning}"
    if route.returning is not None:
        return f"register:returning:{route.returning}"
    if route.family_of is not None:
        return f"register:family:{route.family_of}"
    return "register"


class DeskWork:
    """Reads and writes for one registration."""

    def __init__(self, desk: Desk, route: Register) -> None:
        self._desk = desk
        self._route = route
        owner = route.returning or THIS_TABLET
        self.keeper = DraftKeeper(desk.vault, draft_id_of(route), owner)

    def mint(self) -> str:
        """Return a fresh card code."""
        return self._desk.ids.card_code()

    def whose(self, code: str) -> Person | None:
        """Return whose card it is, as far as this tablet knows."""
        vault = self._desk.vault
        return self._person(vault.patient_id_of_card(code))

    def load(self) -> Loaded:
        """Return the form to begin with, as it was left or as it can be prefilled."""
        context = self._context()
        draft = self.keeper.load()
        typed = form_from_json(draft.get("form"))
        if context.returning is not None:
            # The card is known by now, however it was typed.
            typed = replace(typed, card="").laid_over(context.began)
            if "seen" in draft:
                context = replace(context, seen=seen_from_json(draft["seen"]))
        if not draft or typed == context.began:
            return Loaded(context.began, context, _page(self._route.corrects))
        return Loaded(typed, context, _page(draft.get("page")), restored=True)

    def move_draft(self, effect: MoveDraft) -> None:
        """Lay what was typed beside somebody's record, over what lies there already."""
        route = Register(returning=effect.patient_id)
        target = DraftKeeper(self._desk.vault, draft_id_of(route), effect.patient_id)
        older = form_from_json(target.load().get("form"))
        form, page = effect.typed.laid_over(older), effect.page
        target.keep(draft_of(form, page))
        self.keeper.drop()

    def save_new(self, effect: SaveNew) -> SaveOutcome:
        """Register a person, unless the card has become known meanwhile."""
        desk, given = self._desk, effect.registration
        known = self.whose(given.card) if given.card else None
        if known is not None:
            return CardTaken(known)
        self._carry(effect.carry)
        of_card = desk.vault.patient_id_of_card
        made = register(given, of_card, desk.ids, desk.wall())
        self.keeper.settle(partial(desk.save, made.change))
        return PatientSaved(Saved(made.patient_id, made.encounter_id, made.card))

    def save_returning(self, effect: SaveReturning) -> SaveOutcome:
        """Write what is new of somebody, and a new visit if none goes on."""
        desk, patient_id = self._desk, effect.patient_id
        self._carry(effect.carry)
        if effect.open_encounter_id or self._route.corrects:
            encounter_id = effect.open_encounter_id
            change = update(patient_id, effect.registration, desk.ids)
        else:
            encounter_id, change = come_back(
                patient_id, desk.ids, desk.wall(), effect.registration
            )
        self.keeper.settle(partial(desk.save, change))
        person = self._person(patient_id)
        card = person.card if person else ""
        return PatientSaved(Saved(patient_id, encounter_id, card))

    def _person(self, patient_id: str) -> Person | None:
        documents = self._desk.vault.documents(patient_id)
        return person_of(documents, self._desk.setup.site.site_id)

    def _context(self) -> Context:
        desk, route = self._desk, self._route
        now_ms, zone = desk.wall(), desk.setup.site.zone
        if route.returning is not None:
            documents = desk.vault.documents(route.returning)
            before = recorded(documents, zone)
            patient = patient_view(documents)
            return Context(
                now_ms,
                zone,
                before,
                before,
                returning=self._person(route.returning),
                corrects=bool(route.corrects),
                seen=patient.document.all_heads if patient else {},
            )
        began = Form().with_arrival(entry_of(self._carried(now_ms), zone))
        if route.family_of is None:
            return Context(now_ms, zone, began=began)
        documents = desk.vault.documents(route.family_of)
        began = in_common(documents, zone).over(began)
        first = self._person(route.family_of)
        return Context(now_ms, zone, began=began, first=first)

    def _carried(self, now_ms: int) -> Arrival:
        return carried(self._local(CARRIED), now_ms)

    def _carry(self, arrival: Arrival | None) -> None:
        """Keep an arrival for the next: before the save, which may not half succeed."""
        now_ms = self._desk.wall()
        if arrival is None or arrival == self._carried(now_ms):
            return
        raw = canonical.encode(carry(arrival, now_ms))
        self._desk.vault.save_draft(CARRIED, THIS_TABLET, raw)

    def _local(self, draft_id: str) -> Json:
        found = self._desk.vault.draft(draft_id)
        return None if found is None else canonical.decode(found.content)


def _page(value: Json) -> Page:
    known = isinstance(value, str) and value in set(Page)
    return Page(str(value)) if known else Page.MINIMUM
