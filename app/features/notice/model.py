"""Notice and consent at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.clinic.consents import NoticeGiven
from app.clinic.drafting import seen_to_json
from app.core.canonical import Json
from app.core.change import Heads
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.core.values import Decision, GivenBy
from app.core.wire import Deployment, Notice
from app.features.notice.form import BLANK, POSTPONED, Asked, Form, all_asked
from app.ui.leaving import Leavable


class Page(StrEnum):
    """Where one is."""

    NOTICE = "notice"
    LANGUAGE = "language"
    CONSENTS = "consents"


class Way(StrEnum):
    """Where one can go on to."""

    SCREENING = "screening"
    HOME = "home"


class Need(StrEnum):
    """What must be said before it can be kept."""

    STATUS = "status"
    REASON = "reason"
    MODE = "mode"
    GIVEN_BY = "given-by"


@dataclass(frozen=True, slots=True)
class Context:
    """Whom it is about, what the deployment says, and what stands already."""

    deployment: Deployment
    notice: Notice
    zone: str
    station: Station
    name: str = ""
    language: str = ""
    is_child: bool = False
    last: tuple[NoticeGiven, int] | None = None
    standing: Mapping[str, Decision] = field(default_factory=dict)
    seen: Mapping[str, Heads] = field(default_factory=dict)
    """By record id of a consent, the heads of the decision that stood here."""

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every optional purpose."""
        return all_asked(self.notice.services)

    @property
    def was_given(self) -> bool:
        """Whether the notice was given before."""
        return self.last is not None and self.last[0].given


@dataclass(frozen=True, slots=True)
class Model(Leavable):
    """The notice at one moment; `is_saved` ends it."""

    form: Form = BLANK
    context: Context | None = None
    page: Page = Page.NOTICE
    restored: bool = False
    asked: bool = False
    problem: ProblemCode | None = None
    is_saved: bool = False

    @property
    def draft(self) -> dict[str, Json]:
        """What is kept while it is not saved."""
        context = self.context
        seen = seen_to_json(context.seen) if context is not None else {}
        form, page = self.form.to_json(), self.page.value
        return {"form": form, "page": page, "seen": seen}

    @property
    def needs(self) -> frozenset[Need]:
        """What is missing on the page that is open."""
        form, context = self.form, self.context
        if context is None:
            return frozenset()
        if self.page is Page.CONSENTS:
            changed = form.changed(context.asked, context.standing)
            is_said = form.given_by in set(GivenBy)
            return frozenset({Need.GIVEN_BY} if changed and not is_said else ())
        if not form.status:
            return frozenset(() if context.was_given else {Need.STATUS})
        if form.status == POSTPONED:
            return frozenset(() if form.reason else {Need.REASON})
        return frozenset(() if form.mode else {Need.MODE})
