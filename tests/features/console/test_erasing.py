"""Console: a person is erased once a reason and their code are given; pure."""

from dataclasses import replace

from app.core.erasure_wire import ErasureReason
from app.core.problems import ProblemCode
from app.features.console.erasing import (
    EraseAsked,
    EraseCodeTyped,
    EraseConfirmed,
    EraseFailed,
    EraseLeft,
    ErasePerson,
    EraseReasonChosen,
    PersonErased,
)
from app.features.console.state import (
    Event,
    FindPatients,
    Model,
    Opened,
    PatientPressed,
    RecordClosed,
    SignOut,
    update,
)

OPEN = Model(selected="amina", opened=Opened("amina", may_erase=True))


def after(*events: Event, model: Model = OPEN) -> Model:
    for event in events:
        model = update(model, event).model
    return model


READY = after(
    EraseAsked("QN7X-4KMT-B2"),
    EraseReasonChosen(ErasureReason.PERSON_ASKED),
    EraseCodeTyped(" qn7x-4kmt-b2 "),
)


def test_nothing_is_erased_before_both_are_given() -> None:
    for model in (
        after(EraseAsked("C"), EraseConfirmed()),
        after(EraseAsked("C"), EraseCodeTyped("C")),
        after(EraseAsked("C"), EraseReasonChosen(ErasureReason.ORDERED)),
    ):
        assert update(model, EraseConfirmed()).effects == ()


def test_the_server_is_asked_once_and_the_person_leaves_the_list() -> None:
    asked = update(READY, EraseConfirmed())
    deed = ErasePerson("amina", ErasureReason.PERSON_ASKED, "qn7x-4kmt-b2")
    assert asked.effects == (deed,)
    assert update(asked.model, EraseConfirmed()).effects == ()
    assert update(asked.model, EraseLeft()).model == asked.model
    gone = update(asked.model, PersonErased("amina"))
    assert gone.effects == (FindPatients(Model().question),)
    assert (gone.model.selected, gone.model.opened) == ("", None)
    assert gone.model.has_erased
    assert not after(PatientPressed("ben"), model=gone.model).has_erased


def test_a_refusal_is_said_and_can_be_mended_or_left() -> None:
    failed = after(
        EraseConfirmed(), EraseFailed(ProblemCode.CARD_CODE_WRONG), model=READY
    )
    assert failed.erasing is not None
    assert failed.erasing.problem is ProblemCode.CARD_CODE_WRONG
    assert failed.erasing.can_erase
    assert after(EraseCodeTyped("x"), model=failed).erasing == replace(
        failed.erasing, code="x", problem=None
    )
    assert after(EraseLeft(), model=failed).erasing is None
    assert after(RecordClosed(), model=failed).erasing is None
    ended = update(failed, EraseFailed(ProblemCode.UNAUTHENTICATED))
    assert ended.effects == (SignOut(),)
