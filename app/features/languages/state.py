"""Languages: the app's language, switched at once; each with its review state."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """The language in use."""

    tag: str


@dataclass(frozen=True, slots=True)
class LanguagePressed:
    tag: str


Event = LanguagePressed


@dataclass(frozen=True, slots=True)
class UseLanguage:
    tag: str


Effect = UseLanguage


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case LanguagePressed(tag):
            return Next(replace(model, tag=tag), (UseLanguage(tag),))
        case _:
            assert_never(event)
