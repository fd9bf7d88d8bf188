"""What a round of sync did, in words: counts, and why the server refused."""

from app.i18n.messages import problem
from app.i18n.translator import Translator


def sent(t: Translator, count: int) -> str:
    """What the server acknowledged in this round."""
    if not count:
        return t.gettext("There was nothing to send.")
    template = t.ngettext(
        "{count} change was sent.", "{count} changes were sent.", count
    )
    return t.fill(template, count=count)


def received(t: Translator, count: int) -> str:
    """What came from other tablets in this round."""
    if not count:
        return t.gettext("There was nothing new from other tablets.")
    template = t.ngettext(
        "{count} change came from other tablets.",
        "{count} changes came from other tablets.",
        count,
    )
    return t.fill(template, count=count)


def set_aside(t: Translator, count: int, code: str) -> str:
    """What the server refused in this round, and why."""
    template = t.ngettext(
        "{count} change was set aside: {reason}",
        "{count} changes were set aside: {reason}",
        count,
    )
    return t.fill(template, count=count, reason=problem(t, code))


def only_here(t: Translator, count: int) -> str:
    """How many records exist on this tablet alone."""
    if not count:
        return t.gettext("Everything on this tablet is also on the server.")
    template = t.ngettext(
        "{count} record exists only on this tablet.",
        "{count} records exist only on this tablet.",
        count,
    )
    return t.fill(template, count=count)
