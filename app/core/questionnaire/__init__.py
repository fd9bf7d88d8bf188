"""The FHIR R4 Questionnaire engine: pure, without I/O, without a clock.

Load a form once; then, for each answer, make a new state from the last one:

    loaded = load(json.loads(content), canonical="https://.../Questionnaire/phq9")
    context = Context(now=opened_at, calculations=calculations(protocol, form))
    state = evaluate(loaded.questionnaire, Answers(), context)
    answers = state.answers.set(ItemPath("cough"), Answer.of(YES))
    state = evaluate(loaded.questionnaire, answers, context, state)

- load(resource, canonical=None) -> LoadedQuestionnaire(questionnaire, notes); raises
  QuestionnaireRefusedError(reason, link_id, details) and nothing else.
- Questionnaire, QuestionnaireItem (type, text, options, unit, limits, required, ...),
  AnswerOption (value, text, prefix, weight), Text.text_in(language, translate).
- ItemPath(link_id, instances).encode() is the field key of an answer in the record:
  "0.k3:link-id"; Answer.to_json()/from_json() its value; null means no answer. The
  first instance of a repeating group is "0", and always there; the keys of later ones
  are handed in and stand in the order of their text. The path of an instance of a
  group ends in its own key: Answers.add_instance(ItemPath("medicine", ("k3",))).
- YES, NO, Value.integer/decimal/string/coding, or an option's own `value`;
  measured(item, "36.6") makes the quantity in the item's unit; Value(kind, data) the
  other value[x]: Value("Date", "1990-05"), DateTime, Time, Uri, Attachment, Reference.
  Answer.unknown() is "don't know", Answer.declined() "prefers not to say".
- FormState: pages (key, title, entries to draw), answer(path), problems[path],
  is_enabled(path), counted, calculated, answered and total, is_complete, notes.
  Items that are no longer asked keep their answer in `answers`; `counted` leaves it
  out. A skip rule that can't be evaluated shows its item.
- initial_answers(form) are the answers that a form starts with.
- to_fhir(form, answers, ResponseMeta(status=...)) and from_fhir(form, response).
- load_protocol, score, red_flags, calculations: rules of assets/protocols. Give score
  and red_flags the answers that count: state.counted.
- load_plan, due(plan, station, age): which forms to offer, AgeInterval or None.
- check_form(content, name) -> one line; translatable_strings(form) for catalogues,
  with the context canonical + "#" + link id.
"""

from app.core.questionnaire.ages import AgeInterval, Ages, Fit
from app.core.questionnaire.answers import (
    ASKED_DECLINED,
    ASKED_UNKNOWN,
    FIRST_INSTANCE,
    Answer,
    AnswerError,
    Answers,
    ItemPath,
    PathError,
)
from app.core.questionnaire.calculated import measured
from app.core.questionnaire.check import check_form, is_refused
from app.core.questionnaire.checks import Problem, ProblemCode
from app.core.questionnaire.evaluation import FormState, evaluate
from app.core.questionnaire.initial import initial_answers
from app.core.questionnaire.layout import Entry, without_instance
from app.core.questionnaire.loading import load
from app.core.questionnaire.model import (
    AnswerOption,
    ItemType,
    LoadedQuestionnaire,
    Note,
    NoteCode,
    Questionnaire,
    QuestionnaireItem,
    QuestionnaireRefusedError,
    RefusalReason,
)
from app.core.questionnaire.pages import Page
from app.core.questionnaire.plan import DueForm, Plan, PlannedForm, due, load_plan
from app.core.questionnaire.protocol import (
    Band,
    ClinicalFileError,
    PlausibleRange,
    Protocol,
    load_protocol,
)
from app.core.questionnaire.response import ResponseMeta, from_fhir, to_fhir
from app.core.questionnaire.run import Context
from app.core.questionnaire.scoring import (
    RedFlag,
    ScoreResult,
    calculations,
    decides,
    doubtful,
    flag_of,
    is_result,
    is_symptom,
    red_flags,
    score,
    scored,
)
from app.core.questionnaire.texts import Text, Translate
from app.core.questionnaire.translation import translatable_strings
from app.core.questionnaire.values import NO, YES, Coding, Quantity, Value

__all__ = [
    "ASKED_DECLINED",
    "ASKED_UNKNOWN",
    "FIRST_INSTANCE",
    "NO",
    "YES",
    "AgeInterval",
    "Ages",
    "Answer",
    "AnswerError",
    "AnswerOption",
    "Answers",
    "Band",
    "ClinicalFileError",
    "Coding",
    "Context",
    "DueForm",
    "Entry",
    "Fit",
    "FormState",
    "ItemPath",
    "ItemType",
    "LoadedQuestionnaire",
    "Note",
    "NoteCode",
    "Page",
    "PathError",
    "Plan",
    "PlannedForm",
    "PlausibleRange",
    "Problem",
    "ProblemCode",
    "Protocol",
    "Quantity",
    "Questionnaire",
    "QuestionnaireItem",
    "QuestionnaireRefusedError",
    "RedFlag",
    "RefusalReason",
    "ResponseMeta",
    "ScoreResult",
    "Text",
    "Translate",
    "Value",
    "calculations",
    "check_form",
    "decides",
    "doubtful",
    "due",
    "evaluate",
    "flag_of",
    "from_fhir",
    "initial_answers",
    "is_refused",
    "is_result",
    "is_symptom",
    "load",
    "load_plan",
    "load_protocol",
    "measured",
    "red_flags",
    "score",
    "scored",
    "to_fhir",
    "translatable_strings",
    "without_instance",
]
