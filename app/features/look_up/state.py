"""Look up: somebody of another site is asked for at the server, for a reason."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next

MAX_REASON = 200
"""As many characters as the server takes."""


class Why(StrEnum):
    """Reasons to choose from; they stand in the audit as they are."""

    IS_HERE = "is-here"
    SENT_HERE = "sent-here"
    DANGER = "danger"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is, and whether this tablet held them already."""

    patient_id: str
    name: str
    card: str
    was_here: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """What is asked, and who was found."""

    code: str = ""
    why: str = ""
    text: str = ""
    busy: bool = False
    found: Found | None = None
    problem: ProblemCode | None = None

    @property
    def reason(self) -> str:
        """What is written down, or nothing while too little was said."""
        text = " ".join(self.text.split())
        if not self.why or (self.why == Why.OTHER and not text):
            return ""
        return (f"{self.why}: {text}" if text else self.why)[:MAX_REASON]

    @property
    def can_ask(self) -> bool:
        """Whether there is all that the server asks for."""
        return bool(self.code.strip() and self.reason) and not self.busy


@dataclass(frozen=True, slots=True, repr=False)
class CodeTyped:
    """The code on a card."""

    text: str


@dataclass(frozen=True, slots=True)
class WhyChosen:
    """One of the reasons."""

    why: str


@dataclass(frozen=True, slots=True, repr=False)
class WhyTyped:
    """What there is to say beside it."""

    text: str


@dataclass(frozen=True, slots=True)
class AskPressed:
    """The server is asked."""


@dataclass(frozen=True, slots=True, repr=False)
class PersonFound:
    """All of them is on this tablet."""

    found: Found


@dataclass(frozen=True, slots=True)
class Failed:
    """They are not."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class OpenPressed:
    """Their record is wanted."""


@dataclass(frozen=True, slots=True)
class AnotherPressed:
    """Somebody else is looked up."""


Event = (
    CodeTyped
    | WhyChosen
    | WhyTyped
    | AskPressed
    | PersonFound
    | Failed
    | OpenPressed
    | AnotherPressed
)


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """Ask the server for whoever bears a card."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """Go to their record."""

    patient_id: str


Effect = Ask | OpenRecord


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case CodeTyped(text):
            return Next(replace(model, code=text, problem=None))
        case WhyChosen(why):
            return Next(replace(model, why=why))
        case WhyTyped(text):
            return Next(replace(model, text=text))
        case AskPressed():
            if not model.can_ask:
                return Next(model)
            asked = replace(model, busy=True, problem=None)
            return Next(asked, (Ask(model.code, model.reason),))
        case PersonFound(found):
            return Next(replace(model, busy=False, found=found))
        case Failed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case OpenPressed():
            found_ = model.found
            return Next(model, (OpenRecord(found_.patient_id),) if found_ else ())
        case AnotherPressed():
            return Next(Model())
        case _:
            assert_never(event)
