"""Record: what happens on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.access import Sensitivity, may_see, sensitivity_of
from app.core.encounters import EncounterView, open_encounter
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.projections import PatientView
from app.core.projections import patient_view as view_of
from app.core.summary import PatientSummary
from app.core.timeline import Moment
from app.ui.glass import OnGlass
from app.ui.provenance import Names


@dataclass(frozen=True, slots=True)
class Relative:
    """Another person of the family, as this tablet knows them."""

    patient_id: str
    name: str
    card: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """One patient's records as this tablet has them now."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    moments: tuple[Moment, ...] = ()
    names: Names = field(default_factory=Names)
    only_here: frozenset[str] = frozenset()
    """Operations that the server has not accepted yet."""
    sent: frozenset[str] = frozenset()
    """Those of them that left this tablet, and nobody confirmed."""
    refused: Mapping[str, ProblemCode] = field(default_factory=dict)
    """Operations that the server set aside, and why; they exist only here, too."""
    relatives: Mapping[str, Relative] = field(default_factory=dict)
    """By patient id; those who are on this tablet."""
    number: int = 0
    """Its place among the readings of this screen."""
    role: str = ""
    """Of whoever reads; `documents` are those that it may see."""
    hidden: frozenset[str] = frozenset()
    """Records that are there, and are not shown to the role."""
    notes: Mapping[str, Document] = field(default_factory=dict)
    """Confidential notes, sealed: that they are there everybody sees."""
    readers: tuple[str, ...] = ()
    """Names of those who may read them."""
    readable: frozenset[str] = frozenset()
    """Those that a key of whoever reads opens."""
    hideable: frozenset[str] = frozenset()
    """Those that whoever looks may take out of sight as entered in error."""
    has_alarm: bool = False
    """Whether a red flag stands that asks for somebody at once."""
    is_broken: bool = False
    """Whether what is closed to the role is shown for a reason."""

    @property
    def shows_results(self) -> bool:
        """Whether the role may see what answers mean."""
        return may_see(self.role, Sensitivity.RESULT, is_broken=self.is_broken)

    def may_correct(self, record_id: str) -> bool:
        """Tell whether the role may correct a record, and not only read it."""
        if record_id in self.notes:
            return record_id in self.hideable
        document = self.documents.get(record_id)
        kind = sensitivity_of(document.record_type) if document else None
        return kind is not None and may_see(self.role, kind)

    def is_older_than(self, other: "Loaded | None") -> bool:
        """Tell whether it was asked for before another, and came after it."""
        return other is not None and self.number < other.number

    @property
    def patient(self) -> PatientView | None:
        """The Patient, where this tablet has it."""
        return view_of(self.documents.values())

    @property
    def encounter(self) -> EncounterView | None:
        """The visit that is not over."""
        return open_encounter(self.documents.values())


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    pass


@dataclass(frozen=True, slots=True)
class RecordLoaded:
    loaded: Loaded


@dataclass(frozen=True, slots=True)
class EntryPressed:
    record_id: str


@dataclass(frozen=True, slots=True)
class FieldPressed:
    record_id: str
    field: str


@dataclass(frozen=True, slots=True)
class PagePressed:
    """A page of the registration is to be written anew."""

    page: str


@dataclass(frozen=True, slots=True)
class ConflictPressed:
    """It is to be decided which of what was written is right."""

    record_id: str
    field: str


@dataclass(frozen=True, slots=True)
class VersionChosen:
    """What one operation wrote is right."""

    operation_id: str


@dataclass(frozen=True, slots=True)
class DecidePressed:
    pass


@dataclass(frozen=True, slots=True)
class ErrorPressed:
    pass


@dataclass(frozen=True, slots=True)
class WrongPersonPressed:
    pass


@dataclass(frozen=True, slots=True)
class PersonTyped:
    text: str


@dataclass(frozen=True, slots=True)
class PeopleFound:
    text: str
    people: tuple[PatientSummary, ...]


@dataclass(frozen=True, slots=True)
class PersonChosen:
    person: PatientSummary


@dataclass(frozen=True, slots=True)
class MovePressed:
    """It is that person's, as both names were read."""


@dataclass(frozen=True, slots=True)
class ReasonChosen:
    reason: str


@dataclass(frozen=True, slots=True)
class AskingClosed:
    pass


@dataclass(frozen=True, slots=True)
class Corrected:
    pass


@dataclass(frozen=True, slots=True)
class CorrectionFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class VisitPressed:
    pass


@dataclass(frozen=True, slots=True)
class NoticePressed:
    pass


@dataclass(frozen=True, slots=True)
class FamilyPressed:
    pass


@dataclass(frozen=True, slots=True)
class ComeBackPressed:
    pass


@dataclass(frozen=True, slots=True)
class ConfidentialPressed:
    pass


@dataclass(frozen=True, slots=True)
class ReadPressed:
    """A confidential note is to be read."""

    record_id: str


@dataclass(frozen=True, slots=True)
class RelativePressed:
    patient_id: str


Event = (
    Shown
    | Left
    | RecordsChanged
    | RecordLoaded
    | EntryPressed
    | FieldPressed
    | PagePressed
    | ConflictPressed
    | VersionChosen
    | DecidePressed
    | ErrorPressed
    | WrongPersonPressed
    | PersonTyped
    | PeopleFound
    | PersonChosen
    | MovePressed
    | ReasonChosen
    | AskingClosed
    | Corrected
    | CorrectionFailed
    | VisitPressed
    | NoticePressed
    | FamilyPressed
    | ComeBackPressed
    | ConfidentialPressed
    | ReadPressed
    | OnGlass
    | RelativePressed
)
