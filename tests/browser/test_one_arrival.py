"""A mother, her children, a child alone and a nameless man, at two tablets."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.core.clock import system_wall_ms
from app.core.console_wire import PatientSearch
from app.core.ids import RandomIds, parse_card_code
from app.core.merge import Document
from app.core.projections import patient_view
from app.storage import FileDeviceSecret, VaultFile
from app.sync.console_session import ConsoleSession, FoundPatients
from tests.browser import care, story
from tests.browser.clinic import (
    COORDINATOR,
    MEDIATOR,
    NURSE,
    PASSPHRASE,
    PIN,
    Clinic,
    Program,
    Tablet,
)
from tests.browser.hands import Hands
from tests.browser.story import Story
from tests.support.browser import CONSOLE, opened

RECORD_SECONDS = 20.0
CRASHED = "Something unexpected happened"
IN_NOBODYS_FILES = (
    *("أمينة", "منصور", "Amina", "Mansour", "يوسف", "Yusuf", "ليلى", "Leila"),
    *("ዳዊት", "Dawit", "Fatoumata", story.INTERPRETER, NURSE, MEDIATOR),
    *("1995-03-14", "1996-08-02", "blood-in-sputum", "/44260-8", "suicide-risk"),
)


@pytest.fixture(scope="module")
def told(browser: Browser, clinic: Clinic, console: Program) -> Iterator[Story]:
    """The whole scenario, lived through once; both tablets and the console stay on."""
    with (
        clinic.tablet("Tablet A") as tablet_a,
        clinic.tablet("Tablet B") as tablet_b,
        opened(browser, tablet_a.program.url) as at_a,
        opened(browser, tablet_b.program.url) as at_b,
        opened(browser, console.url, CONSOLE) as at_console,
    ):
        hands = (Hands(at_a), Hands(at_b), Hands(at_console))
        lived = Story(clinic, tablet_a, tablet_b, *hands)
        story.tell(lived)
        story.sign_in(lived.console)
        yield lived


def test_both_tablets_show_all_who_wait_once_both_have_synced(told: Story) -> None:
    waiting = ["mother", "son", "daughter", "child alone", "man"]
    assert told.seen["queue of A"] == waiting
    assert told.seen["queue of B"] == waiting


def test_thoughts_of_death_raise_a_red_flag_and_who_interpreted_is_kept(
    told: Story,
) -> None:
    result = "\n".join(told.seen["result of PHQ-9"])
    assert "Assess the risk of suicide today" in result
    assert f"Interpreter, present: {story.INTERPRETER}" in result
    assert "7 of 27" in result


def test_another_tablet_goes_on_with_a_screening_and_keeps_its_answers(
    told: Story,
) -> None:
    assert any("2 of 5 answered" in text for text in told.seen["what B goes on with"])
    result = "\n".join(told.seen["result of B"])
    assert f"Finished by\n{MEDIATOR}" in result
    assert f"{NURSE} and {MEDIATOR}" in result


def test_what_one_tablet_writes_the_other_shows_within_5_seconds(told: Story) -> None:
    assert told.seconds["A to B"] <= 5


def test_the_console_shows_one_mother_with_what_both_tablets_wrote(
    told: Story,
) -> None:
    record = "\n".join(read_at_console(told, "mother"))
    assert "Assess the risk of suicide today" in record
    assert "At least one of the four symptoms" in record
    assert "36.8\xa0°C" in record
    assert "Given · Arabic" in record


def test_the_console_shows_both_birth_dates_and_their_authors(told: Story) -> None:
    words = read_at_console(told, "mother")
    start = words.index("Birth date")
    card = words[start : words.index("Language", start)]
    assert "Also written" in card
    values = [text for text in card if "From a document" in text]
    authors = [text for text in card if "Reception centre" in text]
    assert {"March 14, 1995", "August 2, 1996"} == {v.split(" · ")[0] for v in values}
    assert {a.split(" · ")[0] for a in authors} == {NURSE, MEDIATOR}


@pytest.mark.parametrize("who", ["man", "both"])
def test_a_card_that_two_tablets_read_is_one_person(told: Story, who: str) -> None:
    found = search(told, told.codes[who])
    assert found.total == 1


def test_both_tablets_show_the_same_record_of_the_mother(told: Story) -> None:
    records = []
    told.b.change_hands(NURSE)  # a mediator is not shown what was found
    for hands in (told.a, told.b):
        care.find(hands, told.codes["mother"])
        hands.press("The whole record")
        hands.sees(
            "Two people wrote different things. Both are kept until somebody decides."
        )
        words = hands.words()
        records.append(words[words.index("What was written") :])
        hands.go_home()
    assert records[0] == records[1]
    assert len(records[0]) > 15


def test_no_screen_crashed_and_none_asked_another_host(told: Story) -> None:
    for hands in (told.a, told.b, told.console):
        assert CRASHED not in "\n".join(hands.words())
        assert hands.screen.foreign_requests == []
        assert hands.screen.troubles == []
    assert told.clinic.crashes == []


def test_no_name_and_no_answer_stands_in_clear_in_a_tablets_files(told: Story) -> None:
    for tablet in (told.tablet_a, told.tablet_b):
        files = [path for path in tablet.folder.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) > 50_000
        found = {
            (path.name, text)
            for path in (*files, tablet.program.log)
            for text in IN_NOBODYS_FILES
            if stands_in(path, text)
        }
        assert found == set()


def test_both_vaults_and_the_server_hold_the_same_documents(told: Story) -> None:
    """Last: it ends the tablets to open their vaults itself."""
    patients = search(told, "").patients
    assert len(patients) >= 7
    wanted = {p.patient_id for p in patients if is_of_the_story(told, p.document)}
    assert len(wanted) == 7
    server = {patient_id: at_server(told, patient_id) for patient_id in wanted}
    at_a = in_vault(told.tablet_a, NURSE, wanted)
    at_b = in_vault(told.tablet_b, MEDIATOR, wanted)
    assert at_a == at_b == server


def read_at_console(told: Story, who: str) -> list[str]:
    """Search by the card, open the only row, and read the whole record at once.

    A record that stood there before goes while the server is asked for this one.
    """
    console, code = told.console, told.codes[who]
    console.write("Find a person: name, card or phone", code)
    console.press(re.compile(code))
    give_up_at = time.monotonic() + RECORD_SECONDS
    while True:
        words = console.words()
        is_whole = {"Birth date", "Information notice"} <= set(words)
        if is_whole and "Asking the server" not in words:
            return words
        assert time.monotonic() < give_up_at, words
        time.sleep(0.1)


def search(told: Story, text: str) -> FoundPatients:
    """What a coordinator's search finds at the server."""
    with session(told) as signed_in:
        return signed_in.search_patients(PatientSearch(text=text, limit=50))


