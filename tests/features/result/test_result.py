"""Result: what it says, and the way back."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.audit import AuditKind
from app.features.result.state import BackPressed, BackToVisit, Left, Model, update
from app.i18n.bidi import without_isolates
from app.ui import routes as to
from app.ui.glass import Glass
from tests.clinic.test_auditing import events
from tests.features.screening.ward import PHQ9, VITALS, Session, session, ward

BEGIN = ("screening.company.nobody", "screening.start")


def test_back_leads_to_the_visit_whether_or_not_it_lies_below(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:heart-rate.text", "72")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
                assert screen.says("72")
                assert screen.says("Finished by")
                assert not screen.says("Score")
                await screen.tap("result.back")
                assert screen.route == here.plan
                assert len(screen.kit.navigator.value) == 2

    asyncio.run(run())


def test_a_total_is_not_made_while_answers_are_missing(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN)
                for _page in range(2):
                    keys = screen.client.keys()
                    for key in keys:
                        if key.endswith(".quiet.asked-declined"):
                            await screen.tap(key)
                    if screen.client.shows("screening.next"):
                        await screen.tap("screening.next")
                await screen.tap("screening.finish", "screening.turned")
                assert screen.says("There is no total")
                assert numbers(screen) == []
                assert not any("diagnosis" in t.lower() for t in screen.client.texts())

    asyncio.run(run())


def numbers(screen: Session) -> list[str]:
    """Every number that stands alone on the screen, and every one of the most."""
    shown = [without_isolates(text) for text in screen.client.texts()]
    return [text for text in shown if text.isdecimal() or " of 27" in text]


def test_what_ended_early_shows_no_part_of_a_total(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN, "q:/44250-9.options.LA6571-9")
                await screen.tap("q:/44255-8.options.LA6571-9")
                await screen.tap("screening.stop", "screening.turned", "dialog.tired")
                assert screen.says("There is no total")
                assert screen.says("Nearly every day")
                assert numbers(screen) == []

    asyncio.run(run())


async def answer_all(screen: Session) -> None:
    """Answer every question of the PHQ-9 with one point."""
    await screen.tap(*BEGIN)
    for place in range(9):
        if place == 6:
            await screen.tap("screening.next")
        path = screen.model.state.layout.questions[place].path
        await screen.tap(f"q{path.encode()}.options.LA6569-3")
    await screen.tap("screening.finish", "screening.turned")


def test_a_total_stands_once(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await answer_all(screen)
                assert numbers(screen) == ["9 of 27"]

    asyncio.run(run())


def test_a_screening_that_is_not_here_says_so(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            route = to.Result(here.patient_id, here.encounter_id, "nothing")
            async with session(here.desk, route) as screen:
                assert screen.client.shows("result.missing")

    asyncio.run(run())


def test_back_is_an_effect_and_changes_nothing() -> None:
    step = update(Model("r1"), BackPressed())
    assert (step.model, step.effects) == (Model("r1"), (BackToVisit(),))


@pytest.mark.parametrize("role", ["mediator", "ngo-staff"])
def test_a_total_that_is_closed_to_a_role_is_shown_for_a_reason(
    tmp_path: Path, role: str
) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await answer_all(screen)
                assert isinstance(screen.route, to.Result)
                result = screen.route
            who = here.desk.practitioner.model_copy(update={"role": role})
            desk = replace(here.desk, practitioner=who)
            async with session(desk, result, width=360.0) as screen:
                assert screen.client.shows("result.hidden")
                assert screen.says("Ask a nurse or a coordinator.")
                assert numbers(screen) == []
                await screen.tap("result.hidden.show", "glass.why.danger", "glass.show")
                assert screen.client.shows("result.broken")
                assert numbers(screen) == ["9 of 27"]
                is_asker = role == "mediator"
                assert screen.client.shows("result.correct") is is_asker
            opened = [e for e in events(desk.vault) if e.kind == AuditKind.BREAK_GLASS]
            assert [event.reason for event in opened] == ["danger"]

    asyncio.run(run())


def test_leaving_the_result_closes_it_again() -> None:
    opened = Model("r1", glass=Glass(is_broken=True))
    assert update(opened, Left()).model == Model("r1")
