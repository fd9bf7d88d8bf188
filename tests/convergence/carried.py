"""A tablet in a simulated world, and what is remembered of who wrote on it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.operation import Operation
from app.sync.engine import SyncEngine
from app.sync.report import SyncReport
from app.sync.steps import Steps
from tests.convergence.links import Link
from tests.convergence.model_tablet import SimulatedTablet


@dataclass(slots=True)
class Wall:
    """A tablet's wall clock, off by some time."""

    now: Callable[[], int]
    skew_ms: int

    def __call__(self) -> int:
        return max(0, self.now() + self.skew_ms)


@dataclass(slots=True)
class Carried:
    """A tablet, its clock, its rounds and where it works."""

    tablet: SimulatedTablet
    wall: Wall
    link: Link
    steps: Steps
    engine: SyncEngine
    site_id: str

    @property
    def name(self) -> str:
        return self.tablet.vault.device_id


Seen = tuple[str, str]
"""A field's name, and the id of an operation that wrote it."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """An operation, and what its author's tablet had shown when it was written."""

    operation: Operation
    seen: frozenset[Seen]
    schema: int


def is_still(report: SyncReport) -> bool:
    """Tell whether a round moved nothing, and found nothing to move."""
    moved = report.accepted or report.duplicates or report.pulled
    return report.succeeded and not (moved or report.differed or report.is_another)
