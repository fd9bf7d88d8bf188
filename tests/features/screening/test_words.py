"""What stands on a page of questions, in whose language, and which way it runs."""

import asyncio
from pathlib import Path

from app.clinic.registration import Registration, update
from app.i18n.bidi import isolate_ltr
from app.ui.look import first_look
from tests.features.screening.ward import CHILD, PHQ9, TB, VITALS, session, ward

BEGIN = ("screening.company.nobody", "screening.start")
BY_STAFF = ("screening.interpreter.none", *BEGIN)


def test_the_quiet_answers_stand_in_both_languages(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.yes")
                arabic = first_look("ar", 800.0).t
                for msgid in ("Doesn’t know", "Prefers not to say", "Clear"):
                    texts = screen.client.texts()
                    assert msgid in texts
                    assert arabic.gettext(msgid) in texts

    asyncio.run(run())


def test_words_of_another_direction_are_set_apart_in_an_arabic_app(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(PHQ9), "ar") as screen:
                await screen.tap(*BY_STAFF)
                texts = screen.client.texts()
                assert isolate_ltr("0 Not at all") in texts
                await screen.tap("screening.next", "screening.next")
                await screen.tap("screening.finish", "screening.finish")
                titles = [
                    text for text in screen.client.texts() if "other people" in text
                ]
                assert titles
                assert all(text == isolate_ltr(text) for text in titles)

    asyncio.run(run())


def test_the_time_that_is_asked_about_stands_on_every_page_and_on_the_result(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        period = "The questions are about the last two weeks"
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN)
                assert screen.says(period)
                assert screen.says("Not yet reviewed by a clinician")
                await screen.tap("screening.next", "screening.next")
                assert screen.says(period)
                await screen.tap("screening.stop", "screening.turned", "dialog.tired")
                assert screen.says(period)

    asyncio.run(run())


def test_item_nine_cannot_be_passed_over_at_the_end(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN)
                for page in (range(6), range(6, 8)):
                    for place in page:
                        path = screen.model.state.layout.questions[place].path
                        await screen.tap(f"q{path.encode()}.options.LA6568-5")
                    if page.start == 0:
                        await screen.tap("screening.next")
                await screen.tap("screening.finish", "screening.finish")
                assert screen.client.shows("missing:/44260-8")
                await screen.tap("missing:/44260-8")
                await screen.tap("q:/44260-8.quiet.asked-declined")
                await screen.tap("screening.finish", "screening.turned")
                assert screen.says("There is no total")
                assert not any(text.isdecimal() for text in screen.client.texts())

    asyncio.run(run())


def test_what_is_not_checked_in_a_child_is_said_at_the_start_and_at_the_end(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path, birth=CHILD, language="en") as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                assert screen.says("from 12 years only")
                await screen.tap(*BEGIN, "q:consciousness.options.unresponsive")
                await screen.tap("screening.next")
                await screen.type("q:oxygen-saturation.text", "80")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
                assert screen.says("from 12 years only")
                assert screen.client.shows("result.flag.not-alert-unresponsive")
                assert screen.client.shows("result.flag.oxygen-low")

    asyncio.run(run())


def test_a_flag_that_an_age_does_not_raise_any_more_still_stands_at_its_answer(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path, birth=None, language="en") as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:heart-rate.text", "160")
            desk = here.desk
            desk.save(update(here.patient_id, Registration(birth=CHILD), desk.ids))
            async with session(desk, here.screening(VITALS)) as screen:
                await screen.tap("screening.start", "screening.next")
                await screen.tap("q:heart-rate.flag")
                assert screen.says("Heart rate above 150.")
                await screen.type("q:body-temperature.text", "37")
            assert here.response.flags() == ("heart-rate-very-high",)

    asyncio.run(run())


def test_a_number_that_is_rarely_seen_is_asked_about_and_kept(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:respiratory-rate.text", "100")
                assert screen.says("Is this right? It is mostly from 8 to 80.")
                await screen.type("q:respiratory-rate.text", "20")
                assert not screen.says("Is this right?")
                await screen.type("q:respiratory-rate.text", "100")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
                assert screen.says("100")

    asyncio.run(run())


def test_who_reviewed_the_persons_words_stands_on_every_page(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                assert screen.says("Arabic: machine draft")
                await screen.tap(*BEGIN)
                assert screen.says("Arabic: machine draft")

    asyncio.run(run())
