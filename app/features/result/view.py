"""Drawing of Result: dangers first, then the score and where it comes from."""

from collections.abc import Callable, Iterable

import flet as ft

from app.clinic.findings import StandingFlag
from app.clinic.library import Form
from app.core.canonical import Json
from app.core.questionnaire import Text
from app.core.questionnaire.protocol import REVIEWED
from app.core.values import Interpretation, ResponseStatus
from app.features.result.state import (
    BackPressed,
    CorrectPressed,
    Event,
    Loaded,
    Model,
)
from app.i18n import formats, names, terms
from app.ui import widgets as w
from app.ui.flags import flag_notice
from app.ui.form_words import FormWords
from app.ui.frame import Frame
from app.ui.glass_page import is_open, show_it, why_page
from app.ui.look import Look
from app.ui.provenance import called
from app.ui.role_words import call_the_nurse, with_whom_to_ask

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the result."""
    _ = look.t.gettext
    loaded = model.loaded
    if loaded is None:
        waiting = w.waiting("result.loading", _("Opening"))
        return Frame(_("Result"), [_missing(look) if model.is_missing else waiting])
    if model.glass.is_asked:
        return why_page(model.glass, dispatch, look)
    words = FormWords(look.t, loaded.form, loaded.view.questionnaire)
    return Frame(
        title=_("Result"),
        body=[
            w.title(words.title),
            *_dangers(loaded, words, look),
            *_ended_early(loaded, look),
            *_meaning(loaded, words, dispatch, look),
            *_answers(loaded, words, look),
            *_how(loaded, look),
        ],
        main=w.main_button(
            "result.back", _("Back to the visit"), lambda: dispatch(BackPressed())
        ),
        quiet=_correct(loaded, dispatch, look),
    )


def _meaning(
    loaded: Loaded, words: FormWords, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """What it says of the person, for those whose role may know, or say why."""
    if loaded.shows_results:
        told = [is_open("result.broken", look)] if loaded.is_broken else []
        return [*told, *_about(loaded, words, look), *_score(loaded, words, look)]
    said = look.t.gettext("The result is not shown to your role.")
    show = show_it("result.hidden.show", loaded.role, dispatch, look)
    return [w.notice("result.hidden", with_whom_to_ask(look.t, said), action=show)]


def _missing(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "result.missing",
        _("This screening is not on this tablet"),
        _("It comes when the tablet has sent and received."),
    )


def _correct(loaded: Loaded, dispatch: Dispatch, look: Look) -> ft.Control | None:
    done = (ResponseStatus.COMPLETED, ResponseStatus.AMENDED)
    is_done = loaded.view.status in done
    if loaded.form is None or not is_done or not loaded.may_correct:
        return None
    return w.quiet_button(
        "result.correct",
        look.t.gettext("Correct an answer"),
        lambda: dispatch(CorrectPressed()),
    )


def _dangers(loaded: Loaded, words: FormWords, look: Look) -> list[ft.Control]:
    if not loaded.shows_results:
        is_alarm = any(flag.urgent for flag in loaded.flags)
        return [call_the_nurse("result.alarm", look)] if is_alarm else []
    return [
        flag_notice(f"result.flag.{f.code}", _danger(f, words, look), f.form, look.t)
        for f in loaded.flags
    ]


def _danger(flag: StandingFlag, words: FormWords, look: Look) -> str:
    form, rule = flag.form, flag.rule
    if form is None or form.protocol is None or rule is None:
        return look.t.gettext(
            "A screening raised an alarm that this tablet can’t explain. "
            "Ask a clinician."
        )
    text = words.of_staff(form.protocol.text(rule.text, rule.code))
    action = words.of_staff(form.protocol.text(rule.action, rule.code))
    return f"{text}\n{action}"


def _ended_early(loaded: Loaded, look: Look) -> list[ft.Control]:
    if loaded.view.status is not ResponseStatus.STOPPED:
        return []
    t = look.t
    reason = terms.stop_reason(t, loaded.view.stopped_reason)
    text = t.fill(t.gettext("Ended early: {reason}. There is no total."), reason=reason)
    return [w.notice("result.stopped", text, w.Tone.INFO)]


def _about(loaded: Loaded, words: FormWords, look: Look) -> list[ft.Control]:
    """Say of which time was asked, and what the rules did not look at."""
    protocol = loaded.form.protocol if loaded.form else None
    if protocol is None:
        return []
    found: list[ft.Control] = []
    if protocol.period is not None:
        found.append(w.words(words.of_staff(protocol.period)))
    if protocol.staff_note is not None:
        found.append(w.notice("result.note", words.of_staff(protocol.staff_note)))
    if found and not protocol.is_reviewed:
        found.append(w.subtitle(look.t.gettext("Not yet reviewed by a clinician")))
    return found


def _score(loaded: Loaded, words: FormWords, look: Look) -> list[ft.Control]:
    """The total and what it means; never a diagnosis, and it says who stands by it."""
    t, score, form = look.t, loaded.score, loaded.form
    stopped = loaded.view.status is ResponseStatus.STOPPED
    if score is None or form is None or stopped:
        return []
    found: list[ft.Control] = [w.section_title(t.gettext("Score"))]
    if loaded.has_total:
        found += _total(form, score, words, look)
    else:
        found += _two_versions(loaded, words, look)
    if form.protocol is not None:
        found += _source(form, score, look)
    return [w.card("result.score", found)]


def _total(
    form: Form, score: dict[str, Json], words: FormWords, look: Look
) -> list[ft.Control]:
    t, found = look.t, list[ft.Control]()
    total, band = score.get("total"), _band(form, score)
    if total is not None:
        of = _highest(form)
        said = formats.number(t, str(total))
        if of:
            template = t.pgettext("points of the most", "{total} of {most}")
            said = t.fill(template, total=said, most=formats.number(t, of))
        found.append(w.title(said))
    if band is not None:
        found.append(w.words(words.of_staff(band)))
    return found + _missing_answers(score, words, look)


def _two_versions(loaded: Loaded, words: FormWords, look: Look) -> list[ft.Control]:
    """Say why there is no total where two people answered, and what to do."""
    _ = look.t.gettext
    if not loaded.disputed:
        text = _(
            "There is no total: two different results were saved. Correct an answer, "
            "or save the answers again as they are."
        )
        return [w.conflict_mark(look), w.words(text)]
    text = _(
        "There is no total: these questions have two different answers. "
        "Correct them, and there is one."
    )
    names = _questions(loaded.disputed, words)
    return [w.conflict_mark(look), w.words(text), *names]


def _band(form: Form, score: dict[str, Json]) -> Text | None:
    protocol = form.protocol
    rule = protocol.score if protocol else None
    for band in rule.bands if rule else ():
        if band.code == score.get("band") and protocol is not None:
            return protocol.text(band.meaning, band.code)
    return None


def _highest(form: Form) -> str:
    rule = form.protocol.score if form.protocol else None
    return rule.bands[-1].maximum if rule else ""


def _missing_answers(
    score: dict[str, Json], words: FormWords, look: Look
) -> list[ft.Control]:
    """Name what has no answer that counts, where that leaves no total."""
    t, missing = look.t, score.get("missing")
    if score.get("total") is not None or not isinstance(missing, list | tuple):
        return []
    found: list[ft.Control] = [
        w.words(t.gettext("There is no total: these questions have no answer."))
    ]
    return found + _questions([str(each) for each in missing], words)


def _questions(link_ids: Iterable[str], words: FormWords) -> list[ft.Control]:
    form = words.form
    items = (form.questionnaire.item(each) for each in link_ids) if form else ()
    texts = [item.text for item in items if item is not None and item.text is not None]
    return [w.subtitle(words.text(text)) for text in texts]


def _source(form: Form, score: dict[str, Json], look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    review = str(score.get("review") or "")
    mark = (
        _("Reviewed by a clinician")
        if review == REVIEWED
        else _("Not yet reviewed by a clinician")
    )
    tone = w.Tone.INFO if review == REVIEWED else w.Tone.WARNING
    facts = [
        (
            _("Where the limits come from"),
            t.isolate_ltr(str(score.get("source") or "")),
        ),
        (_("Version of the rules"), t.isolate_ltr(str(score.get("version") or ""))),
    ]
    if form.questionnaire.copyright:
        facts.append(
            (_("Copyright of the form"), t.isolate_ltr(form.questionnaire.copyright))
        )
    hint = w.subtitle(
        _("This helps to decide who needs care first. A clinician decides.")
    )
    return [hint, w.badge(mark, tone), w.key_values("result.source", facts)]


def _answers(loaded: Loaded, words: FormWords, look: Look) -> list[ft.Control]:
    """What was answered or measured, question by question."""
    _ = look.t.gettext
    if not loaded.shows_answers:
        return []
    facts = [
        (words.text(each.item.text), words.said(each.item, each.answer))
        for each in loaded.answers
        if each.item.text is not None
    ]
    if not facts:
        return []
    heading = w.section_title(_("What was answered"))
    return [heading, w.card("result.answers", [w.key_values("result.said", facts)])]


def _how(loaded: Loaded, look: Look) -> list[ft.Control]:
    """Who asked, when, in which language, and who interpreted."""
    t, view = look.t, loaded.view
    _ = t.gettext
    facts = []
    if loaded.author.name:
        when = formats.instant(t, loaded.at_ms, loaded.zone)
        facts.append((_("Finished by"), f"{called(t, loaded.author)} · {when}"))
    if loaded.authors - {loaded.author}:
        others = formats.joined(t, (called(t, each) for each in sorted(loaded.authors)))
        facts.append((_("Answers written by"), others))
    languages = view.value("languages")
    tags = languages if isinstance(languages, list | tuple) else ()
    if len(tags) > 1:
        facts.append((_("Asked in"), names.language_name(t, str(tags[1]))))
    if loaded.interpreters:
        said = [_interpreted(each, look) for each in loaded.interpreters]
        facts.append((_("Interpreted by"), "\n".join(said)))
    if company := view.text("accompanied_by"):
        facts.append((_("Accompanied by"), terms.present_name(t, company)))
    return [w.card("result.how", [w.key_values("result.who", facts)])] if facts else []


def _interpreted(by: Interpretation, look: Look) -> str:
    t = look.t
    mode = terms.interpreter_mode_name(t, by.mode)
    said = f"{mode}: {t.isolate(by.name)}" if by.name else mode
    language = names.language_name(t, by.language) if by.language else ""
    return f"{said} · {language}" if language else said
