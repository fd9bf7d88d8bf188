"""Trouble: what stands in the way of the records; one may only try again."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """What happened, and the name of the file that was set aside."""

    problem: str
    kept: str = ""
    is_same: bool = False
    """Whether one more try changed nothing."""

    @property
    def may_pass(self) -> bool:
        """Whether somebody at the tablet can end it; a damaged file is not theirs."""
        return self.problem != ProblemCode.VAULT_CORRUPT


@dataclass(frozen=True, slots=True)
class AgainPressed:
    pass


@dataclass(frozen=True, slots=True)
class NothingChanged:
    pass


@dataclass(frozen=True, slots=True)
class LanguagesPressed:
    pass


Event = AgainPressed | NothingChanged | LanguagesPressed


@dataclass(frozen=True, slots=True)
class BeginAgain:
    pass


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    pass


Effect = BeginAgain | OpenLanguages


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case AgainPressed():
            again = replace(model, is_same=False)
            return Next(again, (BeginAgain(),) if model.may_pass else ())
        case NothingChanged():
            return Next(replace(model, is_same=True))
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case _:
            assert_never(event)
