"""Which forms a visit asks for, and how far each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from app.clinic.findings import StandingFlag, standing_flags
from app.clinic.library import Form, Library
from app.clinic.screening import age_of, response_in
from app.clinic.visits import for_later
from app.core.access import Sensitivity, may_see, sensitivity_of
from app.core.encounters import EncounterView
from app.core.merge import Document
from app.core.projections import PatientView, ResponseView, patient_view
from app.core.questionnaire import due
from app.core.records import RecordType
from app.core.summary import Station
from app.core.values import ResponseStatus
from app.ui.provenance import NO_NAMES, Names


@dataclass(frozen=True, slots=True)
class Offer:
    """One form in a visit; `view` is None until somebody begins it."""

    form: Form
    station: Station
    response_id: str
    view: ResponseView | None = None
    has_draft: bool = False
    is_later: bool = False
    age_is_uncertain: bool = False

    @property
    def status(self) -> ResponseStatus | None:
        """How far it is; what was typed here alone counts as begun."""
        if self.view is not None:
            return self.view.status
        return ResponseStatus.IN_PROGRESS if self.has_draft else None

    @property
    def is_done(self) -> bool:
        """Whether it was answered to its end, or ended."""
        return self.status not in (None, ResponseStatus.IN_PROGRESS)

    @property
    def is_open(self) -> bool:
        """Whether there is something to ask."""
        return not self.is_done


@dataclass(frozen=True, slots=True)
class Loaded:
    """One person's records as this tablet has them, read with the site's forms."""

    documents: Mapping[str, Document]
    encounter_id: str
    library: Library
    today: date
    now_ms: int
    names: Names = NO_NAMES
    drafts: frozenset[str] = frozenset()
    number: int = 0
    """Its place among the readings of this screen."""
    response_ids: Mapping[str, str] = field(default_factory=dict)
    """By canonical: under which id a form is answered in this visit."""
    role: str = ""
    """Of whoever looks."""
    is_broken: bool = False
    """Whether what is closed to the role is shown for a reason."""

    @property
    def may_ask(self) -> bool:
        """Whether the role may see, and ask, what a form asks; never by the glass."""
        return may_see(self.role, Sensitivity.CLINICAL)

    @property
    def shows_answers(self) -> bool:
        """Whether it is shown which forms were asked."""
        return may_see(self.role, Sensitivity.CLINICAL, is_broken=self.is_broken)

    @property
    def shows_results(self) -> bool:
        """Whether it is shown what answers mean."""
        return may_see(self.role, Sensitivity.RESULT, is_broken=self.is_broken)

    @property
    def hides(self) -> bool:
        """Whether there is something that is closed to the role, and could be opened.

        Confidential notes apart: no reason opens them.
        """
        kinds = {sensitivity_of(d.record_type) for d in self.documents.values()}
        if self.flags:  # They stand among answers, and say what those mean.
            kinds.add(Sensitivity.RESULT)
        shown = partial(may_see, self.role, is_broken=self.is_broken)
        return not all(map(shown, kinds - {Sensitivity.RESTRICTED}))

    def is_older_than(self, other: "Loaded | None") -> bool:
        """Tell whether it was asked for before another, and came after it."""
        return other is not None and self.number < other.number

    @property
    def patient(self) -> PatientView | None:
        """The person, where this tablet has them."""
        return patient_view(self.documents.values())

    @property
    def encounter(self) -> EncounterView | None:
        """The visit."""
        found = self.documents.get(self.encounter_id)
        if found is None or found.record_type != RecordType.ENCOUNTER:
            return None
        return EncounterView(found)

    @property
    def flags(self) -> tuple[StandingFlag, ...]:
        """The red flags that stand."""
        return standing_flags(self.documents.values(), self.library)

    def is_of_this_visit(self, flag: StandingFlag) -> bool:
        """Tell whether a red flag was raised in this visit, offered still or not."""
        response = self.documents.get(flag.response_id)
        if response is None:
            return False
        return ResponseView(response).encounter_id == self.encounter_id


def offers(loaded: Loaded, here: Station) -> tuple[Offer, ...]:
    """Return the forms of this station first, then those of the others.

    None for a role that may not see answers. Each form once; one that an age rules out
    is never offered, and what was answered of it stays in the record.
    """
    if not loaded.shows_answers:
        return ()
    patient = loaded.patient
    birth = patient.birth if patient else None
    age = age_of(birth, loaded.today)
    found: dict[str, Offer] = {}
    for station in (here, *(each for each in Station if each is not here)):
        for each in due(loaded.library.plan, station.value, age):
            form = loaded.library.planned(each.form.form)
            if form is not None and form.name not in found:
                found[form.name] = _offer(
                    loaded, form, station, is_uncertain=each.age_is_uncertain
                )
    return tuple(found.values())


def _offer(
    loaded: Loaded, form: Form, station: Station, *, is_uncertain: bool
) -> Offer:
    documents, encounter = loaded.documents.values(), loaded.encounter
    response_id = loaded.response_ids.get(form.canonical, "")
    return Offer(
        form,
        station,
        response_id,
        response_in(documents, loaded.encounter_id, form),
        has_draft=response_id in loaded.drafts,
        is_later=encounter is not None and form.canonical in for_later(encounter),
        age_is_uncertain=is_uncertain,
    )
