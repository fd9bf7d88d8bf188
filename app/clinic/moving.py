"""Moving records to the person whom they belong to, in one change."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.clinic.consents import ConsentView, consent_key
from app.clinic.corrections import belonging, error, key_of
from app.clinic.findings import score_id_of
from app.clinic.screening import author_of
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping, writes_to_json
from app.core.encounters import EncounterView
from app.core.ids import RecordIds
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.projections import ResponseView, View
from app.core.records import (
    ANSWER_PREFIX,
    ENTERED_IN_ERROR,
    PLAN_HISTORY,
    STATUS_HISTORY,
    RecordType,
)
from app.core.values import flags_of_answer


def moving(documents: Iterable[Document], record_id: str) -> list[Document]:
    """Return a record with all that moves with it to another person.

    What was made from answers moves with the answers, whichever of it was chosen.
    """
    found = list(documents)
    made_from = {d.record_id: View(d).text("response") for d in found}
    response_id = made_from.get(record_id, "")
    return belonging(found, response_id if response_id in made_from else record_id)


@dataclass(frozen=True, slots=True)
class RightPerson:
    """Whose the records are, and what is known of that person.

    `encounter_id` is the visit that the records then belong to, if any.
    """

    patient_id: str
    encounter_id: str = ""
    documents: tuple[Document, ...] = ()


class UndecidedError(Exception):
    """Records that move hold a contradiction; a copy would hold one side of it."""

    code = ProblemCode.UNDECIDED


def move_to(
    documents: Iterable[Document],
    right: RightPerson,
    reason: str,
    ids: RecordIds,
    mirrors: Iterable[Document] = (),
) -> Change:
    """Write records of the wrong person anew on the right one, in one change.

    The wrong ones stay, marked with the reason and where they went. A Patient does
    not move, nor does what was marked as an error before. `mirrors` are what others'
    records say of the wrong person as a relative: they say it of the right one then.
    Raises UndecidedError where a contradiction must be decided first.
    """
    change = Change()
    found = sorted(filter(_can_move, documents), key=_written_at)
    if any(map(_is_undecided, found)):
        raise UndecidedError
    targets = _targets(found, right.patient_id, ids)
    for document in found:
        kind, target = document.record_type, targets[document.record_id]
        fields = _copied(document, targets)
        if View(document).text("encounter") not in {"", *targets}:
            fields["encounter"] = right.encounter_id
        key = RecordKey(kind, target, right.patient_id)
        _write_anew(change, document, (key, fields), reason)
        _keep_what_stands(change, key, right.documents)
    for mirror in mirrors:
        key = RecordKey(mirror.record_type, ids.new(), mirror.patient_id)
        fields = {**_copied(mirror, {}), "other": right.patient_id}
        _write_anew(change, mirror, (key, fields), reason)
    return change


def _write_anew(
    change: Change,
    document: Document,
    copy: tuple[RecordKey, dict[str, Json]],
    reason: str,
) -> None:
    """Set a copy and mark its original; nobody becomes a relative of themselves."""
    key, fields = copy
    moved_to = None if fields.get("other") == key.patient_id else key.record_id
    if moved_to is not None:
        change.set(key, fields)
    marked = error(reason, wrong_person=True, moved_to=moved_to)
    change.set(key_of(document), {ENTERED_IN_ERROR: marked})


def _keep_what_stands(
    change: Change, key: RecordKey, known: Iterable[Document]
) -> None:
    """Replace no answer that the right person gave: both stand, for a person to decide.

    A refusal that a moved "yes" replaced would be gone. What was entered in error
    there is replaced, and is an error no longer.
    """
    there = next((View(d) for d in known if d.record_id == key.record_id), None)
    if there is None:
        return
    if there.entered_in_error:
        change.set(key, {ENTERED_IN_ERROR: None})
    else:
        change.beside.add(key)


def _can_move(document: Document) -> bool:
    is_patient = document.record_type == RecordType.PATIENT
    return not is_patient and not View(document).entered_in_error


def _is_undecided(document: Document) -> bool:
    """Tell whether a person must decide; of a consent in conflict the refusal moves."""
    is_consent = document.record_type == RecordType.CONSENT
    return not is_consent and bool(View(document).conflicts())


def _written_at(document: Document) -> int:
    """Order scores last, the newest at the end: of two of one response it is kept."""
    result = View(document).shown("result")
    return 0 if result is None else result.write.effective_ms


def _targets(
    documents: Iterable[Document], patient_id: str, ids: RecordIds
) -> dict[str, str]:
    """Return the ids of the copies, by those of the originals.

    A person has one Consent a purpose and a response one Score, on every tablet.
    """
    found = list(documents)
    targets = {d.record_id: ids.new() for d in found}
    for document in found:
        if document.record_type == RecordType.CONSENT:
            consent = ConsentView(document)
            key = consent_key(patient_id, consent.purpose, consent.service, ids)
            targets[document.record_id] = key.record_id
        response_id = targets.get(View(document).text("response"))
        if document.record_type == RecordType.SCORE and response_id is not None:
            targets[document.record_id] = score_id_of(response_id, ids)
    return targets


def _copied(document: Document, targets: dict[str, str]) -> dict[str, Json]:
    """Return the shown values, with ids of records that move along renamed."""
    view = View(document)
    values = {name: view.value(name) for name in document.fields}
    if document.record_type == RecordType.QUESTIONNAIRE_RESPONSE:
        values.update(_answers(ResponseView(document)))
    if document.record_type == RecordType.CONSENT:
        values["decision"] = ConsentView(document).safest
    if document.record_type == RecordType.ENCOUNTER:
        visit = EncounterView(document)
        values[STATUS_HISTORY] = writes_to_json(visit.statuses) or None
        values[PLAN_HISTORY] = writes_to_json(visit.plans) or None
    return {k: _renamed(v, targets) for k, v in values.items() if v is not None}


def _answers(response: ResponseView) -> dict[str, Json]:
    """Return answers as they were given: by whom, with every flag that they raised."""
    found: dict[str, Json] = {}
    for path, shown in response.answers():
        name = f"{ANSWER_PREFIX}{path}"
        heads = response.document.writes(name)
        flags = {flag for head in heads for flag in flags_of_answer(head.value)}
        value: dict[str, Json] = {**as_mapping(shown.value), "author": author_of(shown)}
        found[name] = {**value, "flags": sorted(flags)} if flags else value
    return found


def _renamed(value: Json, targets: dict[str, str]) -> Json:
    return targets.get(value, value) if isinstance(value, str) else value
