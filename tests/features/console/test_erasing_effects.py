"""Console against a real server: a coordinator erases a person, and sees it."""

import asyncio
from pathlib import Path

from app.core.change import RecordKey
from app.core.erasure_wire import ErasureReason
from app.core.problems import ProblemCode
from app.features.console.effects import Desk, loop
from app.features.console.erasing import (
    EraseAsked,
    EraseCodeTyped,
    EraseConfirmed,
    EraseReasonChosen,
)
from app.features.console.state import PatientPressed
from app.sync.console_session import ConsoleSession
from app.ui.navigator import Navigator, Place
from app.ui.routes import ConsolePatients
from sync_server.services.erasure_rights import allow
from tests.clinic.desks import some_work, until
from tests.server.deployments import PASSPHRASE, TestDeployment, deployed, served
from tests.server.erasing import NAME, everything, said

PERSON = RecordKey("Patient", "amina", "amina")


def test_the_code_of_another_is_told_and_the_right_one_erases(tmp_path: Path) -> None:
    with deployed(tmp_path) as deployment, served(deployment) as client:
        deployment.give_passphrase()
        allow(deployment.context.database, "Clara")
        device = deployment.device("tablet")
        device.write((PERSON, {"name": said(NAME)}))
        deployment.push(device)
        asyncio.run(scenario(deployment, str(client.base_url)))


async def scenario(deployment: TestDeployment, url: str) -> None:
    session, work = ConsoleSession(url), some_work()
    session.sign_in("Clara", PASSPHRASE)
    place = Place(navigator := Navigator(ConsolePatients()), navigator.top)
    screen = loop(Desk(session, lambda: 1, lambda: None), work, place)
    screen.shown()
    await until(lambda: bool(screen.model.patients))
    screen.dispatch(PatientPressed("amina"))
    await until(lambda: screen.model.opened is not None)
    assert screen.model.opened is not None
    assert screen.model.opened.may_erase
    screen.dispatch(EraseAsked("amina"))
    screen.dispatch(EraseReasonChosen(ErasureReason.PERSON_ASKED))
    screen.dispatch(EraseCodeTyped("somebody else"))
    screen.dispatch(EraseConfirmed())
    await until(lambda: screen.model.erasing is None or not screen.model.erasing.busy)
    assert screen.model.erasing is not None
    assert screen.model.erasing.problem is ProblemCode.CARD_CODE_WRONG
    screen.dispatch(EraseCodeTyped("amina"))
    screen.dispatch(EraseConfirmed())
    await until(lambda: screen.model.has_erased)
    await until(lambda: screen.model.patients == ())
    assert NAME not in everything(deployment.context)
    await work.settled()
    session.close()
