"""What a screening needs to know, read from the vault."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.clinic.desk import Desk
from app.clinic.drafting import DraftKeeper
from app.clinic.library import Form
from app.clinic.screening import (
    age_of,
    answers_of,
    author_of,
    interpretation,
    response_id_in,
)
from app.core.change import Heads
from app.core.merge import Shown
from app.core.projections import ResponseView, patient_view, responses
from app.core.questionnaire import (
    Answer,
    AnswerError,
    Answers,
    Context,
    ItemPath,
    PathError,
    calculations,
    scored,
)
from app.core.records import ANSWER_PREFIX
from app.core.values import ResponseStatus
from app.features.screening.model import Before, Intro, Loaded, Written
from app.i18n import formats
from app.ui.provenance import names_of
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
        heads=_heads(view) if view else {},
        written=_written(desk, view) if view else {},
        first={name: view.value(name) for name in FIRST} if view else {},
        authors=_authors(view) if view else {},
    )


FIRST = ("languages", "interpreter", "accompanied_by")


def _heads(view: ResponseView) -> dict[str, Heads]:
    return {name: view.document.heads(name) for name in view.document.fields}


def _authors(view: ResponseView) -> dict[ItemPath, str]:
    found = {}
    for key, shown in view.answers():
        try:
            found[ItemPath.decode(key)] = author_of(shown)
        except PathError:
            continue
    return found


def _written(desk: Desk, view: ResponseView) -> dict[ItemPath, tuple[Written, ...]]:
    """Return every answer that stands at each question, the oldest first."""
    names = names_of(desk.vault.setup)
    found: dict[ItemPath, tuple[Written, ...]] = {}
    for name in view.document.fields:
        if not name.startswith(ANSWER_PREFIX):
            continue
        try:
            path = ItemPath.decode(name.removeprefix(ANSWER_PREFIX))
            found[path] = tuple(
                Written(
                    write.operation_id,
                    Answer.from_json({} if write.value is None else write.value),
                    names.named(author_of(Shown(write))),
                    write.at.device_id == desk.vault.device_id,
                )
                for write in view.document.writes(name)
            )
        except (PathError, AnswerError):
            continue
    return found


def _context(desk: Desk, form: Form | None) -> Context:
    zone = ZoneInfo(desk.setup.site.zone)
    now = datetime.fromtimestamp(desk.wall() // 1000, tz=UTC).astimezone(zone)
    if form is None or form.protocol is None:
        return Context(now.isoformat())
    made = calculations(form.protocol, form.questionnaire)
    return Context(now.isoformat(), calculations=made, required=scored(form.protocol))


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
    interpreter = interpretation(view.value("interpreter"))
    return Intro(
        language=str(tags[1]) if len(tags) > 1 else language,
        mode=interpreter.mode if interpreter else None,
        name=interpreter.name if interpreter else "",
        company=view.text("accompanied_by"),
    )


def _before(desk: Desk, view: ResponseView) -> dict[ItemPath, Before]:
    """Return what each answer says until now, of a response that was finished."""
    if view.status not in (ResponseStatus.COMPLETED, ResponseStatus.AMENDED):
        return {}
    names = names_of(desk.vault.setup)
    found = {}
    for key, shown in view.answers():
        try:
            path, answer = ItemPath.decode(key), Answer.from_json(shown.value)
        except (PathError, AnswerError):
            continue
        author = names.named(author_of(shown))
        found[path] = Before(answer, author, shown.write.effective_ms)
    return found
