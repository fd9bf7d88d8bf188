"""Screenings: answers are saved page by page, and keep their authors.

A page writes only what changed on it. What a finished one says is in `findings`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count

from app.clinic.library import Form
from app.core.birth import Birth
from app.core.canonical import Json
from app.core.change import Change, Heads, RecordKey
from app.core.document_json import as_mapping
from app.core.ids import RecordIds
from app.core.merge import Document, Shown
from app.core.projections import ResponseView, responses
from app.core.questionnaire import (
    AgeInterval,
    Answer,
    Answers,
    FormState,
    ItemPath,
    PathError,
    RedFlag,
    Value,
    red_flags,
)
from app.core.records import RecordType
from app.core.values import Interpretation, ResponseStatus


class StopReason(StrEnum):
    """Why a screening ended early."""

    TIRED = "tired"
    DISTRESSED = "distressed"
    DECLINED = "declined"
    INTERRUPTED = "interrupted"
    UNWELL = "unwell"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """In which languages answers were asked, and who interpreted."""

    staff: str
    person: str
    interpreted: bool = False
    interpreter: Interpretation | None = None
    """None where nobody said whether somebody interprets."""

    def to_json(self) -> dict[str, Json]:
        """Return the member `asked` of an answer."""
        return {
            "staff": self.staff,
            "person": self.person,
            "interpreted": self.interpreted,
            "by": self.interpreter.to_json() if self.interpreter else None,
        }

    @classmethod
    def from_json(cls, value: Json) -> "Asked":
        """Read the member `asked` of an answer."""
        members = as_mapping(value)
        return cls(
            staff=str(members.get("staff") or ""),
            person=str(members.get("person") or ""),
            interpreted=members.get("interpreted") is True,
            interpreter=interpretation(members.get("by")),
        )


def interpretation(value: Json) -> Interpretation | None:
    """Read who interpreted; None where nobody said."""
    return Interpretation.from_json(value) if value else None


def response_key(patient_id: str, response_id: str) -> RecordKey:
    """Return the key of a QuestionnaireResponse."""
    return RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, response_id, patient_id)


def response_id_of(
    encounter_id: str, form: Form, ids: RecordIds, attempt: int = 0
) -> str:
    """Return the id of a form's response in an encounter.

    Two tablets that begin one form for one visit write one response. `attempt`
    counts those before it that were entered in error.
    """
    return ids.derived(encounter_id, f"response/{form.canonical}/{attempt}")


def response_in(
    documents: Iterable[Document], encounter_id: str, form: Form
) -> ResponseView | None:
    """Return the response to a form in a visit, those entered in error left out."""
    found = [
        view
        for view in responses(documents)
        if view.encounter_id == encounter_id
        and view.questionnaire == form.canonical
        and not view.entered_in_error
    ]
    return found[0] if found else None


def response_id_in(
    documents: Iterable[Document], encounter_id: str, form: Form, ids: RecordIds
) -> str:
    """Return the id under which a form is answered in a visit, begun or not."""
    known = list(documents)
    standing = response_in(known, encounter_id, form)
    if standing is not None:
        return standing.record_id
    wrong = {view.record_id for view in responses(known) if view.entered_in_error}
    attempts = (response_id_of(encounter_id, form, ids, n) for n in count())
    return next(each for each in attempts if each not in wrong)


def age_of(birth: Birth | None, today: date) -> AgeInterval | None:
    """Return the age for rules; None while nobody knows it."""
    return None if birth is None else AgeInterval(*birth.age_years(today))


def answers_of(view: ResponseView) -> Answers:
    """Return the answers that are shown; one that cannot be read is left to amend."""
    found: dict[ItemPath, Answer] = {}
    for key, shown in view.answers():
        try:
            found[ItemPath.decode(key)] = Answer.from_json(shown.value)
        except (PathError, ValueError):
            continue
    return Answers(found)


def first_page(asked: Asked, accompanied_by: str) -> dict[str, Json]:
    """Return what the first page says, as fields of a response."""
    by = asked.interpreter
    return {
        "languages": [asked.staff, asked.person],
        "interpreter": by.to_json() if by else None,
        "accompanied_by": accompanied_by,
    }


def author_of(shown: Shown) -> str:
    """Return who gave an answer, also of one written again for its flags."""
    first = as_mapping(shown.value).get("author")
    return first if isinstance(first, str) else shown.write.practitioner_id


def begin(
    key: RecordKey, encounter_id: str, form: Form, first: Mapping[str, Json]
) -> Change:
    """Begin a response: which form, which visit, and what its first page says."""
    change = Change()
    fields: dict[str, Json] = {
        "questionnaire": form.canonical,
        "encounter": encounter_id,
        "status": {"status": ResponseStatus.IN_PROGRESS.value},
    }
    said_first = {name: value for name, value in first.items() if value is not None}
    change.set(key, {**fields, **said_first})
    return change


def said(answer: Answer | None) -> tuple[tuple[Value, ...], str | None]:
    """Return what an answer says, without who asked it and what it raised."""
    return ((), None) if answer is None else (answer.values, answer.absent)


def changed(before: Answers, now: Answers) -> dict[ItemPath, Answer | None]:
    """Return the answers that differ; None where there is none any more."""
    found: dict[ItemPath, Answer | None] = {}
    for path, answer in now.items():
        if path not in before or said(before[path]) != said(answer):
            found[path] = answer
    found.update({path: None for path in before if path not in now})
    return found


def flags_of(
    form: Form, state: FormState, age: AgeInterval | None
) -> tuple[RedFlag, ...]:
    """Return the red flags that the answers raise now."""
    if form.protocol is None:
        return ()
    return red_flags(form.protocol, form.questionnaire, state.counted, age)


def stop(key: RecordKey, reason: StopReason, seen: Heads) -> Change:
    """End a response early: no total; red flags stand with their answers.

    `seen` are the heads of the status that it ends; another end, unseen, stands.
    """
    change = Change()
    status = {"status": ResponseStatus.STOPPED.value, "reason": reason.value}
    change.set(key, {"status": status}, {"status": seen})
    return change


def decline(
    key: RecordKey, encounter_id: str, form: Form, reason: StopReason
) -> Change:
    """Keep that a form was declined; whoever began it meanwhile was not seen."""
    change = Change()
    status = {"status": ResponseStatus.STOPPED.value, "reason": reason.value}
    fields: dict[str, Json] = {
        "questionnaire": form.canonical,
        "encounter": encounter_id,
        "status": status,
    }
    change.set(key, fields, {"status": ()})
    return change


def joined(*changes: Change) -> Change:
    """Return changes as one: all of it is saved, or nothing."""
    whole = Change()
    for change in changes:
        whole.add(change)
    return whole
