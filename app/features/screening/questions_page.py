"""A page of questions, and the list of what is missing at the end."""

from collections.abc import Callable, Sequence

import flet as ft

from app.core.questionnaire import FormState, ItemPath, Page, RedFlag
from app.features.screening.answering import fields_of
from app.features.screening.blocks import BLOCK, Shown, block
from app.features.screening.cards import Card
from app.features.screening.events import (
    Event,
    GoToPressed,
    LeavePressed,
    NextPressed,
    StopPressed,
)
from app.features.screening.model import Asking, Model, Stage
from app.features.screening.problem_words import sentence
from app.features.screening.rows import AddAnother, Question, rows_of
from app.features.screening.tongues import Tongues
from app.i18n import names
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]
Parts = tuple[list[ft.Control], ft.Control]


def page(model: Model, tongues: Tongues, dispatch: Dispatch, look: Look) -> Parts:
    """Return what stands on the page, and its main action."""
    _ = look.t.gettext
    body = [_progress(model, look), *_aloud(model, look)]
    state, shown = model.state, model.page
    if state is None or shown is None:
        body.append(w.words(_("This form asks nothing more.")))
        return body, _main(model, dispatch, look)
    if shown.title is not None:
        staff, person = tongues.both(shown.title, look)
        body.append(w.bilingual_text(staff, person, look))
    # In blocks: a tap draws one of them, and only that one's cards are compared.
    for number, rows in _blocks(model, state, shown).items():
        key = f"block.{shown.key}.{number}"
        body.append(block(key, tuple(rows), tongues, dispatch, look))
    if shown.key in model.checked and _has_problems(model):
        text = _("Some answers on this page are missing or not possible.")
        body.append(w.notice("screening.look", text, w.Tone.WARNING))
    return body, _main(model, dispatch, look)


def _blocks(model: Model, state: FormState, shown: Page) -> dict[int, list[Shown]]:
    """Return the rows by block; one that comes or goes moves no other to a block."""
    section = next(s for s in state.sections if s.entries[0].path.encode() == shown.key)
    places = {entry.path: place for place, entry in enumerate(section.entries)}
    blocks: dict[int, list[Shown]] = {}
    for row in _shown(model, state, shown):
        path = row.question.path if isinstance(row, Card) else row.path
        if isinstance(row, AddAnother) and blocks:
            blocks[max(blocks)].append(row)
        else:
            blocks.setdefault(places[path] // BLOCK, []).append(row)
    return blocks


def _shown(model: Model, state: FormState, shown: Page) -> list[Shown]:
    """Return what stands on the page, with all that its drawing depends on."""
    flags: dict[ItemPath, tuple[RedFlag, ...]] = {}
    for flag in model.flags:
        flags[flag.path] = (*flags.get(flag.path, ()), flag)
    is_checked = shown.key in model.checked
    before = model.loaded.before if model.loaded else {}
    opened = model.asked_at if model.asking is Asking.FLAG else None
    return [
        Card(
            row,
            state.answer(row.path),
            fields_of(model, row.path, row.item),
            state.problems.get(row.path, ()) if is_checked else (),
            flags.get(row.path, ()),
            row.path == opened,
            before.get(row.path),
        )
        if isinstance(row, Question)
        else row
        for row in rows_of(state, shown)
    ]


def missing(model: Model, tongues: Tongues, dispatch: Dispatch, look: Look) -> Parts:
    """Return what is missing or not possible, each with the way to it."""
    _ = look.t.gettext
    state = model.state
    body: list[ft.Control] = [_progress(model, look)]
    if state is None or state.is_complete:
        body.append(w.words(_("Every answer that is needed is there.")))
        return body, _main(model, dispatch, look)
    text = _("These questions still need an answer. “Doesn’t know” is one, too.")
    body.append(w.words(text))
    for entry in state.entries:
        problems = state.problems.get(entry.path)
        if problems:
            question = tongues.staff(entry.item.text, look) if entry.item.text else ""
            why = sentence(look.t, tongues.form, problems[0])
            row = w.Row(question or entry.path.link_id, why)
            key = f"missing{entry.path.encode()}"
            body.append(w.list_row(key, row, _goer(entry.path, dispatch)))
    return body, _main(model, dispatch, look, enabled=False)


def _goer(path: ItemPath, dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(GoToPressed(path))


def actions(model: Model, dispatch: Dispatch, look: Look) -> Sequence[ft.Control]:
    """Return the ways out: for a while, which keeps everything, and for good."""
    _ = look.t.gettext
    if model.is_amending:
        return ()
    return (
        w.icon_button(
            "screening.later",
            _("Go on later"),
            ft.Icons.PAUSE,
            lambda: dispatch(LeavePressed()),
        ),
        w.icon_button(
            "screening.stop",
            _("End early"),
            ft.Icons.STOP_CIRCLE_OUTLINED,
            lambda: dispatch(StopPressed()),
        ),
    )


def _main(
    model: Model, dispatch: Dispatch, look: Look, *, enabled: bool = True
) -> ft.Control:
    _ = look.t.gettext
    is_end = model.is_last or model.stage is Stage.MISSING
    end = _("Save the correction") if model.is_amending else _("Finish")
    return w.main_button(
        "screening.finish" if is_end else "screening.next",
        end if is_end else _("Next"),
        lambda: dispatch(NextPressed()),
        enabled=enabled and not model.busy,
    )


def _has_problems(model: Model) -> bool:
    state, shown = model.state, model.page
    if state is None or shown is None:
        return False
    return any(entry.path in state.problems for entry in shown.entries)


def _progress(model: Model, look: Look) -> ft.Control:
    t, state = look.t, model.state
    if state is None:
        return ft.Container()
    template = t.gettext("{done} of {all} answered")
    if len(state.pages) > 1 and model.stage is Stage.QUESTIONS:
        template = t.gettext("Page {page} of {pages} · {done} of {all} answered")
    text = t.fill(
        template,
        page=model.place + 1,
        pages=len(state.pages),
        done=state.answered,
        all=state.total,
    )
    return w.progress("screening.progress", text, state.answered, state.total)


def _aloud(model: Model, look: Look) -> list[ft.Control]:
    """Say that there are no words of the form for the person."""
    language = model.intro.language
    if not language or model.languages.has_words(language):
        return []
    return [w.spoken_mark(look, names.language_name(look.t, language))]
