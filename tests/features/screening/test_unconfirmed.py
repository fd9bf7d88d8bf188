"""Who wrote an answer is marked where nobody confirmed them: result, visit, form."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.wire import PractitionerInfo
from tests.features.screening.ward import VITALS, Ward, session, ward

MARKED = "Maria · Not confirmed yet"


def as_unconfirmed(here: Ward) -> Ward:
    """The same tablet in the hands of somebody whom a colleague just added."""
    vault = here.desk.vault
    maria = PractitionerInfo(
        practitioner_id=vault.add_colleague("Maria", "nurse"),
        name="Maria",
        role="nurse",
        confirmed=False,
    )
    vault.practitioner_id = maria.practitioner_id
    return replace(here, desk=replace(here.desk, practitioner=maria))


def test_who_is_unconfirmed_is_marked_beside_what_they_wrote(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as ana:
            here = as_unconfirmed(ana)
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap("screening.company.nobody", "screening.start")
                await screen.tap("screening.next")
                await screen.type("q:heart-rate.text", "72")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
                assert screen.says(MARKED)
                await screen.tap("result.back")
                assert screen.says(f"by {MARKED}")
                response_id = here.response.record_id
            route = here.screening(VITALS, response_id)
            async with session(here.desk, route) as screen:
                await screen.tap("screening.next")
                await screen.type("q:heart-rate.text", "80")
                assert screen.says(f"({MARKED})")

    asyncio.run(run())
