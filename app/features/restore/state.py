"""Restore: a backup becomes this tablet's records, under a new identity."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the backup names."""

    practitioner_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Form:
    """What is typed once the backup is open."""

    person: str = ""
    pin: str = field(default="", repr=False)
    again: str = field(default="", repr=False)
    address: str = ""
    code: str = ""
    name: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether there is all that a restore needs."""
        typed = (self.pin, self.address, self.code, self.name)
        return bool(self.person) and all(text.strip() for text in typed)


@dataclass(frozen=True, slots=True)
class Model:
    """The file, its passphrase, and then the form."""

    form: Form = Form()
    file: str = ""
    passphrase: str = field(default="", repr=False)
    people: tuple[Person, ...] | None = None
    """Whom the backup names, once it is open."""
    busy: bool = False
    missing: bool = False
    problem: ProblemCode | None = None
    is_restored: bool = False
    """Whether the records are here, and only the server must still know the tablet."""

    @property
    def is_open(self) -> bool:
        """Whether the passphrase opened the backup."""
        return self.people is not None


@dataclass(frozen=True, slots=True)
class FilePressed:
    pass


@dataclass(frozen=True, slots=True)
class FileChosen:
    name: str


@dataclass(frozen=True, slots=True)
class PassphraseTyped:
    text: str


@dataclass(frozen=True, slots=True)
class OpenPressed:
    pass


@dataclass(frozen=True, slots=True)
class BackupOpened:
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class FormChanged:
    form: Form


@dataclass(frozen=True, slots=True)
class RestorePressed:
    pass


@dataclass(frozen=True, slots=True)
class RecordsRestored:
    """The vault is here; enrolment may still fail, and is tried again alone."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


Event = (
    FilePressed
    | FileChosen
    | PassphraseTyped
    | OpenPressed
    | BackupOpened
    | FormChanged
    | RestorePressed
    | RecordsRestored
    | Enrolled
    | Failed
)


@dataclass(frozen=True, slots=True)
class PickFile:
    pass


@dataclass(frozen=True, slots=True)
class OpenBackup:
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RestoreRecords:
    passphrase: str = field(repr=False)
    person: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnrolDevice:
    address: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class GoUnlock:
    pass


Effect = PickFile | OpenBackup | RestoreRecords | EnrolDevice | GoUnlock


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case FilePressed():
            return Next(model, () if model.busy else (PickFile(),))
        case FileChosen(name):
            return Next(replace(model, file=name, people=None, problem=None))
        case PassphraseTyped(text):
            return Next(replace(model, passphrase=text, people=None, problem=None))
        case OpenPressed():
            return _open(model)
        case BackupOpened(people):
            return Next(replace(model, busy=False, people=people))
        case FormChanged(form):
            return Next(replace(model, form=form, problem=None))
        case RestorePressed():
            return _restore(model)
        case RecordsRestored():
            return Next(replace(model, is_restored=True), (_enrolment(model.form),))
        case Enrolled():
            return Next(replace(model, busy=False), (GoUnlock(),))
        case Failed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case _:
            assert_never(event)


def _open(model: Model) -> Next[Model, Effect]:
    if model.busy:
        return Next(model)
    if not (model.file and model.passphrase):
        return Next(replace(model, missing=True))
    begun = replace(model, busy=True, missing=False, problem=None)
    return Next(begun, (OpenBackup(model.passphrase),))


def _restore(model: Model) -> Next[Model, Effect]:
    form = model.form
    if model.busy:
        return Next(model)
    if not form.is_complete or form.pin != form.again:
        return Next(replace(model, missing=True))
    begun = replace(model, busy=True, missing=False, problem=None)
    if model.is_restored:
        return Next(begun, (_enrolment(form),))
    return Next(begun, (RestoreRecords(model.passphrase, form.person, form.pin),))


def _enrolment(form: Form) -> EnrolDevice:
    return EnrolDevice(form.address.strip(), form.code.strip(), form.name.strip())
