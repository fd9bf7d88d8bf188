"""Enrolment: done only when it is kept, and repeatable whatever was lost."""

import pytest

from app.core.ids import check_character
from app.core.problems import ProblemCode
from app.storage.enrolment import DeviceIdentity, Enrolment
from app.storage.errors import DiskFullError
from app.sync.enrol import EnrolmentForm, enrol
from app.sync.failures import ConnectionCut, ProtocolMismatch, Refused
from tests.sync.model_link import SETUP, ModelLink, Weather
from tests.sync.model_server import ModelServer

CODE = "7H3KQ9VZ2M" + check_character("7H3KQ9VZ2M")
FORM = EnrolmentForm("clinic.example/", CODE, " Tablet 3 ", "0.1.0")


class Store:
    """Keeps an enrolment in memory."""

    def __init__(self) -> None:
        self.identity = DeviceIdentity("device", bytes(range(32)))
        self.kept: Enrolment | None = None
        self.full = False

    def enrol(self, enrolment: Enrolment) -> None:
        if self.full:
            raise DiskFullError
        self.kept = enrolment


def link() -> ModelLink:
    return ModelLink(ModelServer(lambda: 0), "device")


def test_an_enrolment_is_kept_before_it_is_done() -> None:
    store, gateway, opened = Store(), link(), []

    def open_gateway(address: str) -> ModelLink:
        opened.append(address)
        return gateway

    enrolment = enrol(FORM, store, open_gateway)
    assert store.kept == enrolment
    assert enrolment.token == "token of device"
    assert enrolment.setup == SETUP
    assert opened == [enrolment.server_url] == ["https://clinic.example"]


def test_a_lost_answer_is_asked_for_again() -> None:
    store, gateway = Store(), link()
    gateway.forecast = lambda: Weather.ANSWER_LOST
    with pytest.raises(ConnectionCut):
        enrol(FORM, store, lambda _address: gateway)
    assert store.kept is None
    gateway.forecast = lambda: Weather.FINE
    assert enrol(FORM, store, lambda _address: gateway) == store.kept


def test_an_enrolment_that_could_not_be_kept_is_none() -> None:
    store, gateway = Store(), link()
    store.full = True
    with pytest.raises(DiskFullError):
        enrol(FORM, store, lambda _address: gateway)
    assert store.kept is None


def test_a_mistyped_code_costs_no_attempt_at_the_server() -> None:
    gateway = link()
    form = EnrolmentForm(FORM.address, "8" + CODE[1:], FORM.name, FORM.version)
    with pytest.raises(Refused) as caught:
        enrol(form, Store(), lambda _address: gateway)
    assert caught.value.code is ProblemCode.ENROLMENT_CODE_WRONG
    assert gateway.calls == []


def test_an_address_that_cannot_be_one_is_said_before_anything_is_sent() -> None:
    gateway = link()
    form = EnrolmentForm("ftp://clinic", CODE, FORM.name, FORM.version)
    with pytest.raises(ProtocolMismatch):
        enrol(form, Store(), lambda _address: gateway)
    assert gateway.calls == []


def test_a_refusal_of_the_server_is_handed_on() -> None:
    gateway = link()
    gateway.failures.append(Refused(ProblemCode.ENROLMENT_CODE_USED))
    store = Store()
    with pytest.raises(Refused) as caught:
        enrol(FORM, store, lambda _address: gateway)
    assert caught.value.code is ProblemCode.ENROLMENT_CODE_USED
    assert store.kept is None
