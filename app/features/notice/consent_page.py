"""The optional purposes: yes, no or not asked, and who decides."""

from collections.abc import Callable

import flet as ft

from app.core.values import Decision, GivenBy
from app.features.notice.form import Asked, Field
from app.features.notice.model import Context, Model, Need
from app.features.notice.sentences import Words, asked_for, care
from app.features.notice.state import (
    Answered,
    BackPressed,
    ContinuePressed,
    Entered,
    Event,
)
from app.features.notice.told_part import told
from app.i18n import Translator
from app.i18n.terms import decision_name, given_by_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def consents_frame(
    model: Model, context: Context, words: Words, dispatch: Dispatch, look: Look
) -> Frame:
    """Draw the questions; nothing of care rests on their answers."""
    _ = look.t.gettext
    body = told(model, look)
    body.append(
        w.card(
            "notice.care",
            [
                w.bilingual_text(
                    care(words.staff, context),
                    care(words.person, context) if words.person else None,
                    look,
                )
            ],
        )
    )
    body += _giver(model, dispatch, look)
    if model.form.given_by == GivenBy.NOBODY_ABLE:
        text = _("Nothing is asked now. It can be asked later; care goes on.")
        body.append(w.notice("notice.nobody_able", text))
    else:
        for index, asked in enumerate(context.asked):
            body += _question(index, asked, model, words, (dispatch, look))
    event = ContinuePressed(words.shown_in)
    save = w.main_button(
        "notice.save", _("Save"), lambda: dispatch(event), enabled=not model.busy
    )
    return Frame(
        title=_("Optional: yes or no"),
        body=body,
        main=save,
        back=lambda: dispatch(BackPressed()),
        scroll_to_top="consents",
        person_language=words.person_language,
    )


def _giver(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Who decides for the person."""
    t = look.t
    choices = [w.Choice(by.value, given_by_name(t, by)) for by in GivenBy]
    tell = w.one(lambda text: dispatch(Entered(Field.GIVEN_BY, text)))
    chosen = {model.form.given_by}
    parts: list[ft.Control] = [
        w.section_title(t.gettext("Who decides?")),
        w.choice_list("notice.given_by", choices, chosen, look, tell),
    ]
    if model.asked and Need.GIVEN_BY in model.needs:
        parts.append(w.error_line(t.gettext("Choose who gave these answers.")))
    return parts


def _question(
    index: int,
    asked: Asked,
    model: Model,
    words: Words,
    session: tuple[Dispatch, Look],
) -> list[ft.Control]:
    dispatch, look = session
    yes, no, not_asked = (
        _answer(decision, look.t, words.person)
        for decision in (Decision.YES, Decision.NO, Decision.NOT_ASKED)
    )
    staff = asked_for(words.staff, asked)
    question = w.bilingual_text(
        staff,
        asked_for(words.person, asked) if words.person else None,
        look,
    )
    answering = w.Answering(
        lambda decision: dispatch(Answered(asked.key, decision)), (not_asked,)
    )
    # A service's name may hold any sign: keys count them instead.
    key = f"notice.consent.{index}"
    chosen = model.form.decision(asked).value
    answers = w.yes_no(key, (yes, no), chosen, look, answering)
    # A group named by its question: "Yes" alone says nothing to who hears the screen.
    group = ft.Semantics(label=staff.text, container=True, content=answers)
    return [question, group]


_ICONS = {Decision.YES: ft.Icons.CHECK, Decision.NO: ft.Icons.CLOSE}


def _answer(decision: Decision, t: Translator, person: Translator | None) -> w.Choice:
    theirs = None
    if person is not None and decision is not Decision.NOT_ASKED:
        theirs = w.Said(decision_name(person, decision), person.is_rtl)
    return w.Choice(
        decision.value, decision_name(t, decision), theirs, icon=_ICONS.get(decision)
    )
