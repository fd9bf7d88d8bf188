"""Cards of questions: drawn anew only when something on them changed."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.clinic.library import Form
from app.clinic.screening import said
from app.core.questionnaire import (
    ASKED_DECLINED,
    ASKED_UNKNOWN,
    Answer,
    PlausibleRange,
    Problem,
    RedFlag,
)
from app.features.screening.entry import Slots
from app.features.screening.events import (
    AbsentTapped,
    AnswerCleared,
    Event,
    FlagPressed,
)
from app.features.screening.inputs import Asked, input_of
from app.features.screening.model import Before, Written
from app.features.screening.problem_words import sentence
from app.features.screening.rows import Question
from app.features.screening.tongues import Tongues
from app.i18n import N_, formats
from app.ui import widgets as w
from app.ui.form_words import FormWords
from app.ui.look import Look
from app.ui.provenance import called
from app.ui.screen import part
from app.ui.theme import Space
from app.ui.widgets.words import unsaid

Dispatch = Callable[[Event], None]
CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Card:
    """A question with all that stands on its card; immutable."""

    question: Question
    answer: Answer
    fields: Slots = ()
    problems: tuple[Problem, ...] = ()
    flags: tuple[RedFlag, ...] = ()
    is_flag_read: bool = False
    before: Before | None = None
    others: tuple[Written, ...] = ()
    is_changed: bool = False
    doubt: PlausibleRange | None = None
    shows_meaning: bool = True
    """Whether the role may read what an answer raised."""

    @property
    def key(self) -> str:
        """The name of the card's controls."""
        return f"q{self.question.path.encode()}"


def _draw(card: Card, tongues: Tongues, dispatch: Dispatch, look: Look) -> ft.Control:
    item = card.question.item
    name = tongues.staff(item.text, look) if item.text else card.question.path.link_id
    column = ft.Column(
        [
            _heading(card, tongues, dispatch, look),
            *_helps(card, tongues, look),
            *_body(card, tongues, dispatch, look),
        ],
        spacing=Space.MEDIUM,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    # The group is named by its question, and its tiles by their answers: the same
    # answer at another question is found within another group.
    return ft.Semantics(
        label=name,
        container=True,
        content=ft.Container(
            column,
            bgcolor=ft.Colors.SURFACE_CONTAINER,
            border_radius=12,
            padding=Space.MEDIUM,
        ),
        key=f"{card.key}.card",
    )


question_card = part(_draw)


def _heading(
    card: Card, tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    item = card.question.item
    if item.text is None:
        texts: ft.Control = ft.Container()
    else:
        staff, person = tongues.both(item.text, look)
        texts = unsaid(w.bilingual_text(staff, person, look, item.prefix or ""))
    if not card.flags or not card.shows_meaning:
        return texts
    mark = w.icon_button(
        f"{card.key}.flag",
        look.t.gettext("For the staff: read this"),
        ft.Icons.FLAG_OUTLINED,
        lambda: dispatch(FlagPressed(card.question.path)),
    )
    return ft.Row(
        [ft.Container(texts, expand=True), mark],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _helps(card: Card, tongues: Tongues, look: Look) -> list[ft.Control]:
    found: list[ft.Control] = []
    for item in card.question.helps:
        if item.text is not None:
            staff, person = tongues.both(item.text, look)
            lines: list[ft.Control] = [w.line(s, look) for s in (staff, person) if s]
            # A node of its own, so that it does not become part of the group's name.
            found.append(ft.Semantics(content=ft.Column(lines), container=True))
    return found


def _body(
    card: Card, tongues: Tongues, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    t, form = look.t, tongues.form
    if card.question.is_calculated:
        return [_calculated(card, tongues, look)]
    asked = Asked(card.key, card.question, card.answer, card.fields)
    body = input_of(asked, tongues, dispatch, look)
    if card.flags and (card.is_flag_read or not card.shows_meaning):
        body.insert(0, _flag_words(card, form, look))
    body += [w.error_line(sentence(t, form, each)) for each in card.problems]
    body += _doubts(card, look)
    body += [_also_answered(card, other, tongues, look) for other in card.others]
    if card.before is not None and said(card.before.answer) != said(card.answer):
        body.append(_until_now(card, card.before, tongues, look))
    body.append(_quiet_answers(card, tongues, dispatch, look))
    return body


def _doubts(card: Card, look: Look) -> list[ft.Control]:
    """Ask about a number that is rarely seen; it stays as it was typed."""
    if card.doubt is None:
        return []
    t = look.t
    low, high = card.doubt.minimum, card.doubt.maximum
    template = t.gettext("Is this right? It is mostly from {minimum} to {maximum}.")
    text = t.fill(
        template, minimum=formats.number(t, low), maximum=formats.number(t, high)
    )
    return [w.notice(f"{card.key}.doubt", text, w.Tone.WARNING)]


def _also_answered(
    card: Card, other: Written, tongues: Tongues, look: Look
) -> ft.Control:
    """Say what somebody else answered: both stand until a person decides."""
    t = look.t
    words = FormWords(t, tongues.form, tongues.form.canonical)
    template = t.gettext("Also answered, not yet decided: {answer} ({author})")
    if card.is_changed:
        template = t.gettext("Somebody else answered meanwhile: {answer} ({author})")
    answer = words.said(card.question.item, other.answer)
    return w.subtitle(
        t.fill(template, answer=answer, author=called(t, other.practitioner))
    )


def _flag_words(card: Card, form: Form, look: Look) -> ft.Control:
    """What the answer raised and what to do: only when somebody wants to read it.

    Who may not read it is told at once whom to call, and not why.
    """
    if not card.shows_meaning:
        is_urgent = any(flag.urgent for flag in card.flags)
        call = look.t.gettext("Call the nurse now.")
        tell = look.t.gettext("Tell the nurse about this answer.")
        key, tone = f"{card.key}.nurse", w.Tone.DANGER if is_urgent else w.Tone.WARNING
        return w.notice(key, call if is_urgent else tell, tone)
    words = FormWords(look.t, form, form.canonical)
    lines = [words.of_staff(text) for f in card.flags for text in (f.text, f.action)]
    return w.notice(f"{card.key}.flagged", "\n".join(lines))


def _calculated(card: Card, tongues: Tongues, look: Look) -> ft.Control:
    words = FormWords(look.t, tongues.form, tongues.form.canonical)
    value = words.said(card.question.item, card.answer)
    return w.words(value if card.answer.values else look.t.gettext("Not yet known"))


def _until_now(card: Card, before: Before, tongues: Tongues, look: Look) -> ft.Control:
    t = look.t
    words = FormWords(t, tongues.form, tongues.form.canonical)
    template = t.gettext("Until now: {answer} ({author})")
    answer = words.said(card.question.item, before.answer)
    return w.subtitle(
        t.fill(template, answer=answer, author=called(t, before.practitioner))
    )


def _quiet_answers(
    card: Card, tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    path = card.question.path
    named = [
        (ASKED_UNKNOWN, N_("Doesn’t know")),
        (ASKED_DECLINED, N_("Prefers not to say")),
    ]
    if card.answer.values:
        named.append((CLEAR, N_("Clear")))
    choices = [w.Choice(code, *tongues.app(msgid, look)) for code, msgid in named]

    def tapped(code: str) -> None:
        if code in (CLEAR, card.answer.absent):
            dispatch(AnswerCleared(path))
        else:
            dispatch(AbsentTapped(path, code))

    chosen = {card.answer.absent} if card.answer.absent else set()
    return w.filter_chips(f"{card.key}.quiet", choices, chosen, tapped, look)
