"""Screening: one section a page, every answer kept, the end only when it is whole."""

from dataclasses import replace
from typing import assert_never

from app.core.questionnaire import Answers, ItemPath, initial_answers
from app.core.values import InterpreterMode
from app.features.screening.answering import answered, with_answers
from app.features.screening.doing import (
    Effect,
    KeepDraft,
    LoadScreening,
    MakeInstance,
    StopListening,
)
from app.features.screening.drafting import (
    answers_from_json,
    intro_from_json,
    over,
    seen_from_json,
    typed_from_json,
)
from app.features.screening.events import (
    Answering,
    AskingClosed,
    CompanyChosen,
    Ending,
    Event,
    FlagPressed,
    InstanceAdded,
    InterpreterChosen,
    InterpreterTyped,
    Introducing,
    Keeping,
    LanguageChosen,
    Left,
    MoreLanguagesPressed,
    Moving,
    Opened,
    Reading,
    RecordsChanged,
    ScreeningLoaded,
    StartPressed,
)
from app.features.screening.model import (
    Asking,
    Exit,
    Intro,
    Languages,
    Loaded,
    Model,
    Stage,
)
from app.features.screening.moving import ended, kept, moved, save_page
from app.features.screening.seeing import seen_at, seen_of, seen_with_own, still_mine
from app.ui.loop import Next

Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event; what changed the answers or the first page is kept."""
    step = _decide(model, event)
    is_typed = isinstance(event, Answering | StartPressed) and step.model.is_begun
    is_first = isinstance(event, Introducing) and step.model.stage is Stage.INTRO
    if is_typed or is_first:
        return Next(step.model, (_draft(step.model), *step.effects))
    return step


def _decide(model: Model, event: Event) -> Step:
    match event:
        case Opened() | RecordsChanged():
            return Next(model, (LoadScreening(),))
        case Left():
            return Next(model, (*_last_word(model), StopListening()))
        case ScreeningLoaded(loaded):
            return _loaded(model, loaded)
        case _ if isinstance(event, Ending):
            return ended(model, event)
        case _ if isinstance(event, Keeping):
            return kept(model, event)
        case _ if model.busy:
            return Next(model)
        case StartPressed():
            return Next(_started(model))
        case _ if isinstance(event, Introducing):
            return Next(replace(model, intro=_introduced(model, event)))
        case _ if isinstance(event, Moving):
            return moved(model, event)
        case _ if isinstance(event, Reading):
            return _read(model, event)
        case _:
            return Next(answered(model, event))


def _draft(model: Model) -> KeepDraft:
    changes = model.changes
    return KeepDraft(
        model.intro,
        model.page_key,
        changes,
        model.typed,
        seen_of(model, changes),
        model.stage is Stage.INTRO,
    )


def _last_word(model: Model) -> tuple[Effect, ...]:
    """A correction that nobody saved stays a draft; answers go to the record."""
    return () if model.is_amending or not model.is_begun else save_page(model)


def _loaded(model: Model, loaded: Loaded) -> Step:
    if loaded.form is None:
        return Next(replace(model, stage=Stage.NO_FORM, loaded=loaded))
    if model.loaded is None or model.state is None:
        return Next(_opened(replace(model, loaded=loaded), loaded))
    return Next(_joined(model, model.loaded, loaded))


def _opened(model: Model, loaded: Loaded) -> Model:
    """Begin, or go on where the draft or the record ends."""
    draft, at = loaded.draft, model.page_key
    model = replace(model, is_amending=model.is_finished)
    saved = loaded.saved
    if not saved and loaded.form is not None:
        saved = initial_answers(loaded.form.questionnaire)
    changes = answers_from_json(draft.get("answers"))
    typed = typed_from_json(draft.get("typed"))
    seen = seen_at(loaded, seen_from_json(draft.get("seen"), changes))
    model = with_answers(replace(model, seen=seen), over(saved, changes), typed)
    if not draft and at and not model.is_amending:
        back = replace(model, intro=loaded.intro)
        return replace(back, stage=Stage.INTRO if missing(back) else Stage.QUESTIONS)
    if not draft:
        stage = Stage.QUESTIONS if model.is_amending else Stage.INTRO
        page = "" if model.is_amending else _first_open(model)
        intro = _as_chosen(loaded.intro, model.languages)
        return replace(model, stage=stage, intro=intro, page_key=page)
    intro = intro_from_json(draft.get("intro"))
    stage = Stage.INTRO if draft.get("is_intro") is True else Stage.QUESTIONS
    page = at or str(draft.get("page") or "")
    return replace(model, stage=stage, intro=intro, page_key=page)


def _as_chosen(intro: Intro, languages: Languages) -> Intro:
    """Where a form has no words for the person, who interprets is said each time."""
    if languages.has_words(intro.language):
        return intro
    return replace(intro, mode=None, name="")


def _first_open(model: Model) -> str:
    """Return the first page with a question that nobody answered yet."""
    state = model.state
    if state is None:
        return ""
    for page in state.pages:
        for entry in page.entries:
            is_open = entry.item.is_question and not entry.item.read_only
            if is_open and entry.path not in state.counted:
                return page.key
    return state.pages[0].key if state.pages else ""


def _joined(model: Model, old: Loaded, new: Loaded) -> Model:
    """Take what changed underneath; what was answered here and not saved stays."""
    changes = still_mine(model, new)
    seen = seen_at(new, seen_with_own(model, new, changes))
    typed = {
        path: slots
        for path, slots in model.typed.items()
        if path in changes or _is_same(old.saved, new.saved, path)
    }
    loaded = replace(new, context=old.context, draft={})
    # Read before a page is written, it does not have that page yet.
    handed = model.handed if model.saving else {}
    model = replace(model, loaded=loaded, seen=seen, handed=handed)
    return with_answers(model, over(new.saved, changes), typed)


def _is_same(old: Answers, new: Answers, path: ItemPath) -> bool:
    before, after = old.get(path), new.get(path)
    return after is None or (before is not None and before.values == after.values)


def _started(model: Model) -> Model:
    if missing(model):
        return replace(model, intro=replace(model.intro, is_checked=True))
    return replace(model, stage=Stage.QUESTIONS)


def missing(model: Model) -> frozenset[str]:
    """Return what the first page still asks for: language, interpreter, company."""
    intro, found = model.intro, set()
    if not intro.language:
        found.add("language")
    elif not model.languages.has_words(intro.language):
        found |= _interpreter_missing(intro)
    if not intro.company:
        found.add("company")
    return frozenset(found)


def _interpreter_missing(intro: Intro) -> set[str]:
    """What is said aloud is said by somebody: how, and who."""
    if intro.mode is None:
        return {"interpreter"}
    is_named = intro.mode is InterpreterMode.NONE or bool(intro.name.strip())
    return set() if is_named else {"name"}


def _introduced(model: Model, event: Introducing) -> Intro:
    intro = model.intro
    match event:
        case LanguageChosen(tag) if tag != intro.language:
            return _as_chosen(replace(intro, language=tag), model.languages)
        case LanguageChosen():
            return intro
        case MoreLanguagesPressed():
            return replace(intro, all_languages=True)
        case InterpreterChosen(mode):
            return replace(intro, mode=InterpreterMode(mode))
        case InterpreterTyped(text):
            return replace(intro, name=text)
        case CompanyChosen(code):
            return replace(intro, company=code)
        case _:
            assert_never(event)


def _read(model: Model, event: Reading) -> Step:
    match event:
        case FlagPressed(path) if path == model.asked_at:
            return Next(replace(model, asking=Asking.NOTHING, asked_at=None))
        case FlagPressed(path):
            return Next(replace(model, asking=Asking.FLAG, asked_at=path))
        case AskingClosed():
            closed = replace(model, asking=Asking.NOTHING, asked_at=None)
            return Next(replace(closed, exit=Exit.RESULT))
        case InstanceAdded(path):
            return Next(model, (MakeInstance(path),))
        case _:
            assert_never(event)
