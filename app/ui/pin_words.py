"""When a PIN was set on this tablet, and by whose leave: nothing of it is silent."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.wire import Setup
from app.i18n import Translator, formats


@dataclass(frozen=True, slots=True)
class PinSet:
    """`at_ms` is UTC and shown in `zone`; `beside` are names."""

    at_ms: int
    zone: str
    beside: tuple[str, ...] = ()
    by_grant: bool = False

    @classmethod
    def of(
        cls, at_ms: int, colleagues: Sequence[str], grant_id: str, setup: Setup
    ) -> "PinSet":
        """Name those who stood by; whom no setup knows any more stands as an id."""
        names = setup.practitioner_names
        beside = tuple(names.get(one, one) for one in colleagues)
        return cls(at_ms, setup.site.zone, beside, bool(grant_id))


def pin_set(t: Translator, pin: PinSet) -> str:
    """Say when it was set, beside whom, and by permission of a coordinator."""
    when = formats.instant(t, pin.at_ms, pin.zone)
    names = formats.joined(t, map(t.isolate, pin.beside))
    if not pin.beside:
        said = t.gettext("PIN set on {when}, by the permission of a coordinator")
    elif pin.by_grant:
        said = t.gettext(
            "PIN set on {when}, beside {names}, by the permission of a coordinator"
        )
    else:
        said = t.gettext("PIN set on {when}, beside {names}")
    return t.fill(said, when=when, names=names)
