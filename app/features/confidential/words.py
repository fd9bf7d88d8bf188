"""What writing and reading a confidential note say alike."""

import flet as ft

from app.core.confidential import Category
from app.core.problems import ProblemCode
from app.i18n import N_, Translator, formats, messages
from app.ui import widgets as w
from app.ui.look import Look

CATEGORIES = {
    Category.VIOLENCE.value: N_("Violence"),
    Category.HIV.value: N_("HIV"),
    Category.OTHER.value: N_("Something else"),
}


def category_name(t: Translator, category: str) -> str:
    """Return what a disclosure is about; one of a newer version stands as it is."""
    known = CATEGORIES.get(category)
    return t.gettext(known) if known else t.isolate_ltr(category)


def who_reads(key: str, readers: tuple[str, ...], look: Look) -> ft.Control:
    """Say who may read, or that nobody can yet."""
    t = look.t
    if not readers:
        said = messages.problem(t, ProblemCode.NO_READER_YET)
        return w.notice(key, said, w.Tone.WARNING)
    names = formats.joined(t, map(t.isolate, readers))
    return w.notice(key, t.fill(t.gettext("Who may read it: {names}"), names=names))
