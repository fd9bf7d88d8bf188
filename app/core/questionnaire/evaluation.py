"""The state of a form: what is asked now, what is calculated, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.questionnaire import groups
from app.core.questionnaire.answers import Answer, Answers, ItemPath
from app.core.questionnaire.checks import Problem, ProblemCode, problems_of
from app.core.questionnaire.expressions import Memory
from app.core.questionnaire.layout import Entry, Layout, layout_of
from app.core.questionnaire.model import Note, Questionnaire
from app.core.questionnaire.pages import Page, Section, pages_of, sections_of
from app.core.questionnaire.run import Context, Run


@dataclass(frozen=True)
class FormState:
    """A form filled so far; immutable, and cheap to make again after an answer.

    `counted` are the answers of what is asked (calculated ones too); answers of
    what is not asked any more stay in `answers` and count nowhere.
    """

    questionnaire: Questionnaire
    answers: Answers
    layout: Layout
    enabled: Mapping[ItemPath, bool]
    counted: Mapping[ItemPath, Answer]
    calculated: Mapping[ItemPath, Answer]
    problems: Mapping[ItemPath, tuple[Problem, ...]]
    pages: tuple[Page, ...]
    answered: int
    total: int
    notes: tuple[Note, ...]
    sections: tuple[Section, ...] = field(repr=False, compare=False)
    memory: Memory = field(repr=False, compare=False)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every item at every place in document order, asked or not."""
        return self.layout.entries

    @property
    def is_complete(self) -> bool:
        """Say if nothing required is missing and no answer is wrong."""
        return not self.problems

    def is_enabled(self, path: ItemPath) -> bool:
        """Say if an item is asked now."""
        return self.enabled.get(path, False)

    def answer(self, path: ItemPath) -> Answer:
        """Return what to show at a path: an answer, a calculated one, or empty."""
        found = self.counted.get(path)
        return found if found is not None else self.answers.get(path, _NOTHING)


_NOTHING = Answer()


def evaluate(
    questionnaire: Questionnaire,
    answers: Answers,
    context: Context | None = None,
    previous: FormState | None = None,
) -> FormState:
    """Evaluate a form; `previous` is only a memory that makes it faster."""
    context = context or Context()
    if previous is not None and previous.questionnaire is not questionnaire:
        previous = None
    layout = layout_of(questionnaire, answers, previous.layout if previous else None)
    run = Run(layout, answers, context, previous.memory if previous else {})
    run.settle()
    sections = previous.sections if previous else ()
    if previous is None or previous.layout is not layout:
        sections = sections_of(layout.entries)
    paths = (entry.path for entry in layout.questions)
    counted = {path: run.visible[path] for path in paths if path in run.visible}
    asked = [entry for entry in layout.questions if _is_asked(entry, run)]
    return FormState(
        questionnaire=questionnaire,
        answers=answers,
        layout=layout,
        enabled=run.enabled,
        counted=counted,
        calculated=run.calculated,
        problems=_problems(asked, counted, run),
        pages=pages_of(sections, run.enabled, context.calculations),
        answered=sum(entry.path in counted for entry in asked),
        total=len(asked),
        notes=tuple(run.notes),
        sections=sections,
        memory=run.evaluator.memory,
    )


def _is_asked(entry: Entry, run: Run) -> bool:
    item = entry.item
    is_shown = run.enabled[entry.path] and entry.path not in run.layout.hidden
    return is_shown and not item.read_only and not run.is_calculated(entry)


def _problems(
    asked: list[Entry], counted: Mapping[ItemPath, Answer], run: Run
) -> dict[ItemPath, tuple[Problem, ...]]:
    found = {}
    for entry in asked:
        answer = counted.get(entry.path)
        if answer is not None:
            problems = (*problems_of(entry.item, answer), *run.unmet(entry))
        elif run.is_required(entry):
            problems = (Problem(ProblemCode.REQUIRED),)
        else:
            continue
        if problems:
            found[entry.path] = problems
    found.update(groups.problems(asked, counted, run))
    return found
