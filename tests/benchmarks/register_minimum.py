"""How many actions it takes to register the minimum, and how long they take.

Each action is fed to the real state machine of Register, which must save at the
end: an action left out, or one more that the screen needs, changes the count.
Times are of the keystroke-level model: 280 ms a key, 1.2 s a pointing; a person's
answers, and finding the card, come on top.

    python -m tests.benchmarks.register_minimum
"""

from dataclasses import dataclass, field

from app.core.ids import check_character
from app.features.register.checking import Context
from app.features.register.doing import MintCard, SaveNew
from app.features.register.events import (
    CardMinted,
    Entered,
    Event,
    Loaded,
    NoCardPressed,
    Pressed,
    SavePressed,
)
from app.features.register.form import Field, Form
from app.features.register.model import Model
from app.features.register.state import update

KEY_SECONDS = 0.28
POINTING_SECONDS = 1.2
TARGET_SECONDS = 60.0
_BODY = "23456789AB"
CARD = _BODY + check_character(_BODY)
NOW_MS = 1_790_000_000_000


class NotSavedError(Exception):
    """The actions did not lead to a saved person."""


@dataclass
class Hands:
    """A nurse at the screen: every press and key counts, and reaches the model."""

    model: Model
    pointings: int = 1
    """Register was pressed at home."""
    keys: int = 0
    effects: list[object] = field(default_factory=list)

    def point(self, event: Event | None = None) -> None:
        """Press a tile or a button, or put the cursor into a field."""
        self.pointings += 1
        if event is not None:
            self._tell(event)

    def type(self, name: Field, text: str) -> None:
        """Type a text, key by key."""
        for end in range(1, len(text) + 1):
            self.keys += 1
            self._tell(Entered(name, text[:end]))

    @property
    def seconds(self) -> float:
        """How long the hands take."""
        return self.keys * KEY_SECONDS + self.pointings * POINTING_SECONDS

    def _tell(self, event: Event) -> None:
        step = update(self.model, event)
        self.model = step.model
        self.effects += step.effects
        if MintCard() in step.effects:
            self.model = update(self.model, CardMinted(CARD)).model


def with_card() -> Hands:
    """A card that is typed; its field has the cursor when the screen opens."""
    hands = _at_the_desk()
    hands.type(Field.CARD, CARD)
    return _rest(hands)


def without_card() -> Hands:
    """No card: a code is minted."""
    hands = _at_the_desk()
    hands.point(NoCardPressed())
    return _rest(hands)


def _at_the_desk() -> Hands:
    context = Context(NOW_MS, "Europe/Athens")
    return Hands(update(Model(), Loaded(Form(), context)).model)


def _rest(hands: Hands) -> Hands:
    hands.point(Pressed(Field.SEX, "female"))
    hands.point()  # the field of the age
    hands.type(Field.YEARS, "34")
    hands.point(Pressed(Field.LANGUAGE, "ar"))
    hands.point(SavePressed())
    if not any(isinstance(effect, SaveNew) for effect in hands.effects):
        raise NotSavedError
    return hands


def main() -> None:
    """Print the table."""
    print("| register the minimum | pointings | keys | actions | seconds |")
    print("|---|---|---|---|---|")
    for name, hands in (("card", with_card()), ("no card", without_card())):
        actions = hands.pointings + hands.keys
        figures = (hands.pointings, hands.keys, actions, f"{hands.seconds:.1f}")
        print(f"| {name} |", " | ".join(str(figure) for figure in figures), "|")
    print(f"target: at most {TARGET_SECONDS:.0f} s")


if __name__ == "__main__":
    main()
