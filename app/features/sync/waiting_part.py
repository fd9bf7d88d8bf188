"""Drawing of whose records exist on this tablet alone, the oldest first."""

from collections.abc import Callable, Sequence

import flet as ft

from app.core.ids import format_card_code
from app.features.sync.carried import WaitingHere
from app.i18n import formats
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.unsent_words import keep_the_tablet
from app.ui.widgets.lists import Row

SHOWN = 50
"""More would be a list to scroll, not to act on."""


def waiting_part(
    people: Sequence[WaitingHere],
    now_ms: int,
    open_record: Callable[[str], None],
    look: Look,
) -> list[ft.Control]:
    """Draw each person of whom something waits; the record opens."""
    if not people:
        return []
    t = look.t
    found: list[ft.Control] = [
        w.section_title(t.gettext("Only on this tablet")),
        keep_the_tablet("sync.keep", look),
    ]
    found += [_row(each, now_ms, open_record, look) for each in people[:SHOWN]]
    if (rest := len(people) - SHOWN) > 0:
        template = t.ngettext(
            "and of {count} more person", "and of {count} more people", rest
        )
        found.append(w.words(t.fill(template, count=rest)))
    return found


def _row(
    person: WaitingHere, now_ms: int, open_record: Callable[[str], None], look: Look
) -> ft.Control:
    t = look.t
    _ = t.gettext
    template = t.ngettext("{count} record", "{count} records", person.records)
    waited = formats.waiting(t, now_ms - person.oldest_at)
    how_much = t.fill(
        _("{records}, the oldest {time} old"),
        records=t.fill(template, count=person.records),
        time=waited,
    )
    code = formats.code(t, format_card_code(person.card)) if person.card else ""
    state = _("Sent, not confirmed yet") if person.is_sent else _("Not sent yet")
    row = Row(
        t.isolate(person.name) if person.name else _("No name yet"),
        "\n".join(line for line in (code, how_much) if line),
        badges=(w.Badge(state),),
        icon=ft.Icons.TABLET_ANDROID,
    )
    key = f"sync.waiting.{person.patient_id}"
    return w.list_row(key, row, lambda: open_record(person.patient_id))
