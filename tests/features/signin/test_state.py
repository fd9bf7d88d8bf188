"""Sign in: what each press leads to."""

from app.core.problems import ProblemCode
from app.features.signin.state import (
    Effect,
    Event,
    Model,
    NameTyped,
    OpenPatients,
    PassphraseTyped,
    SignedIn,
    SignIn,
    SignInFailed,
    SignInPressed,
    update,
)

FILLED = (NameTyped(" Clara "), PassphraseTyped("four random words"))


def after(*events: Event) -> tuple[Model, tuple[Effect, ...]]:
    model = Model()
    effects: tuple[Effect, ...] = ()
    for event in events:
        step = update(model, event)
        model, effects = step.model, step.effects
    return model, effects


def test_both_are_needed() -> None:
    model, effects = after(FILLED[0], SignInPressed())
    assert (model.missing, effects) == (True, ())


def test_they_are_sent_once() -> None:
    assert after(*FILLED, SignInPressed())[1] == (SignIn("Clara", "four random words"),)
    assert after(*FILLED, SignInPressed(), SignInPressed())[1] == ()


def test_the_passphrase_is_gone_after_the_answer_whatever_it_is() -> None:
    failed = SignInFailed(ProblemCode.SIGN_IN_WRONG)
    model, _ = after(*FILLED, SignInPressed(), failed)
    assert (model.passphrase, model.problem) == ("", ProblemCode.SIGN_IN_WRONG)
    model, effects = after(*FILLED, SignInPressed(), SignedIn())
    assert (model.passphrase, effects) == ("", (OpenPatients(),))
