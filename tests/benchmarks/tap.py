"""A tap in a form of 60 questions with skip rules, measured in process.

From the event that a client sends to the patch that it is sent back: decide,
evaluate the form, draw, compare, pack, and hand the draft over to its thread. Every
fourth answer makes two questions come or go. The form is shown as the app shows it,
a few questions a page; beside it, all of it on one page, which is the worst case.
The time is the session's thread's own: other programs on the machine do not count.
"""

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.clinic.library import Form, Library
from app.core.questionnaire import load
from tests.benchmarks._measuring import figure, report
from tests.features.screening.ward import LIBRARY, Session, session, ward

QUESTIONS = 60
TAPS = 120
WARM_UP = 20
TARGET_MS, TARGET_P95_MS = 8.0, 15.0
ANSWERS = ("never", "sometimes", "often", "always")


@dataclass(frozen=True, slots=True)
class Tap:
    """Seconds that the session's thread worked, and that passed on the wall."""

    python: float
    wall: float


def main() -> None:
    """Measure taps, print a table and one line of JSON."""
    paged = _run(form(is_one_page=False))
    whole = _run(form(is_one_page=True))
    python = figure("Python time of a tap", [t.python for t in paged], TARGET_MS)
    rows = [
        python,
        figure("the same by the clock on the wall", [t.wall for t in paged]),
        figure("Python time, all 60 on one page", [t.python for t in whole]),
    ]
    report("tap", rows)
    print(f"targets: median {TARGET_MS:.0f} ms, p95 {TARGET_P95_MS:.0f} ms")
    found = {"tap_median_ms": python.median_ms, "tap_p95_ms": python.p95_ms}
    print(json.dumps(found))


def _run(asked: Form) -> list[Tap]:
    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(_measured(Path(name), asked))


async def _measured(folder: Path, asked: Form) -> list[Tap]:
    library = Library(LIBRARY.plan, [asked])
    with ward(folder, library=library) as here:
        async with session(here.desk, here.screening(asked.canonical)) as screen:
            await screen.tap("screening.interpreter.none", "screening.company.nobody")
            await screen.tap("screening.start", "screening.next")
            page = screen.model.page
            places = [int(e.path.link_id[1:]) for e in page.entries if _asks(e)]
            for place in places:
                if place % 3 == 0:
                    await screen.tap(f"q:q{place}.options.often")
            taps = [await _tap(screen, number) for number in range(TAPS)]
            return taps[WARM_UP:]


def _asks(entry: object) -> bool:
    item = getattr(entry, "item", None)
    return item is not None and bool(item.is_question)


async def _tap(screen: Session, number: int) -> Tap:
    """Tap an answer of a question that is shown, another one each time."""
    client, entries = screen.client, screen.model.page.entries
    shown = [e.path.link_id for e in entries if _asks(e)]
    question = shown[number * 7 % len(shown)]
    choice = ANSWERS[number % len(ANSWERS)]
    control = client.find(f"q:{question}.options.{choice}")._i
    wall, python = time.perf_counter(), time.thread_time()
    await client.session.dispatch_event(control, "click", None)
    await client.settle()
    tap = Tap(time.thread_time() - python, time.perf_counter() - wall)
    # A person taps when the screen is still; the draft's thread has ended by then.
    await screen.settled()
    return tap


def form(*, is_one_page: bool) -> Form:
    """A form in which every third question has two that depend on it."""
    items = [_item(number) for number in range(QUESTIONS)]
    if is_one_page:
        items = [_group("first", items[:3]), _group("all", items[3:])]
    resource = {
        "resourceType": "Questionnaire",
        "url": "https://example.org/Questionnaire/sixty",
        "version": "1",
        "title": "Sixty questions",
        "status": "draft",
        "item": items,
    }
    questionnaire = load(resource).questionnaire
    canonical = f"{questionnaire.canonical}|1"
    return Form("sixty", canonical, questionnaire, None, verbatim=False)


def _group(name: str, items: list[dict[str, object]]) -> dict[str, object]:
    return {"linkId": name, "type": "group", "item": items}


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
    if number != parent:
        condition = {"question": f"q{parent}", "operator": "!="}
        item["enableWhen"] = [{**condition, "answerCoding": {"code": "never"}}]
    return item


if __name__ == "__main__":
    main()
