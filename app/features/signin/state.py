"""Sign in: a coordinator's name and passphrase, for the console."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """The screen; the passphrase is gone as soon as it was sent."""

    name: str = ""
    passphrase: str = ""
    busy: bool = False
    missing: bool = False
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True)
class NameTyped:
    text: str


@dataclass(frozen=True, slots=True)
class PassphraseTyped:
    text: str


@dataclass(frozen=True, slots=True)
class SignInPressed:
    pass


@dataclass(frozen=True, slots=True)
class LanguagesPressed:
    pass


@dataclass(frozen=True, slots=True)
class SignedIn:
    pass


@dataclass(frozen=True, slots=True)
class SignInFailed:
    problem: ProblemCode


Event = (
    NameTyped
    | PassphraseTyped
    | SignInPressed
    | LanguagesPressed
    | SignedIn
    | SignInFailed
)


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class OpenPatients:
    pass


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    pass


Effect = SignIn | OpenPatients | OpenLanguages


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case NameTyped(text):
            return Next(replace(model, name=text, problem=None))
        case PassphraseTyped(text):
            return Next(replace(model, passphrase=text, problem=None))
        case SignInPressed():
            return _pressed(model)
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case SignedIn():
            return Next(Model(name=model.name), (OpenPatients(),))
        case SignInFailed(problem):
            return Next(replace(model, busy=False, passphrase="", problem=problem))
        case _:
            assert_never(event)


def _pressed(model: Model) -> Next[Model, Effect]:
    if model.busy:
        return Next(model)
    if not (model.name.strip() and model.passphrase):
        return Next(replace(model, missing=True))
    effect = SignIn(model.name.strip(), model.passphrase)
    return Next(replace(model, busy=True, missing=False, problem=None), (effect,))
