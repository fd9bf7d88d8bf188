"""Notice over a real vault, and as a client sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.clinic.consents import last_notice, standing_consents
from app.clinic.registration import Registration, register
from app.core.birth import BirthSource, birth_of_age
from app.core.values import Decision, GivenBy, InterpreterMode
from app.core.wire import Notice as NoticeSetup
from app.core.wire import NoticeText
from app.features.notice.effects import loop
from app.features.notice.view import view
from app.i18n.formats import local_day
from app.ui.frame import Frame
from app.ui.loop import Loop, Next
from app.ui.navigator import Place
from app.ui.routes import Notice
from app.ui.screen import Screen
from app.ui.work import Work
from tests.clinic.desks import NOTICE, Table, a_table, on_screen
from tests.support.connection import Client

SOMALI = NoticeText(language="so", body="Waxaan kuu sheegaynaa waxa aan qorno.")


def somebody(table: Table, language: str, years: int = 30) -> Notice:
    desk, now_ms = table.desk, table.tablet.wall()
    today = local_day(now_ms, desk.setup.site.zone)
    birth = birth_of_age(years, BirthSource.SAID, today)
    given = Registration(language=language, birth=birth)
    made = register(given, table.vault.patient_id_of_card, desk.ids, now_ms)
    desk.save(made.change)
    return Notice(made.patient_id, made.encounter_id)


def blank() -> Screen:
    def update(model: int, _event: object) -> Next[int, object]:
        return Next(model)

    def perform(_effect: object, _dispatch: object) -> None: ...

    return Screen(Loop(0, update, perform), lambda _m, _d, _l: Frame("Elsewhere", []))


@asynccontextmanager
async def shown(table: Table, route: Notice, tag: str = "en") -> AsyncIterator[Client]:
    def make(place: Place, work: Work) -> Screen:
        if not isinstance(place.route, Notice):
            return blank()
        return Screen(loop(table.desk, work, place, place.route), view)

    async with on_screen(route, make, tag) as client:
        await client.until(lambda: not client.shows("notice.loading"))
        yield client


def run(
    folder: Path,
    scenario: Callable[[Table], Coroutine[Any, Any, None]],
    notice: NoticeSetup = NOTICE,
) -> None:
    with a_table(folder, notice) as table:
        asyncio.run(scenario(table))


async def be_told(client: Client, mode: str = "none") -> None:
    await client.tap("notice.status.given")
    await client.tap(f"notice.mode.{mode}")


def test_a_notice_and_a_consent_are_saved_in_one_change(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "ar")
        async with shown(table, route) as client:
            await be_told(client, "phone")
            await client.enter("notice.interpreter", "Selam")
            await client.tap("notice.continue")
            await client.tap("notice.consent.0.yes")
            await client.tap("notice.consent.2.no")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        documents = table.vault.documents(route.patient_id)
        found = last_notice(documents)
        assert found is not None
        given = found[0]
        assert (given.given, given.language, given.shown_in) == (True, "ar", "ar")
        assert given.interpreter.mode is InterpreterMode.PHONE
        assert given.interpreter.name == "Selam"
        standing = {c.purpose: c for c in standing_consents(documents)}
        assert standing["phone-contact"].decision is Decision.YES
        assert standing["research"].decision is Decision.NO
        assert standing["research"].given_by is GivenBy.SELF
        assert "sharing" not in standing
        assert table.vault.drafts(route.patient_id) == ()
        operations = table.vault.operations(route.patient_id)
        written = [e.operation.header for e in operations if e.operation is not None]
        # The registration, then the notice with its consents.
        assert len({header.change.change_id for header in written}) == 2

    run(tmp_path, scenario)


def test_a_withdrawal_is_another_answer_and_shows_what_stands(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "en")
        async with shown(table, route) as client:
            await be_told(client)
            await client.tap("notice.continue")
            await client.tap("notice.consent.2.yes")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        async with shown(table, route) as client:
            assert client.shows("notice.earlier")
            await client.tap("notice.continue")
            await client.tap("notice.consent.2.no")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        (standing,) = standing_consents(table.vault.documents(route.patient_id))
        assert standing.decision is Decision.NO

    run(tmp_path, scenario)


def test_a_notice_put_off_keeps_the_person_among_those_to_be_told(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "ti")
        async with shown(table, route) as client:
            await client.tap("notice.status.postponed")
            await client.tap("notice.save")
            assert "Choose a reason. Care goes on either way." in client.texts()
            await client.tap("notice.reason.no-interpreter")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        summary = table.vault.summary(route.patient_id)
        assert summary is not None
        assert not summary.notice_given

    run(tmp_path, scenario)


def test_what_was_answered_is_back_after_a_crash(tmp_path: Path) -> None:
    routes: list[Notice] = []

    async def before(table: Table) -> None:
        routes.append(somebody(table, "ti"))
        async with shown(table, routes[0]) as client:
            await be_told(client)
            await client.tap("notice.continue")
            await client.tap("notice.consent.0.no")
            draft_id = f"notice:{routes[0].patient_id}:{routes[0].encounter_id}"

            def is_kept() -> bool:
                draft = table.vault.draft(draft_id)
                return draft is not None and b'"phone-contact": "no"' in draft.content

            await client.until(is_kept)

    async def after(table: Table) -> None:
        async with shown(table, routes[0]) as client:
            assert client.shows("notice.consent.0.no")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
        (standing,) = standing_consents(table.vault.documents(routes[0].patient_id))
        assert standing.decision is Decision.NO

    run(tmp_path, before)
    run(tmp_path, after)


def test_the_deployers_text_stands_in_the_persons_language(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table, somebody(table, "so")) as client:
            assert SOMALI.body in client.texts()
            assert client.shows("notice.interpreted")

    run(tmp_path, scenario, NOTICE.model_copy(update={"texts": (SOMALI,)}))


def test_a_language_without_words_is_said_to_be_interpreted(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table, somebody(table, "ps")) as client:
            assert client.shows("notice.interpreted")
            texts = " ".join(client.texts())
            assert "They are shown in English" in texts
            assert "Test controller is responsible for your data." in texts
            assert "test@example.org" in texts
            assert "30 days" in texts

    run(tmp_path, scenario)


@pytest.mark.parametrize("tag", ["en", "ar", "ti"])
def test_every_page_can_be_drawn_for_a_child(tmp_path: Path, tag: str) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table, somebody(table, "ti", years=9), tag) as client:
            await client.tap("notice.language")
            await client.tap("notice.tag.ti")
            await client.tap("notice.status.postponed")
            assert client.shows("notice.reason.no-adult")
            await be_told(client, "relative")
            await client.tap("notice.continue")
            await client.tap("notice.given_by.nobody-able")
            assert client.shows("notice.nobody_able")
            assert not client.shows("notice.consent.0.yes")
            await client.tap("notice.save")
            await client.until(lambda: client.shows("notice.saved"))
            await client.tap("notice.screening")

    run(tmp_path, scenario)


def test_who_reviewed_the_persons_words_stands_on_every_page(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table, somebody(table, "ar")) as client:
            mark = "Arabic: machine draft, not reviewed"
            assert client.texts().count(mark) == 1
            await be_told(client)
            await client.tap("notice.continue")
            assert mark in client.texts()

    run(tmp_path, scenario)
