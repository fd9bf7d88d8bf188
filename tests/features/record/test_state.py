"""Record: what each press leads to."""

from dataclasses import replace

from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.summary import PatientSummary
from app.features.record.doing import (
    Effect,
    EnterInError,
    FindPeople,
    LoadRecord,
    MoveTo,
    OpenAmend,
    OpenComeBack,
    OpenRelative,
)
from app.features.record.events import (
    AskingClosed,
    ComeBackPressed,
    ConflictPressed,
    Corrected,
    CorrectionFailed,
    DecidePressed,
    EntryPressed,
    ErrorPressed,
    Event,
    FieldPressed,
    Loaded,
    MovePressed,
    PeopleFound,
    PersonChosen,
    PersonTyped,
    ReasonChosen,
    RecordLoaded,
    RecordsChanged,
    RelativePressed,
    Shown,
    VisitPressed,
    WrongPersonPressed,
)
from app.features.record.state import Asking, Model, update

SCORE = Document(RecordType.SCORE, "score", "amina")
PERSON = Document(RecordType.PATIENT, "amina", "amina")
LOADED = Loaded({"score": SCORE, "amina": PERSON}, role="nurse")
RIGHT = PatientSummary("sara", latin="Sara")
READ = Model("amina", LOADED)


def after(*events: Event, model: Model = READ) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(model, event)
        model, effects = step.model, step.effects
    return model, effects


def test_the_record_is_read_when_it_is_shown_and_when_it_changes() -> None:
    for event in (Shown(), RecordsChanged()):
        assert after(event)[1] == (LoadRecord("amina"),)
    assert after(RecordLoaded(LOADED), model=Model("amina"))[0] == READ


def test_a_reading_that_comes_after_a_newer_one_is_left_out() -> None:
    newer, older = replace(LOADED, number=2), replace(LOADED, number=1)
    model, _ = after(RecordLoaded(newer), RecordLoaded(older))
    assert model.loaded == newer


def test_an_entry_asks_what_is_to_be_corrected() -> None:
    model, _ = after(EntryPressed("score"))
    assert (model.asking, model.record) == (Asking.WHAT, SCORE)
    assert after(EntryPressed("score"), AskingClosed())[0] == READ


def test_a_field_is_amended_on_its_own_screen() -> None:
    model, effects = after(EntryPressed("amina"), FieldPressed("amina", "birth"))
    assert effects == (OpenAmend("amina", "Patient", "amina", "birth"),)
    assert model.asking is Asking.NOTHING


def test_what_is_in_error_needs_a_reason_and_goes_once() -> None:
    asked = (EntryPressed("score"), ErrorPressed())
    model, effects = after(*asked, ReasonChosen("twice"))
    assert effects == (EnterInError(SCORE, "twice"),)
    assert after(ReasonChosen("twice"), model=model)[1] == ()


def test_what_is_another_persons_needs_that_person_and_a_reason() -> None:
    steps = (
        EntryPressed("score"),
        WrongPersonPressed(),
        PersonTyped("sar"),
        PeopleFound("sar", (RIGHT, PatientSummary("amina"))),
    )
    model, _ = after(*steps)
    assert model.found == (RIGHT,), "never the person whose record it is"
    _, effects = after(
        PersonChosen(RIGHT), MovePressed(), ReasonChosen("mistyped"), model=model
    )
    assert effects == (MoveTo(SCORE, "sara", "mistyped"),)


def test_a_reason_alone_moves_nothing_to_a_person_who_was_not_read_out() -> None:
    chosen = (EntryPressed("score"), WrongPersonPressed(), PersonChosen(RIGHT))
    model, effects = after(*chosen, ReasonChosen("mistyped"))
    assert (model.asking, effects) == (Asking.WHETHER_TO_MOVE, ())


def test_nothing_is_decided_until_a_version_is_chosen() -> None:
    model, effects = after(ConflictPressed("score", "result"), DecidePressed())
    assert (model.asking, effects) == (Asking.VERSION, ())


def test_a_late_answer_of_the_search_is_left_out() -> None:
    model, effects = after(WrongPersonPressed(), PersonTyped("sar"))
    assert effects == (FindPeople("sar"),)
    assert after(PeopleFound("sa", (RIGHT,)), model=model)[0].found == ()


def test_a_correction_is_told_and_one_that_fails_too() -> None:
    asked = (EntryPressed("score"), ErrorPressed(), ReasonChosen("twice"))
    done, effects = after(*asked, Corrected())
    assert (done.corrected, done.asking) == (Asking.ERROR_REASON, Asking.NOTHING)
    assert effects == (LoadRecord("amina"),)
    failed, _ = after(*asked, CorrectionFailed(ProblemCode.DISK_FULL))
    assert (failed.problem, failed.busy) == (ProblemCode.DISK_FULL, False)


def test_a_visit_that_is_over_cannot_be_gone_on_with() -> None:
    assert after(VisitPressed())[1] == ()
    assert after(ComeBackPressed())[1] == (OpenComeBack("amina"),)


def test_a_related_person_can_be_opened() -> None:
    assert after(RelativePressed("sara"))[1] == (OpenRelative("sara"),)
