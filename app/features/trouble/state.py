"""Trouble: what stands in the way of the records; one may only try again."""

from dataclasses import dataclass
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """What happened, and the name of the file that was set aside."""

    problem: str
    kept: str = ""

    @property
    def may_pass(self) -> bool:
        """Whether somebody at the tablet can end it; a damaged file is not theirs."""
        return self.problem != ProblemCode.VAULT_CORRUPT


@dataclass(frozen=True, slots=True)
class AgainPressed:
    pass


Event = AgainPressed


@dataclass(frozen=True, slots=True)
class BeginAgain:
    pass


Effect = BeginAgain


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case AgainPressed():
            return Next(model, (BeginAgain(),) if model.may_pass else ())
        case _:
            assert_never(event)
