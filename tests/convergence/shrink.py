"""Making a failing story as short as it can be, by delta debugging (Zeller 1999)."""

from collections.abc import Callable, Sequence

from tests.convergence.story import Event, Story


def shrink(story: Story, fails: Callable[[Story], bool]) -> Story:
    """Return a part of a failing story that fails, and no event of which can go."""
    events: Sequence[Event] = story.events
    size = max(1, len(events) // 2)
    while True:
        shorter = _without_some(story, events, size, fails)
        if len(shorter) < len(events):
            events = shorter
            size = min(size, max(1, len(events) // 2))
        elif size > 1:
            size = size // 2
        else:
            return story.of(events)


def _without_some(
    story: Story, events: Sequence[Event], size: int, fails: Callable[[Story], bool]
) -> Sequence[Event]:
    """Leave out each stretch of events in turn that is not needed to fail."""
    at = 0
    while at < len(events):
        rest = [*events[:at], *events[at + size :]]
        if fails(story.of(rest)):
            events = rest
        else:
            at += size
    return events