@contextmanager
def session(told: Story) -> Iterator[ConsoleSession]:
    """A coordinator's session, signed in."""
    with closing(ConsoleSession(told.clinic.server.url)) as made:
        made.sign_in(COORDINATOR, PASSPHRASE)
        yield made


def is_of_the_story(told: Story, document: Document) -> bool:
    """Whether a patient is one of those that this scenario registered."""
    patient = patient_view([document])
    assert patient is not None
    codes = {parse_card_code(code) for code in told.codes.values()}
    return patient.card in codes or patient.name.latin == story.LATE_ONE.latin


def at_server(told: Story, patient_id: str) -> dict[str, Document]:
    """A patient's documents at the server, by their ids."""
    with session(told) as signed_in:
        record = signed_in.patient_record(patient_id)
    return {document.record_id: document for document in record.documents}


def in_vault(
    tablet: Tablet, who: str, patients: set[str]
) -> dict[str, dict[str, Document]]:
    """The documents in a tablet's own file, opened with its PIN once it is off."""
    tablet.program.stop()
    secret = FileDeviceSecret(tablet.folder / "device-secret")
    file = VaultFile(tablet.folder, secret, system_wall_ms, RandomIds())
    try:
        names = {p.practitioner.name: p.practitioner for p in file.practitioners()}
        vault = file.unlock(names[who].practitioner_id, PIN)
        found = {
            patient_id: {d.record_id: d for d in vault.documents(patient_id)}
            for patient_id in patients
        }
        vault.close()
    finally:
        file.close()
    return found


def stands_in(path: Path, text: str) -> bool:
    """Whether a text stands in a file, in one of the encodings of this world."""
    content = path.read_bytes()
    return any(text.encode(code) in content for code in ("utf-8", "utf-16-le"))
