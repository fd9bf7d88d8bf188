"""Enrol against a real server: a wrong code, then the right one, kept durably."""

import asyncio
from pathlib import Path

from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.features.enrol.effects import NewTablet, loop
from app.features.enrol.state import (
    AddressTyped,
    CodeTyped,
    EnrolPressed,
    NameTyped,
    StationPressed,
)
from app.storage import FileDeviceSecret, VaultFile
from app.ui.navigator import Navigator, Place
from app.ui.routes import Enrol, Unlock
from tests.clinic.desks import some_work, until
from tests.server.deployments import deployed, served


def test_a_wrong_code_and_a_server_that_is_away_are_told_and_the_right_code_enrols(
    tmp_path: Path,
) -> None:
    async def scenario(url: str, code: str) -> None:
        secret = FileDeviceSecret(tmp_path / "tablet" / "secret")
        file = VaultFile(tmp_path / "tablet", secret, system_wall_ms, RandomIds())
        place = Place(navigator := Navigator(Enrol()), navigator.top)
        stations: list[Station] = []
        tablet = NewTablet(file, "http://127.0.0.1:9", stations.append)
        screen = loop(tablet, some_work(), place)
        screen.dispatch(NameTyped("Tablet 3"))
        screen.dispatch(StationPressed(Station.NURSE))
        wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
        seen: list[ProblemCode | None] = []
        tries = (("http://127.0.0.1:9", code), (url, wrong), (url, code))
        for address, typed in tries:
            screen.dispatch(AddressTyped(address))
            screen.dispatch(CodeTyped(typed))
            screen.dispatch(EnrolPressed())
            await until(lambda: not screen.model.busy)
            seen.append(screen.model.problem)
        refused = ProblemCode.ENROLMENT_CODE_WRONG
        assert seen == [ProblemCode.UNREACHABLE, refused, None]
        assert file.enrolled
        assert navigator.top.route == Unlock()
        assert stations == [Station.NURSE]
        file.close()

    with deployed(tmp_path / "server") as deployment, served(deployment) as client:
        asyncio.run(scenario(str(client.base_url), deployment.code()))
