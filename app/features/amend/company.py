"""Who is with a child, as it is written anew."""

from dataclasses import dataclass, replace

from app.core.canonical import Json
from app.core.values import Accompaniment, Who

FIELD = "accompaniment"
NOTHING_SAID = Accompaniment()
WITH_NAME = frozenset({Who.PARENT, Who.GUARDIAN, Who.NOT_PARENT})


@dataclass(frozen=True, slots=True)
class CompanyChosen:
    """With whom the child is."""

    who: Who


@dataclass(frozen=True, slots=True)
class CompanyNamed:
    """What that person is called."""

    text: str


Event = CompanyChosen | CompanyNamed


def entered(said: Accompaniment, event: Event) -> Accompaniment:
    """Return what is said after something was chosen or typed."""
    if isinstance(event, CompanyChosen):
        return replace(said, who=event.who)
    return replace(said, name=event.text)


def value_of(said: Accompaniment) -> Json:
    """Return the value of the field; nobody has no name."""
    name = said.name.strip() if said.who in WITH_NAME else ""
    return Accompaniment(said.who, name).to_json()
