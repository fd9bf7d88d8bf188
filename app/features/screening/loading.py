"""What a screening needs to know, read from the vault."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper
from app.clinic.library import Form
from app.clinic.screening import age_of, answers_of, response_id_in
from app.core.projections import ResponseView, patient_view, responses
from app.core.questionnaire import (
    Answer,
    AnswerError,
    Answers,
    Context,
    ItemPath,
    PathError,
    calculations,
)
from app.core.values import Interpretation, ResponseStatus
from app.features.screening.model import Before, Intro, Loaded
from app.i18n import formats
from app.ui.routes import Screening


def draft_id_of(response_id: str) -> str:
    """Return the name of a response's draft."""
    return f"screening/{response_id}"


def response_id(desk: Desk, route: Screening) -> str:
    """Return which response is answered; it is the same on every tablet."""
    form = desk.library.form(route.questionnaire)
    if route.response_id is not None or form is None:
        return route.response_id or ""
    documents = desk.vault.documents(route.patient_id)
    return response_id_in(documents, route.encounter_id, form, desk.ids)


def load(desk: Desk, route: Screening, keeper: DraftKeeper) -> Loaded:
    """Read the response, its draft, and what of the person the form depends on."""
    form = desk.library.form(route.questionnaire)
    documents = desk.vault.documents(route.patient_id)
    mine = keeper.draft_id
    known = responses(documents)
    view = next((v for v in known if draft_id_of(v.record_id) == mine), None)
    others = [v for v in known if v.encounter_id == route.encounter_id]
    patient = patient_view(documents)
    birth = patient.birth if patient else None
    today = formats.local_day(desk.wall(), desk.setup.site.zone)
    return Loaded(
        form=form,
        response_id=mine.removeprefix(draft_id_of("")),
        status=view.status if view else None,
        saved=answers_of(view) if view else Answers(),
        before=_before(desk, view) if view else {},
        intro=_intro(view, others, patient.language if patient else ""),
        age=age_of(birth, today),
        context=_context(desk, form),
        draft=keeper.load(),
    )


def _context(desk: Desk, form: Form | None) -> Context:
    zone = ZoneInfo(desk.setup.site.zone)
    now = datetime.fromtimestamp(desk.wall() // 1000, tz=UTC).astimezone(zone)
    if form is None or form.protocol is None:
        return Context(now.isoformat())
    made = calculations(form.protocol, form.questionnaire)
    return Context(now.isoformat(), calculations=made)


def _intro(
    view: ResponseView | None, others: Iterable[ResponseView], language: str
) -> Intro:
    """Begin as the response was begun, else as the visit's last one, else afresh."""
    if view is not None and view.value("languages"):
        return _intro_of(view, language)
    begun = [other for other in others if other.value("languages")]
    newest = max(begun, key=_begun_at, default=None)
    return Intro(language=language) if newest is None else _intro_of(newest, language)


def _begun_at(view: ResponseView) -> int:
    shown = view.shown("languages")
    return 0 if shown is None else shown.write.effective_ms


def _intro_of(view: ResponseView, language: str) -> Intro:
    languages = view.value("languages")
    tags = languages if isinstance(languages, list | tuple) else ()
    interpreter: Interpretation = view.interpreter
    return Intro(
        language=str(tags[1]) if len(tags) > 1 else language,
        mode=interpreter.mode,
        name=interpreter.name,
        company=view.text("accompanied_by"),
    )


def _before(desk: Desk, view: ResponseView) -> dict[ItemPath, Before]:
    """Return what each answer says until now, of a response that was finished."""
    if view.status not in (ResponseStatus.COMPLETED, ResponseStatus.AMENDED):
        return {}
    names = {p.practitioner_id: p.name for p in desk.setup.practitioners}
    found = {}
    for key, shown in view.answers():
        try:
            path, answer = ItemPath.decode(key), Answer.from_json(shown.value)
        except (PathError, AnswerError):
            continue
        author = names.get(shown.write.practitioner_id, "")
        found[path] = Before(answer, author, shown.write.effective_ms)
    return found
