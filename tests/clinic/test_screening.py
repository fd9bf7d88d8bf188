"""Screenings as changes: what is written of a page, of the end, of a correction."""

import pytest

from app.clinic.answering import Page, save_page
from app.clinic.findings import Ending, complete, flags_in, rewritten, score_id_of
from app.clinic.library import Form, read_library
from app.clinic.screening import (
    Asked,
    StopReason,
    begin,
    changed,
    decline,
    first_page,
    flags_of,
    joined,
    response_id_in,
    response_id_of,
    response_in,
    response_key,
    stop,
)
from app.core.canonical import Json
from app.core.change import Authorship, Change, RecordKey
from app.core.merge import Document, new_document
from app.core.projections import ResponseView, View, by_type
from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    Coding,
    ItemPath,
    Value,
    evaluate,
    load,
    measured,
)
from app.core.questionnaire.options import SDC
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import ResponseStatus
from tests.support.operations import SequentialIds, WritingDevice

ENCOUNTER = "c7ff0b0e-7fec-4ef6-bb68-95e2aac7a071"
IDS = SequentialIds()
PATIENT = "ab936547-5207-4d19-a011-e1cbc53aee88"
LIBRARY = read_library()
TB = LIBRARY.forms[0]
VITALS = LIBRARY.forms[1]
ASKED = Asked("en", "ar")
KEY = response_key(PATIENT, response_id_of(ENCOUNTER, TB, IDS))
FIRST = first_page(ASKED, "nobody")
COUGH, LONG = ItemPath("cough"), ItemPath("cough-over-two-weeks")


def folded(*changes: Change) -> list[Document]:
    """The documents that a device makes of changes, one after the other."""
    device = WritingDevice("a", Authorship("ana", "port"))
    found: dict[str, Document] = {}
    for change in changes:
        for operation, _encoded in device.write(*change.writes.items(), seen=found.get):
            record_id = operation.header.record_id
            before = found.get(record_id) or new_document(operation)
            found[record_id] = before.apply(operation)
    return list(found.values())


def page(answers: Answers, standing: Answers | None = None) -> Change:
    before = standing or Answers()
    state = evaluate(TB.questionnaire, answers)
    flags = flags_of(TB, state, None)
    different = changed(before, answers)
    return save_page(KEY, Page(TB, different, flags, ASKED, before))


def test_a_page_writes_only_what_changed() -> None:
    before = Answers({COUGH: Answer.of(YES), ItemPath("fever"): Answer.of(NO)})
    after = before.set(COUGH, Answer.of(NO))
    (fields,) = page(after, before).writes.values()
    assert list(fields) == ["answer.:cough"]


def test_an_answer_keeps_its_languages_and_its_flags() -> None:
    answers = Answers({COUGH: Answer.of(YES), LONG: Answer.of(YES)})
    (fields,) = page(answers).writes.values()
    stored = fields["answer.:cough-over-two-weeks"]
    assert isinstance(stored, dict)
    assert stored["flags"] == ["cough-over-two-weeks"]
    assert stored["asked"] == ASKED.to_json()
    assert Asked.from_json(stored["asked"]) == ASKED


def test_a_flag_that_another_answer_takes_away_is_taken_from_its_own() -> None:
    stored = Answer.from_json(
        {"values": [{"valueBoolean": True}], "flags": ["cough-over-two-weeks"]}
    )
    before = Answers({COUGH: Answer.of(YES), LONG: stored})
    (fields,) = page(before.set(COUGH, Answer.of(NO)), before).writes.values()
    stored_now = fields["answer.:cough-over-two-weeks"]
    assert stored_now == {"values": [{"valueBoolean": True}]}


def test_an_instance_that_was_removed_is_taken_from_the_record() -> None:
    path = ItemPath("name", ("001ab",))
    assert changed(Answers({path: Answer.of(YES)}), Answers()) == {path: None}


def test_two_tablets_that_begin_one_form_write_one_response() -> None:
    assert response_id_in([], ENCOUNTER, TB, IDS) == KEY.record_id
    begun = folded(begin(KEY, ENCOUNTER, TB, FIRST))
    assert response_id_in(begun, ENCOUNTER, TB, IDS) == KEY.record_id
    found = response_in(begun, ENCOUNTER, TB)
    assert found is not None
    assert found.status is ResponseStatus.IN_PROGRESS
    assert found.text("accompanied_by") == "nobody"


def test_after_an_error_the_form_is_answered_in_a_new_response() -> None:
    error = Change()
    error.set(KEY, {ENTERED_IN_ERROR: {"reason": "mistyped"}})
    documents = folded(begin(KEY, ENCOUNTER, TB, FIRST), error)
    assert response_in(documents, ENCOUNTER, TB) is None
    fresh = response_id_in(documents, ENCOUNTER, TB, IDS)
    assert fresh == response_id_of(ENCOUNTER, TB, IDS, 1) != KEY.record_id


