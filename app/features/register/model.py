"""The registration desk at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.clinic.drafting import seen_to_json
from app.core.canonical import Json
from app.core.change import Heads
from app.core.problems import ProblemCode
from app.features.register.checking import Context, Need, needs
from app.features.register.events import Page, Saved
from app.features.register.form import BLANK, VISIT_NEW, Form
from app.features.register.people import Person
from app.ui.leaving import Leavable

STEPS = (Page.NAME, Page.ORIGIN, Page.PHONES, Page.ARRIVAL)
"""The optional steps, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Model(Leavable):
    """The desk: a form and what is known about it; `saved` ends it."""

    form: Form = BLANK
    context: Context | None = None
    page: Page = Page.MINIMUM
    known: Person | None = None
    restored: bool = False
    asked: bool = False
    """Whether Save was pressed: only then is what is missing said."""
    search: str = ""
    problem: ProblemCode | None = None
    saved: Saved | None = None

    @property
    def needs(self) -> frozenset[Need]:
        """What keeps the form from being saved."""
        return needs(self.form, self.context) if self.context else frozenset()

    @property
    def corrects(self) -> bool:
        """Whether this page alone is written anew."""
        return self.context is not None and self.context.corrects

    @property
    def goes_on(self) -> bool:
        """Whether the visit that is open here goes on, instead of a new one."""
        person = self.context.returning if self.context else None
        is_open = person is not None and bool(person.encounter_id)
        return is_open and self.form.visit != VISIT_NEW

    @property
    def next_step(self) -> Page | None:
        """The optional step after this page."""
        if self.corrects:
            return None
        if self.page not in STEPS:
            return STEPS[0]
        later = STEPS[STEPS.index(self.page) + 1 :]
        return later[0] if later else None

    @property
    def draft(self) -> dict[str, Json]:
        """What is kept while it is not saved."""
        context = self.context
        if context is None or context.returning is None:
            return draft_of(self.form, self.page)
        # What the record says is not typed: it may be another when the draft is back.
        return draft_of(self.form.since(context.began), self.page, context.seen)


def draft_of(
    form: Form, page: Page, seen: Mapping[str, Heads] | None = None
) -> dict[str, Json]:
    """Return what is kept of a form, where one was in it, and what one had seen."""
    kept: dict[str, Json] = {"form": form.to_json(), "page": page.value}
    if seen is not None:
        kept["seen"] = seen_to_json(seen)
    return kept
