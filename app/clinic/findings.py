"""What a finished screening says: its score, what was measured, what is dangerous.

Screening and triage support, never diagnosis.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import cast

from app.clinic.corrections import ErrorReason, error
from app.clinic.library import Form, Library
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.ids import RecordIds
from app.core.merge import Document
from app.core.projections import ResponseView, View, by_type, responses
from app.core.questionnaire import (
    FormState,
    ItemPath,
    QuestionnaireItem,
    Value,
    score,
)
from app.core.questionnaire.protocol import RedFlagRule
from app.core.questionnaire.values import thaw
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import ResponseStatus


@dataclass(frozen=True, slots=True)
class StandingFlag:
    """A red flag in a record; without `rule` where this tablet lacks the form."""

    code: str
    response_id: str
    canonical: str
    raised_at: int
    form: Form | None = None
    rule: RedFlagRule | None = None

    @property
    def urgent(self) -> bool:
        """Whether it asks for somebody at once; one that is unknown does."""
        return self.rule is None or self.rule.urgent


def standing_flags(
    documents: Iterable[Document], library: Library
) -> tuple[StandingFlag, ...]:
    """Return every red flag that stands in a patient's record, urgent ones first."""
    found = [flag for view in responses(documents) for flag in flags_in(view, library)]
    return tuple(sorted(found, key=lambda flag: (not flag.urgent, -flag.raised_at)))


def flags_in(view: ResponseView, library: Library) -> tuple[StandingFlag, ...]:
    """Return the red flags that the answers of one response raised."""
    form = library.form(view.questionnaire)
    protocol = form.protocol if form else None
    rules = {rule.code: rule for rule in protocol.red_flags} if protocol else {}
    return tuple(
        StandingFlag(
            code,
            view.record_id,
            view.questionnaire,
            at_ms,
            form,
            rules.get(code),
        )
        for code, at_ms in view.raised_at().items()
    )


def score_of(documents: Iterable[Document], response_id: str) -> View | None:
    """Return the score made from a response, if one stands."""
    found = [View(d) for d in by_type(documents, RecordType.SCORE)]
    mine = [v for v in found if v.text("response") == response_id]
    standing = [v for v in mine if not v.entered_in_error]
    return max(standing, key=_written_at, default=None)


def score_id_of(response_id: str, ids: RecordIds) -> str:
    """Return the id of a response's Score, the same on every tablet."""
    return ids.derived(response_id, "score")


def _written_at(scored: View) -> int:
    result = scored.shown("result")
    return 0 if result is None else result.write.effective_ms


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ended, and when (UTC milliseconds)."""

    status: ResponseStatus
    at_ms: int


def complete(
    key: RecordKey, form: Form, state: FormState, ending: Ending, ids: RecordIds
) -> Change:
    """Finish a response: its status, its score, what was measured.

    Scores and measurements have ids derived from the response, so that two tablets
    that finish it write them once.
    """
    change = Change()
    change.set(key, {"status": {"status": ending.status.value}})
    _add_score(change, key, form, state, ids)
    for path, answer in state.counted.items():
        item = form.questionnaire.item(path.link_id)
        if item is not None and item.observation_extract and answer.values:
            measured = path, item, answer.values[0]
            _add_observation(change, key, measured, ending.at_ms, ids)
    return change


def keep_disputed(
    change: Change, key: RecordKey, disputed: Set[ItemPath], ids: RecordIds
) -> None:
    """Let what is made of answers that differ stand beside what others made of theirs.

    Nobody saw the other's answer, so nobody replaces what was made of it.
    """
    if disputed:
        score_id = score_id_of(key.record_id, ids)
        _unseen(change, RecordKey(RecordType.SCORE, score_id, key.patient_id), "result")
    for path in disputed:
        made = _observation_key(key, path, ids)
        _unseen(change, made, "value")


def _unseen(change: Change, key: RecordKey, name: str) -> None:
    if name in change.writes.get(key, {}):
        change.set(key, {}, {name: ()})


def _observation_key(key: RecordKey, path: ItemPath, ids: RecordIds) -> RecordKey:
    made = ids.derived(key.record_id, f"observation/{path.encode()}")
    return RecordKey(RecordType.OBSERVATION, made, key.patient_id)


def rewritten(
    change: Change, documents: Iterable[Document], response_id: str
) -> Change:
    """Add to a correction what it makes of measurements and scores written before.

    One whose answer is gone was entered in error; one that is back is so no longer.
    """
    found = list(documents)
    measured = by_type(found, RecordType.OBSERVATION)
    for document in (*measured, *by_type(found, RecordType.SCORE)):
        view = View(document)
        if view.text("response") != response_id:
            continue
        kind, record_id = document.record_type, document.record_id
        key = RecordKey(kind, record_id, document.patient_id)
        is_written = key in change.writes
        if is_written:  # a correction does not move the time of measuring
            change.writes[key].pop("effective_at", None)
        if is_written and view.entered_in_error:
            change.set(key, {ENTERED_IN_ERROR: None})
        if not is_written and not view.entered_in_error:
            change.set(key, {ENTERED_IN_ERROR: error(ErrorReason.CORRECTED)})
    return change


def _add_score(
    change: Change, key: RecordKey, form: Form, state: FormState, ids: RecordIds
) -> None:
    if form.protocol is None:
        return
    found = score(form.protocol, form.questionnaire, state.counted)
    if found is None:
        return
    result: dict[str, Json] = {
        "questionnaire": form.canonical,
        "protocol": found.protocol,
        "version": found.version,
        "source": found.source,
        "review": found.review,
        "total": None if found.total is None else str(found.total),
        "band": found.band.code if found.band else None,
        "missing": list(found.missing),
    }
    score_id = score_id_of(key.record_id, ids)
    score_key = RecordKey(RecordType.SCORE, score_id, key.patient_id)
    change.set(score_key, {"response": key.record_id, "result": result})


def _add_observation(
    change: Change,
    key: RecordKey,
    measured: tuple[ItemPath, QuestionnaireItem, Value],
    now_ms: int,
    ids: RecordIds,
) -> None:
    path, item, value = measured
    form_url = item.text.context.rpartition("#")[0] if item.text else None
    coding = item.codes[0] if item.codes else None
    text = item.text.source if item.text else path.link_id
    change.set(
        _observation_key(key, path, ids),
        {
            "code": {
                "system": coding.system if coding else None,
                "code": coding.code if coding else path.link_id,
                "display": text,
                "questionnaire": form_url,
                "link_id": path.link_id,
            },
            "value": _measured(item, value),
            "effective_at": now_ms,
            "response": key.record_id,
        },
    )


def _measured(item: QuestionnaireItem, value: Value) -> dict[str, Json]:
    """Return a measurement: the decimal as it was typed, its UCUM unit, its sign.

    What is no number is kept under the name that FHIR gives it in an Observation.
    """
    quantity = value.as_quantity
    if quantity is not None:
        return {
            "value": str(quantity.value),
            "unit": quantity.code,
            "display": quantity.unit,
        }
    data = cast("Json", thaw(value.data))
    if value.kind == "Coding":
        return {"valueCodeableConcept": {"coding": [data]}}
    if value.number is None:
        return {f"value{_KINDS.get(value.kind, value.kind)}": data}
    unit = item.unit
    return {
        "value": str(value.data),
        "unit": unit.code if unit else None,
        "display": (unit.display or unit.code) if unit else None,
    }


_KINDS = {"Date": "DateTime", "Uri": "String"}
"""Kinds of answers that an Observation has under another name."""
