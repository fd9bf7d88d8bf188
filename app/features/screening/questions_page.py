"""A page of questions, and the list of what is missing at the end."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import flet as ft

from app.core.access import Sensitivity, may_see
from app.core.questionnaire import (
    Answer,
    FormState,
    ItemPath,
    Page,
    PlausibleRange,
    RedFlag,
    doubtful,
)
from app.core.values import InterpreterMode
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
from app.features.screening.rows import AddAnother, Heading, Question, Words, rows_of
from app.features.screening.seeing import others
from app.features.screening.tongues import Tongues
from app.i18n import names, terms
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]
Parts = tuple[list[ft.Control], ft.Control]


def page(model: Model, tongues: Tongues, dispatch: Dispatch, look: Look) -> Parts:
    """Return what stands on the page, and its main action."""
    _ = look.t.gettext
    body = [_progress(model, look), *_aloud(model, look), *_period(tongues, look)]
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
    is_checked, changes = shown.key in model.checked, model.changes
    before = model.loaded.before if model.loaded else {}
    opened = model.asked_at if model.asking is Asking.FLAG else None
    return [
        Card(
            row,
            answer := state.answer(row.path),
            fields_of(model, row.path, row.item),
            state.problems.get(row.path, ()) if is_checked else (),
            flags.get(row.path, ()),
            row.path == opened,
            before.get(row.path),
            others(model, row.path, answer, is_changed=row.path in changes),
            row.path in changes,
            _doubt(model, row, answer),
            may_see(model.role, Sensitivity.RESULT),
        )
        if isinstance(row, Question)
        else _checked(row, state, is_checked=is_checked)
        for row in rows_of(state, shown)
    ]


def _checked(
    row: Heading | Words | AddAnother, state: FormState, *, is_checked: bool
) -> Shown:
    """Return a heading with what is wrong with its group, once that is asked for."""
    if is_checked and isinstance(row, Heading):
        return replace(row, problems=state.problems.get(row.path, ()))
    return row


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


def _doubt(model: Model, row: Question, answer: Answer) -> PlausibleRange | None:
    form = model.loaded.form if model.loaded else None
    protocol = form.protocol if form else None
    return doubtful(protocol, row.item, answer) if protocol else None


def _period(tongues: Tongues, look: Look) -> list[ft.Control]:
    """Say of which time the form asks, to both, and who stands by these words."""
    protocol = tongues.form.protocol
    if protocol is None or protocol.period is None:
        return []
    staff, person = tongues.rules(protocol.period, look)
    words = w.bilingual_text(staff, person, look)
    marks = [] if protocol.is_reviewed else [w.subtitle(_not_reviewed(look))]
    return [w.card("screening.period", [words, *marks])]


def _not_reviewed(look: Look) -> str:
    return look.t.gettext("Not yet reviewed by a clinician")


def _aloud(model: Model, look: Look) -> list[ft.Control]:
    """Say who puts a form into words that it does not have, and into which."""
    t, language, by = look.t, model.intro.language, model.asked.interpreter
    if not language or model.languages.has_words(language):
        return []
    name = names.language_name(t, language)
    if by is None:
        return [w.spoken_mark(look, name)]
    template = t.gettext("Read aloud in {language} by the staff")
    if by.mode is not InterpreterMode.NONE:
        template = t.gettext("Interpreted aloud into {language} by {name} ({how})")
    how = terms.interpreter_mode_name(t, by.mode)
    text = t.fill(template, language=name, name=by.name, how=how)
    return [w.badge(text, w.Tone.INFO)]
