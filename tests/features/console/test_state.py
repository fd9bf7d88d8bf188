"""Console: what each press leads to."""

from dataclasses import replace

from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.features.console.pages import OpenPage, Page, PagePressed
from app.features.console.state import (
    PAGE,
    ConflictsToggled,
    Effect,
    Event,
    Failed,
    FindPatients,
    Listed,
    Model,
    MorePressed,
    Opened,
    OpenRecord,
    PatientPressed,
    PatientsFound,
    Question,
    RecordClosed,
    RecordFailed,
    RecordOpened,
    RefreshPressed,
    SearchTyped,
    Shown,
    SignOut,
    SignOutPressed,
    update,
)

AMINA = Listed("amina", Document(RecordType.PATIENT, "amina", "amina"), (), 1, 0, ())


def after(
    *events: Event, model: Model | None = None
) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    now = model or Model()
    for event in events:
        step = update(now, event)
        now, effects = step.model, step.effects
    return now, effects


def test_the_list_is_asked_for_and_an_open_record_is_read_again() -> None:
    assert after(Shown())[1] == (FindPatients(Question()),)
    _, effects = after(PatientPressed("amina"), RefreshPressed())
    assert effects == (FindPatients(Question()), OpenRecord("amina"))


def test_only_an_answer_to_what_is_asked_now_counts() -> None:
    late = PatientsFound(Question("a"), 1, (AMINA,), 5)
    assert after(SearchTyped("am"), late)[0].patients == ()
    right = PatientsFound(Question("am"), 1, (AMINA,), 5)
    model, _ = after(SearchTyped("am"), right)
    assert (model.patients, model.answered) == ((AMINA,), Question("am"))


def test_contradictions_alone_can_be_listed() -> None:
    asked = Question(only_conflicts=True)
    assert after(ConflictsToggled())[1] == (FindPatients(asked),)
    assert after(ConflictsToggled(), ConflictsToggled())[1] == (
        FindPatients(Question()),
    )


def test_more_can_be_shown_and_a_new_search_begins_anew() -> None:
    more = Question(limit=2 * PAGE)
    assert after(MorePressed())[1] == (FindPatients(more),)
    assert after(MorePressed(), SearchTyped("a"))[1] == (FindPatients(Question("a")),)


def test_a_record_that_comes_late_does_not_replace_another() -> None:
    record = Opened("amina")
    model, _ = after(PatientPressed("amina"), RecordOpened(record))
    assert model.opened == record
    model, _ = after(PatientPressed("amina"), PatientPressed("sara"))
    assert after(RecordOpened(record), model=model)[0].opened is None


def test_a_record_that_could_not_be_read_is_told_until_it_is() -> None:
    failed = RecordFailed("amina", ProblemCode.UNREACHABLE)
    model, _ = after(PatientPressed("amina"), failed)
    assert model.record_problem is ProblemCode.UNREACHABLE
    assert after(RefreshPressed(), model=model)[0].record_problem is None
    read = after(RecordOpened(Opened("amina")), model=model)[0]
    assert read.record_problem is None
    other, _ = after(PatientPressed("sara"), failed)
    assert other.record_problem is None
    ended = RecordFailed("amina", ProblemCode.UNAUTHENTICATED)
    assert after(PatientPressed("amina"), ended)[1] == (SignOut(),)


def test_a_reading_that_comes_after_a_newer_one_is_left_out() -> None:
    newer, older = Opened("amina", number=2), Opened("amina", number=1)
    opened = (PatientPressed("amina"), RecordOpened(newer), RecordOpened(older))
    assert after(*opened)[0].opened == newer


def test_a_record_is_closed() -> None:
    model, _ = after(PatientPressed("amina"), RecordClosed())
    assert (model.selected, model.opened) == ("", None)


def test_a_failure_is_told_and_an_ended_session_is_signed_in_anew() -> None:
    model, effects = after(Failed(ProblemCode.UNREACHABLE))
    assert (model.problem, effects) == (ProblemCode.UNREACHABLE, ())
    assert after(Failed(ProblemCode.UNAUTHENTICATED))[1] == (SignOut(),)
    assert after(SignOutPressed())[1] == (SignOut(),)
    assert after(PagePressed(Page.LANGUAGES))[1] == (OpenPage(Page.LANGUAGES),)
    assert after(PagePressed(Page.TABLETS))[1] == (OpenPage(Page.TABLETS),)
    found = PatientsFound(Question(), 0, (), 1)
    assert after(found, model=replace(model))[0].problem is None
