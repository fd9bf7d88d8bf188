"""Widgets with labels, keys and touch sizes built in; one file a family.

Screens import from here: `from app.ui import widgets as w`.
"""

from app.ui.widgets.bilingual import Said, bilingual_text, line
from app.ui.widgets.buttons import (
    Way,
    icon_button,
    language_button,
    main_button,
    quiet_button,
    ways_bar,
)
from app.ui.widgets.choices import (
    Answering,
    Choosing,
    choice_list,
    filter_chips,
    many,
    one,
    yes_no,
)
from app.ui.widgets.dates import DateParts, Dating, age_entry, date_entry
from app.ui.widgets.dialogs import Deed, ask, reason_dialog
from app.ui.widgets.fields import (
    DIGITS,
    PHONE,
    FieldOptions,
    error_line,
    search_field,
    text_field,
)
from app.ui.widgets.lists import (
    Badge,
    QueueEntry,
    Row,
    TimelineEntry,
    Urgency,
    key_values,
    list_row,
    queue_row,
    timeline_entry,
)
from app.ui.widgets.marks import (
    badge,
    conflict_mark,
    review_line,
    review_mark,
    spoken_mark,
)
from app.ui.widgets.notices import (
    Tone,
    empty_state,
    notice,
    progress,
    waiting,
)
from app.ui.widgets.pad import number_pad, pin_dots
from app.ui.widgets.tiles import Choice, Mark, answer_tile
from app.ui.widgets.words import (
    card,
    section_title,
    subtitle,
    title,
    words,
)

__all__ = [
    "DIGITS",
    "PHONE",
    "Answering",
    "Badge",
    "Choice",
    "Choosing",
    "DateParts",
    "Dating",
    "Deed",
    "FieldOptions",
    "Mark",
    "QueueEntry",
    "Row",
    "Said",
    "TimelineEntry",
    "Tone",
    "Urgency",
    "Way",
    "age_entry",
    "answer_tile",
    "ask",
    "badge",
    "bilingual_text",
    "card",
    "choice_list",
    "conflict_mark",
    "date_entry",
    "empty_state",
    "error_line",
    "filter_chips",
    "icon_button",
    "key_values",
    "language_button",
    "line",
    "list_row",
    "main_button",
    "many",
    "notice",
    "number_pad",
    "one",
    "pin_dots",
    "progress",
    "queue_row",
    "quiet_button",
    "reason_dialog",
    "review_line",
    "review_mark",
    "search_field",
    "section_title",
    "spoken_mark",
    "subtitle",
    "text_field",
    "timeline_entry",
    "title",
    "waiting",
    "ways_bar",
    "words",
    "yes_no",
]
