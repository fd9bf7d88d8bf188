"""Every widget on a page, in two scripts: `python -m tests.ui.gallery PORT`."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import flet as ft

from app.ui import routes, shell
from app.ui import widgets as w
from app.ui.failures import Failures
from app.ui.frame import Frame, Span
from app.ui.look import Look, first_look
from app.ui.loop import Loop, Next
from app.ui.navigator import Navigator, Place
from app.ui.screen import Dispatch, Kit, Screen, open_app, part
from app.ui.source import Source
from app.ui.status import Network, Status

COUGH = w.Said("هل تعاني من سعال منذ أكثر من أسبوعين؟", is_rtl=True)
YES, NO = w.Said("نعم", is_rtl=True), w.Said("لا", is_rtl=True)
PAGES = ("choices", "fields", "lists", "notices", "pad", "form", "console", "turn")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Gallery:
    page: str = "choices"
    name: str = ""
    search: str = ""
    age: str = ""
    date_day: str = ""
    date_month: str = ""
    date_year: str = ""
    answer: str | None = None
    ones: str = "b"
    many: frozenset[str] = frozenset({"a"})
    pin: str = ""
    pressed: int = 0
    asks: bool = False
    form: tuple[str | None, ...] = (None,) * 60


@dataclass(frozen=True, slots=True)
class Set:
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Pressed:
    pass


@dataclass(frozen=True, slots=True)
class Answered:
    index: int
    value: str


Event = Set | Pressed | Answered


def update(model: Gallery, event: Event) -> Next[Gallery, object]:
    match event:
        case Set(name, value):
            return Next(replace(model, **{name: value}))
        case Pressed():
            return Next(replace(model, pressed=model.pressed + 1, asks=False))
        case Answered(index, value):
            form = (*model.form[:index], value, *model.form[index + 1 :])
            return Next(replace(model, form=form))


def view(model: Gallery, dispatch: Dispatch, look: Look) -> Frame:
    if model.page == "turn":
        return shell.turn_the_tablet(
            "turn",
            look,
            lambda: dispatch(Set("page", "choices")),
            look.in_language("ar"),
        )
    pages = {
        "choices": choices,
        "fields": fields,
        "lists": lists,
        "notices": notices,
        "pad": pad,
        "form": form,
        "console": lists,
    }
    chips = w.filter_chips(
        "pages",
        [w.Choice(page, page) for page in PAGES],
        [model.page],
        lambda page: dispatch(Set("page", page)),
    )
    is_console = model.page == "console"
    dialog = (
        w.reason_dialog(
            "Why does the person leave?",
            [w.Choice("better", "Feels better"), w.Choice("other", "Another reason")],
            look,
            lambda _reason: dispatch(Pressed()),
            lambda: dispatch(Set("asks", value=False)),
        )
        if model.asks
        else None
    )
    return Frame(
        title=look.t.gettext("Gallery"),
        body=[chips, *pages[model.page](model, dispatch, look)],
        main=w.main_button(
            "main", f"Save ({model.pressed})", lambda: dispatch(Pressed())
        ),
        quiet=w.quiet_button(
            "leave", "Left before the end", lambda: dispatch(Set("asks", value=True))
        ),
        beside=choices(model, dispatch, look) if is_console and look.is_wide else None,
        span=Span.FULL if is_console else Span.COLUMN,
        dialog=dialog,
    )


def choices(model: Gallery, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    staff = w.Said("Have you been coughing for more than two weeks?")
    return [
        w.section_title("Four-symptom screen"),
        w.card(
            "cough",
            [
                w.bilingual_text(staff, COUGH, look, "1."),
                w.yes_no(
                    "answer",
                    (
                        w.Choice("yes", "Yes", YES, icon=ft.Icons.CHECK),
                        w.Choice("no", "No", NO, icon=ft.Icons.CLOSE),
                    ),
                    model.answer,
                    look,
                    w.Answering(
                        lambda value: dispatch(Set("answer", value)),
                        (
                            w.Choice("unknown", "Does not know"),
                            w.Choice("declined", "Prefers not to say"),
                        ),
                    ),
                ),
            ],
        ),
        w.section_title("One of several"),
        w.choice_list(
            "ones",
            [
                w.Choice("a", "Not at all", w.Said("أبدا", is_rtl=True)),
                w.Choice(
                    "b",
                    "Several days",
                    detail="Two to six days of the last two "
                    "weeks, as the person remembers them, counting today",
                ),
                w.Choice("c", "Nearly every day", icon=ft.Icons.CALENDAR_TODAY),
            ],
            [model.ones],
            look,
            w.one(lambda value: dispatch(Set("ones", value))),
        ),
        w.section_title("Several"),
        w.choice_list(
            "many",
            [w.Choice("a", "Fever"), w.Choice("b", "Night sweats")],
            model.many,
            look,
            w.many(lambda value: dispatch(Set("many", model.many ^ {value}))),
        ),
    ]


def fields(model: Gallery, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    return [
        w.search_field(
            "search",
            "Find a person",
            model.search,
            lambda t: dispatch(Set("search", t)),
        ),
        w.text_field(
            "name", "Full name", model.name, lambda t: dispatch(Set("name", t))
        ),
        w.text_field(
            "wrong",
            "Card code, as it is printed on the wristband that the person wears",
            "K7M-2QX",
            lambda _t: None,
            w.FieldOptions(
                error="This code does not exist. Compare it with the card once more.",
                hint="Eight signs, without a space",
                is_ltr=True,
            ),
        ),
        w.text_field("note", "Note", "", lambda _t: None, w.FieldOptions(lines=3)),
        w.date_entry(
            "born",
            "Birth date",
            w.DateParts(model.date_day, model.date_month, model.date_year),
            look,
            w.Dating(
                lambda part, text: dispatch(Set(f"date_{part}", text)),
                "There is no 31 February.",
            ),
        ),
        w.age_entry("age", look, model.age, lambda t: dispatch(Set("age", t))),
        ft.Text(f"model: {model.name}", key="echo"),
    ]


def lists(_model: Gallery, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t

    def press() -> None:
        dispatch(Pressed())

    return [
        w.section_title("Waiting"),
        w.queue_row(
            "q1",
            w.QueueEntry(
                "K7M-2QX-4",
                "Amina",
                "1 h 20 min",
                "triaged",
                w.Urgency.NOW,
                "Now",
                "Only on this tablet",
            ),
            press,
        ),
        w.queue_row(
            "q2",
            w.QueueEntry("K7M-2QX-5", t.isolate("أمينة"), "12 min", "arrived"),
            press,
        ),
        w.queue_row(
            "q3",
            w.QueueEntry(
                "9XA-11B-7",
                "Name not yet asked",
                "2 min",
                "arrived",
                w.Urgency.NOW,
                "Urgent",
            ),
            press,
        ),
        w.list_row(
            "r1",
            w.Row("Vital signs", "nurse, not begun", icon=ft.Icons.FAVORITE_BORDER),
            press,
        ),
        w.list_row(
            "r2", w.Row("A row that is only read", "and is selected", is_selected=True)
        ),
        w.key_values(
            "kv",
            [
                ("Phone", t.isolate_ltr("+49 170 123 456")),
                ("Birth date", "1 January 1990, said by the person"),
            ],
        ),
        w.conflict_mark(look),
        w.section_title("Timeline"),
        w.timeline_entry(
            "t1",
            w.TimelineEntry(
                "TB screen",
                "12 May 2026, 10:20",
                "Sara Holm, Site A",
                "Cough: yes",
                (w.Badge("Red flag", w.Tone.DANGER),),
            ),
            press,
        ),
        w.timeline_entry(
            "t2",
            w.TimelineEntry(
                "Weight 62 kg",
                "12 May 2026, 10:10",
                "Sara Holm, Site A",
                "entered in error: wrong person",
                is_struck=True,
            ),
        ),
    ]


def notices(_model: Gallery, _dispatch: Dispatch, look: Look) -> list[ft.Control]:
    mark = w.review_mark(look, look.t.review_state)
    return [
        w.title("A title"),
        w.notice("n1", "The notice was given in Arabic, by phone."),
        w.notice(
            "n2",
            "This form has 2 answers that do not fit together. Look again "
            "at when the cough began.",
            w.Tone.WARNING,
            w.quiet_button("look", "Look at the answers", lambda: None),
        ),
        w.notice(
            "n3",
            "Thoughts of self-harm: stay with the person and call the doctor now.",
            w.Tone.DANGER,
        ),
        *([mark] if mark else []),
        w.spoken_mark(look, "Tigrinya"),
        w.progress("p", "Question 3 of 9", 3, 9),
        w.waiting("w", "Sending 12 records to the server"),
        w.main_button("off", "Not yet possible", lambda: None, enabled=False),
        w.empty_state(
            "empty",
            "Nobody waits here",
            "Register a person, or choose another station.",
        ),
    ]


def pad(model: Gallery, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    return [
        w.pin_dots("dots", look, len(model.pin), 6),
        w.number_pad(
            "pad",
            look,
            lambda d: dispatch(Set("pin", model.pin + d)),
            lambda: dispatch(Set("pin", model.pin[:-1])),
        ),
    ]


def _question(
    index: int, value: str | None, dispatch: Dispatch, look: Look
) -> ft.Control:
    return w.card(
        f"question{index}",
        [
            w.bilingual_text(w.Said(f"Question {index}: do you cough?"), COUGH, look),
            w.choice_list(
                f"q{index}",
                [w.Choice(v, v) for v in ("yes", "no", "unknown", "declined")],
                [value] if value else [],
                look,
                w.one(lambda answer: dispatch(Answered(index, answer))),
            ),
        ],
    )


question = part(_question)


def form(model: Gallery, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    return [
        question(f"part{index}", index, value, dispatch, look)
        for index, value in enumerate(model.form)
    ]


def make(place: Place) -> Screen:
    def perform(_effect: object, _dispatch: Dispatch) -> None: ...

    first = "notices" if isinstance(place.route, routes.Languages) else "choices"
    return Screen(Loop(Gallery(page=first), update, perform), view)


def new_kit(page: ft.Page, tag: str = "en") -> Kit:
    return Kit(
        navigator=Navigator(routes.Home()),
        look=Source(first_look(tag, page.width)),
        status=Source(Status("Sara Holm", Network.OFFLINE, 12)),
        failures=Failures(),
    )


def main(page: ft.Page) -> None:
    """The address says the language, and dark: /ar, /en-dark."""
    tag, _, light = page.route.strip("/").partition("-")
    open_app(page, new_kit(page, tag or "en"), make)
    if light == "dark":
        page.theme_mode = ft.ThemeMode.DARK


if __name__ == "__main__":
    ft.run(
        main,
        view=None,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        assets_dir=str(ROOT / "assets"),
        no_cdn=True,
    )
