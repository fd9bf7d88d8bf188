"""A tap in a form of 60 questions with skip rules, measured in process.

From the event that a client sends to the patch that it is sent back: decide,
evaluate the form, draw, compare, pack, and hand the draft over to its thread. The
whole form stands on one page, which is the worst that a form can do.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from app.clinic.library import Form, Library
from app.core.questionnaire import load
from tests.benchmarks._measuring import figure, report
from tests.features.screening.ward import LIBRARY, Session, session, ward

QUESTIONS = 60
TAPS = 300
TARGET_MS, TARGET_P95_MS = 8.0, 15.0
ANSWERS = ("never", "sometimes", "often", "always")


def main() -> None:
    """Measure taps, print a table and one line of JSON."""
    with tempfile.TemporaryDirectory() as name:
        seconds, patches = asyncio.run(_measured(Path(name)))
    whole = figure("a tap in a form of 60 questions", seconds, TARGET_MS)
    report("tap", [whole])
    print(f"patch sent to the client, median: {statistics.median(patches):.0f} bytes")
    print(f"targets: median {TARGET_MS:.0f} ms, p95 {TARGET_P95_MS:.0f} ms")
    found = {"tap_median_ms": whole.median_ms, "tap_p95_ms": whole.p95_ms}
    print(json.dumps(found))


async def _measured(folder: Path) -> tuple[list[float], list[int]]:
    library = Library(LIBRARY.plan, [form()])
    with ward(folder, library=library) as here:
        route = here.screening(library.forms[0].canonical)
        async with session(here.desk, route) as screen:
            await screen.tap("screening.interpreter.none", "screening.company.nobody")
            await screen.tap("screening.start")
            found = [await _tap(screen, number) for number in range(TAPS)]
            return found, screen.client.sizes[-TAPS:]


async def _tap(screen: Session, number: int) -> float:
    """Tap an answer, every third one that makes a question come or go."""
    client = screen.client
    question, choice = (number * 7) % QUESTIONS, ANSWERS[(number * 3) % len(ANSWERS)]
    if not screen.model.state.is_enabled(_path(screen, question)):
        question -= question % 3
    control = client.find(f"q:q{question}.options.{choice}")._i
    start = time.perf_counter()
    await client.session.dispatch_event(control, "click", None)
    await client.settle()
    seconds = time.perf_counter() - start
    # A person taps when the screen is still; the draft's thread has ended by then.
    await screen.settled()
    return seconds


def _path(screen: Session, question: int) -> object:
    entries = screen.model.state.entries
    return next(e.path for e in entries if e.path.link_id == f"q{question}")


def form() -> Form:
    """A form in one group; every third question has two that depend on it."""
    resource = {
        "resourceType": "Questionnaire",
        "url": "https://example.org/Questionnaire/sixty",
        "version": "1",
        "title": "Sixty questions",
        "status": "draft",
        "item": [
            {"linkId": "intro", "type": "group", "text": "First", "item": [_item(-1)]},
            {
                "linkId": "all",
                "type": "group",
                "text": "All of them",
                "item": [_item(number) for number in range(QUESTIONS)],
            },
        ],
    }
    questionnaire = load(resource).questionnaire
    canonical = f"{questionnaire.canonical}|1"
    return Form("sixty", canonical, questionnaire, None, verbatim=False)


def _item(number: int) -> dict[str, object]:
    item: dict[str, object] = {
        "linkId": f"q{number}",
        "type": "choice",
        "text": f"Question {number + 1}: how often in the last two weeks?",
        "answerOption": [
            {"valueCoding": {"code": each, "display": each}} for each in ANSWERS
        ],
    }
    parent = number - number % 3
    if number >= 0 and number != parent:
        condition = {"question": f"q{parent}", "operator": "!="}
        item["enableWhen"] = [{**condition, "answerCoding": {"code": "never"}}]
    return item


if __name__ == "__main__":
    main()
