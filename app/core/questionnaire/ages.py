"""Ages in full years as far as they are known, and ages that a rule is for."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AgeInterval:
    """The least and the greatest age that a person can have, in full years."""

    minimum: int
    maximum: int


class Fit(StrEnum):
    """Whether a person's age is among those that a rule is for."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages that a rule is for, both ends included; None is no end."""

    minimum: int | None = None
    maximum: int | None = None

    def fit(self, age: AgeInterval | None) -> Fit:
        """Say if a person is of such an age; `age` None means unknown."""
        least = self.minimum or 0
        if self.maximum is None and least == 0:
            return Fit.YES
        if age is None:
            return Fit.PERHAPS
        if age.maximum < least or self._is_below(age.minimum):
            return Fit.NO
        inside = age.minimum >= least and not self._is_below(age.maximum)
        return Fit.YES if inside else Fit.PERHAPS

    def _is_below(self, age: int) -> bool:
        return self.maximum is not None and self.maximum < age
