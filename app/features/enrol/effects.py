"""Doing of Enrol: one call to the server, kept durably before it counts as done."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import assert_never

from app.core.summary import Station
from app.core.version import VERSION
from app.features.enrol.state import (
    Effect,
    EnrolDevice,
    EnrolFailed,
    Enrolled,
    Event,
    GoUnlock,
    Model,
    OpenKept,
    OpenLanguages,
    OpenRestore,
    update,
)
from app.storage import VaultFile
from app.sync.enrol import EnrolmentForm, enrol
from app.sync.gateway import HttpGateway
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Handover, Languages, Restore, Unlock, Way
from app.ui.work import Work, by_code


@dataclass(frozen=True, slots=True)
class NewTablet:
    """The vault to enrol, the server hinted at, and who keeps the station."""

    file: VaultFile
    server: str
    keep_station: Callable[[Station], None]
    kept: tuple[str, ...] = ()
    """Files with records of before that were not sent."""


def loop(tablet: NewTablet, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case EnrolDevice():
                work.run(
                    lambda: _enrol(tablet, effect),
                    dispatch,
                    enrolled,
                    by_code(EnrolFailed),
                )
            case GoUnlock():
                place.reset(Unlock())
            case OpenRestore():
                place.go(Restore())
            case OpenLanguages():
                place.go(Languages())
            case OpenKept(name):
                place.go(Handover(Way.SAVE, name))
            case _:
                assert_never(effect)

    def enrolled(station: Station) -> Event:
        tablet.keep_station(station)
        return Enrolled()

    model = Model(address=tablet.server, kept=tablet.kept)
    return Loop(model, update, perform)


def _enrol(tablet: NewTablet, effect: EnrolDevice) -> Station:
    form = EnrolmentForm(effect.address, effect.code, effect.name, VERSION)
    with ExitStack() as stack:

        def open_gateway(url: str) -> HttpGateway:
            gateway = HttpGateway(url)
            stack.callback(gateway.close)
            return gateway

        enrol(form, tablet.file, open_gateway)
    return effect.station
