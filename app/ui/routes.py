"""Where one can go: features name routes, never each other."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Enrol:
    """Make this tablet one of the deployment's devices."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Make a backup this tablet's records, in place of none."""


@dataclass(frozen=True, slots=True)
class ThisTablet:
    """A backup of all that is on this tablet, and what lies about on it."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Pick a name, give the PIN; `sent_away` is who had unlocked and was revoked."""

    sent_away: str = ""


class Way(StrEnum):
    """How what is unsent leaves a locked tablet."""

    SEND = "send"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Handover:
    """Send what a locked tablet has for its server, or save it to a stick.

    With `kept`, the file of that name: of records that were set aside here.
    """

    way: Way
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody can't unlock: what two colleagues can do, and a coordinator's grant."""


@dataclass(frozen=True, slots=True)
class Home:
    """The people who are waiting."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the server for somebody of another site."""


@dataclass(frozen=True, slots=True)
class Register:
    """A new person, another of a family, or a person who comes back.

    With `corrects`, one page of a person's registration is written anew, and no visit
    is begun.
    """

    family_of: str | None = None
    returning: str | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """The information notice, then consent to optional purposes."""

    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The forms that this encounter asks for."""

    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class Screening:
    """One questionnaire, begun or gone on with; `at` is the page to go on from."""

    patient_id: str
    encounter_id: str
    questionnaire: str
    response_id: str | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished screening says."""

    patient_id: str
    encounter_id: str
    response_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a person, on a timeline."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class Amend:
    """Write one saved field anew, the old value in view."""

    patient_id: str
    record_type: str
    record_id: str
    field: str


@dataclass(frozen=True, slots=True)
class Confidential:
    """Write a confidential note on somebody's record."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Read a confidential note."""

    patient_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who may work on this tablet, and their PINs."""


@dataclass(frozen=True, slots=True)
class Sync:
    """What exists only here, and sending it."""


@dataclass(frozen=True, slots=True)
class ConsoleSignIn:
    """A coordinator signs in to the server."""


@dataclass(frozen=True, slots=True)
class ConsolePatients:
    """Patients at all sites."""


@dataclass(frozen=True, slots=True)
class ConsoleTablets:
    """Who works on which tablets, and what a coordinator allows them there."""


@dataclass(frozen=True, slots=True)
class ConsoleDevices:
    """Tablets at all sites."""


@dataclass(frozen=True, slots=True)
class ConsoleSetAside:
    """Changes that were set aside, and what is decided of them."""


@dataclass(frozen=True, slots=True)
class ConsoleFiles:
    """Take in a file that was carried from a tablet, and give one back."""


@dataclass(frozen=True, slots=True)
class Languages:
    """Choose the language of the app."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The records can't be opened: what happened, what is kept, what to do."""

    problem: str
    kept: str = ""


Route = (
    Enrol
    | Restore
    | ThisTablet
    | Unlock
    | Handover
    | Forgotten
    | Home
    | LookUp
    | Register
    | Notice
    | Plan
    | Screening
    | Result
    | Record
    | Amend
    | Confidential
    | Disclosure
    | Colleagues
    | Sync
    | ConsoleSignIn
    | ConsolePatients
    | ConsoleTablets
    | ConsoleDevices
    | ConsoleFiles
    | ConsoleSetAside
    | Languages
    | Trouble
)
