"""What was answered about the notice and the optional purposes, until it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from app.clinic.consents import ConsentGiven, NoticeGiven, Purpose
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.values import Decision, GivenBy, Interpretation, InterpreterMode

GIVEN, POSTPONED = "given", "postponed"


class Field(StrEnum):
    """The fields that hold one text; names as in Form."""

    STATUS = "status"
    REASON = "reason"
    LANGUAGE = "language"
    MODE = "mode"
    INTERPRETER = "interpreter"
    GIVEN_BY = "given_by"


@dataclass(frozen=True, slots=True)
class Asked:
    """One optional purpose; with whom, for sharing."""

    purpose: Purpose
    service: str = ""

    @property
    def key(self) -> str:
        """Its name among the answers."""
        return f"{self.purpose.value}/{self.service}" if self.service else self.purpose


def all_asked(services: tuple[str, ...]) -> tuple[Asked, ...]:
    """Return every purpose that is asked about, in order."""
    shared = tuple(Asked(Purpose.SHARING, service) for service in services)
    return (Asked(Purpose.PHONE_CONTACT), *shared, Asked(Purpose.RESEARCH))


@dataclass(frozen=True, slots=True)
class Form:
    """Answers as they are now; an empty text is not answered."""

    status: str = ""
    reason: str = ""
    language: str = ""
    mode: str = ""
    interpreter: str = ""
    given_by: str = ""
    answers: tuple[tuple[str, str], ...] = ()

    def entered(self, field: Field, text: str) -> "Form":
        """Return the form with one field as it is now."""
        return replace(self, **{field.value: text})  # type: ignore[arg-type]

    def answered(self, key: str, decision: str) -> "Form":
        """Return the form with one purpose answered."""
        answers = {**dict(self.answers), key: decision}
        return replace(self, answers=tuple(answers.items()))

    def decision(self, asked: Asked) -> Decision:
        """Return what was answered to a purpose; nobody able decides nothing."""
        raw = dict(self.answers).get(asked.key, "")
        known = raw in set(Decision) and self.given_by != GivenBy.NOBODY_ABLE
        return Decision(raw) if known else Decision.NOT_ASKED

    @property
    def interpretation(self) -> Interpretation:
        """Who interpreted, how, and into which language."""
        known = self.mode in set(InterpreterMode)
        mode = InterpreterMode(self.mode) if known else InterpreterMode.NONE
        if mode is InterpreterMode.NONE:
            return Interpretation()
        return Interpretation(mode, self.interpreter.strip(), self.language)

    def notice(self, version: str, shown_in: str) -> NoticeGiven | None:
        """Return what to record of the notice; None where nothing was said of it."""
        if self.status not in (GIVEN, POSTPONED):
            return None
        given = self.status == GIVEN
        return NoticeGiven(
            given=given,
            version=version,
            language=self.language,
            interpreter=self.interpretation,
            postponed_reason="" if given else self.reason,
            shown_in=shown_in if given else "",
        )

    def changed(
        self, asked: tuple[Asked, ...], standing: Mapping[str, Decision]
    ) -> list[tuple[Asked, Decision]]:
        """Return the purposes that are answered otherwise than stands, and how."""
        if self.given_by == GivenBy.NOBODY_ABLE:
            return []
        given = [(each, self.decision(each)) for each in asked]
        return [
            (each, decision)
            for each, decision in given
            if each.key in dict(self.answers)
            and decision != standing.get(each.key, Decision.NOT_ASKED)
        ]

    def consents(
        self,
        asked: tuple[Asked, ...],
        standing: Mapping[str, Decision],
        version: str,
    ) -> tuple[ConsentGiven, ...]:
        """Return the answers that differ from those that stand.

        Raises ValueError where nobody said who gave them.
        """
        return tuple(
            ConsentGiven(
                each.purpose,
                decision,
                GivenBy(self.given_by),
                each.service,
                self.language,
                self.interpretation,
                version,
            )
            for each, decision in self.changed(asked, standing)
        )

    def unable(
        self, asked: tuple[Asked, ...], standing: Mapping[str, Decision], version: str
    ) -> tuple[ConsentGiven, ...]:
        """Return that nobody was able to decide, where no answer stands."""
        if self.given_by != GivenBy.NOBODY_ABLE:
            return ()
        return tuple(
            ConsentGiven(
                each.purpose,
                Decision.NOT_ASKED,
                GivenBy.NOBODY_ABLE,
                each.service,
                self.language,
                self.interpretation,
                version,
            )
            for each in asked
            if each.key not in standing
        )

    def to_json(self) -> dict[str, Json]:
        """Return the form as a draft keeps it."""
        texts: dict[str, Json] = {f.value: getattr(self, f.value) for f in Field}
        return {**texts, "answers": dict(self.answers)}


BLANK = Form()
"""Nothing is answered; immutable."""


def form_from_json(value: Json) -> Form:
    """Read a draft; members of other versions are left out."""
    members = as_mapping(value)
    names = {f.name for f in fields(Form)} - {"answers"}
    texts = {k: v for k, v in members.items() if k in names and isinstance(v, str)}
    answers = as_mapping(members.get("answers"))
    found = tuple((k, v) for k, v in answers.items() if isinstance(v, str))
    return Form(**texts, answers=found)