def test_what_ended_early_keeps_its_flags_and_has_no_score() -> None:
    answers = Answers({COUGH: Answer.of(YES), LONG: Answer.of(YES)})
    ended = joined(
        begin(KEY, ENCOUNTER, TB, FIRST),
        page(answers),
        stop(KEY, StopReason.TIRED, ()),
    )
    (document,) = folded(ended)
    view = ResponseView(document)
    assert (view.status, view.stopped_reason) == (ResponseStatus.STOPPED, "tired")
    assert [flag.code for flag in flags_in(view, LIBRARY)] == ["cough-over-two-weeks"]


def test_a_declined_form_is_stopped_before_its_first_question() -> None:
    (document,) = folded(decline(KEY, ENCOUNTER, TB, StopReason.DECLINED))
    assert ResponseView(document).status is ResponseStatus.STOPPED


def test_a_measurement_whose_answer_is_gone_was_entered_in_error() -> None:
    key = response_key(PATIENT, response_id_of(ENCOUNTER, VITALS, IDS))
    path = ItemPath("heart-rate")
    given = Answers({path: _measured(VITALS, path, "72")})
    first = finished(key, given)
    documents = folded(first)
    gone = rewritten(finished(key, Answers()), documents, key.record_id)
    back = rewritten(finished(key, given), folded(first, gone), key.record_id)
    found = [d for d in folded(first, gone) if d.record_type == RecordType.OBSERVATION]
    assert [View(d).entered_in_error for d in found] == [True]
    again = [d for d in folded(first, gone, back) if d.record_type == "Observation"]
    assert [View(d).entered_in_error for d in again] == [False]


def test_a_score_made_before_under_another_id_gives_way_to_the_corrected_one() -> None:
    key = response_key(PATIENT, response_id_of(ENCOUNTER, TB, IDS))
    older = Change()
    older.set(
        RecordKey(RecordType.SCORE, "older", PATIENT), {"response": key.record_id}
    )
    state = evaluate(TB.questionnaire, Answers({COUGH: Answer.of(NO)}))
    anew = complete(key, TB, state, Ending(ResponseStatus.AMENDED, 2_000), IDS)
    corrected = rewritten(anew, folded(older), key.record_id)
    scores = by_type(folded(older, corrected), RecordType.SCORE)
    standing = [d.record_id for d in scores if not View(d).entered_in_error]
    assert standing == [score_id_of(key.record_id, IDS)]
    error = View(next(d for d in scores if d.record_id == "older"))
    assert error.value(ENTERED_IN_ERROR) == {
        "reason": "corrected",
        "wrong_person": False,
        "moved_to": None,
    }


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (
            "choice",
            Value.coding(Coding("s", "c", "Chosen")),
            {
                "valueCodeableConcept": {
                    "coding": [{"system": "s", "code": "c", "display": "Chosen"}]
                }
            },
        ),
        ("boolean", YES, {"valueBoolean": True}),
        ("string", Value.string("words"), {"valueString": "words"}),
        ("date", Value("Date", "1990-05"), {"valueDateTime": "1990-05"}),
        ("integer", Value.integer(3), {"value": "3", "unit": None, "display": None}),
    ],
)
def test_an_observation_is_kept_as_fhir_has_it(
    kind: str, value: Value, kept: dict[str, Json]
) -> None:
    extract = f"{SDC}sdc-questionnaire-observationExtract"
    options = [{"valueCoding": {"system": "s", "code": "c", "display": "Chosen"}}]
    asked: dict[str, object] = {
        "linkId": "a",
        "type": kind,
        "extension": [{"url": extract, "valueBoolean": True}],
    }
    if kind == "choice":
        asked["answerOption"] = options
    loaded = load({"resourceType": "Questionnaire", "url": "u", "item": [asked]})
    form = Form("f", "u|", loaded.questionnaire, None, verbatim=False)
    state = evaluate(form.questionnaire, Answers({ItemPath("a"): Answer.of(value)}))
    done = complete(KEY, form, state, Ending(ResponseStatus.COMPLETED, 1_000), IDS)
    observed = [f for k, f in done.writes.items() if k.record_type == "Observation"]
    assert [fields["value"] for fields in observed] == [kept]


def finished(key: RecordKey, answers: Answers) -> Change:
    state = evaluate(VITALS.questionnaire, answers)
    ending = Ending(ResponseStatus.COMPLETED, 1_000)
    return complete(key, VITALS, state, ending, IDS)


def _measured(form: Form, path: ItemPath, digits: str) -> Answer:
    item = form.questionnaire.item(path.link_id)
    assert item is not None
    return Answer.of(measured(item, digits))
