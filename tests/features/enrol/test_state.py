"""Enrol: what each press leads to."""

from app.core.problems import ProblemCode
from app.core.summary import Station
from app.features.enrol.state import (
    AddressTyped,
    CodeTyped,
    Effect,
    EnrolDevice,
    EnrolFailed,
    Enrolled,
    EnrolPressed,
    Event,
    GoUnlock,
    KeptPressed,
    Model,
    NameTyped,
    OpenKept,
    StationPressed,
    update,
)

FILLED = (
    AddressTyped("http://server "),
    CodeTyped(" AB-12"),
    NameTyped("Tablet 3"),
    StationPressed(Station.TRIAGE),
)


Then = tuple[Model, tuple[Effect, ...]]


def after(*events: Event, model: Model | None = None) -> Then:
    effects: tuple[Effect, ...] = ()
    now = model or Model()
    for event in events:
        step = update(now, event)
        now, effects = step.model, step.effects
    return now, effects


def test_nothing_is_sent_while_something_is_missing() -> None:
    model, effects = after(*FILLED[:2], EnrolPressed())
    assert (model.missing, effects) == (True, ())


def test_a_filled_screen_is_sent_once() -> None:
    model, effects = after(*FILLED, EnrolPressed())
    (sent,) = effects
    assert isinstance(sent, EnrolDevice)
    assert (sent.name, sent.station) == ("Tablet 3", Station.TRIAGE)
    assert after(EnrolPressed(), model=model)[1] == ()


def test_a_wrong_code_is_told_and_what_was_typed_stays() -> None:
    wrong = EnrolFailed(ProblemCode.ENROLMENT_CODE_WRONG)
    model, _ = after(*FILLED, EnrolPressed(), wrong)
    assert (model.busy, model.problem) == (False, ProblemCode.ENROLMENT_CODE_WRONG)
    assert model.name == "Tablet 3"
    assert after(CodeTyped("AB-13"), model=model)[0].problem is None


def test_an_enrolled_tablet_is_unlocked_next() -> None:
    assert after(*FILLED, EnrolPressed(), Enrolled())[1] == (GoUnlock(),)


def test_the_text_of_a_qr_code_fills_both_fields_from_either() -> None:
    pin = "A" * 43
    text = f"TESSERA https://10.0.0.7:8420 7H3K-Q9VZ-2M4 {pin}\n"
    for scanned in (AddressTyped(text), CodeTyped(text)):
        model, _ = after(scanned)
        assert (model.address, model.code) == ("https://10.0.0.7:8420", "7H3K-Q9VZ-2M4")
        _, effects = after(NameTyped("Tablet 3"), EnrolPressed(), model=model)
        (effect,) = effects
        assert isinstance(effect, EnrolDevice)
        assert effect.address == f"https://10.0.0.7:8420#{pin}"


def test_only_an_empty_address_or_another_code_forgets_the_pin() -> None:
    text = f"TESSERA https://10.0.0.7:8420 7H3K-Q9VZ-2M4 {'A' * 43}"
    model, _ = after(CodeTyped(text), AddressTyped("https://10.0.0.8:8420"))
    assert model.pin == "A" * 43
    model, _ = after(AddressTyped(""), model=model)
    assert model.pin == ""
    model, _ = after(CodeTyped("TESSERA https://t.example 7H3K-Q9VZ-2M4"), model=model)
    assert (model.address, model.pin) == ("https://t.example", "")


def test_records_of_before_are_saved_before_a_tablet_is_set_up_anew() -> None:
    pressed = update(Model(kept=("a.parcel",)), KeptPressed("a.parcel"))
    assert pressed.effects == (OpenKept("a.parcel"),)
