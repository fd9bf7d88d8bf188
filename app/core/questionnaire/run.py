"""One evaluation of a form: skip rules and calculations until nothing changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.core.questionnaire.answers import Answer, ItemPath
from app.core.questionnaire.calculated import calculated_answer
from app.core.questionnaire.checks import Problem, ProblemCode
from app.core.questionnaire.conditions import NotComparableError, holds
from app.core.questionnaire.expressions import Evaluator, Memory, Place, Reach, reach_of
from app.core.questionnaire.fhirpath import ExpressionError
from app.core.questionnaire.layout import Entry, Layout, Rule
from app.core.questionnaire.model import Expression, Note, NoteCode, Questionnaire
from app.core.questionnaire.response_items import build_items
from app.core.questionnaire.shortcuts import applies, shortcut
from app.core.questionnaire.values import Value

MAX_ROUNDS = 12


Calculation = Callable[[Mapping[ItemPath, Answer]], Answer]
"""From the answers that count to the answer of one more item."""


@dataclass(frozen=True)
class Context:
    """What a form is evaluated with besides its answers.

    `now` (ISO 8601) is what now() and today() say: hand in the time at which the
    form was opened. `variables` are FHIRPath variables such as `patient`.
    `calculations` stand in for the calculations of the form itself, by link id:
    what they make is kept with the answers, and stands on no page. `required` are
    link ids that need an answer besides those that the form says.
    """

    now: str = "1970-01-01T00:00:00Z"
    variables: Mapping[str, object] = field(default_factory=dict)
    calculations: Mapping[str, Calculation] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


class Run:
    """The work of one evaluation; `settle` does it."""

    def __init__(
        self,
        layout: Layout,
        answers: Mapping[ItemPath, Answer],
        context: Context,
        previous: Memory,
    ) -> None:
        self.layout = layout
        self.questionnaire: Questionnaire = layout.questionnaire
        self.enabled: dict[ItemPath, bool] = {}
        self.calculated: dict[ItemPath, Answer] = {}
        self.notes: dict[Note, None] = {}
        self._answers = answers
        self._context = context
        self._visible: dict[ItemPath, Answer] = {}
        self.visible = self._visible
        self._changed: set[ItemPath] = set()
        self._places: dict[ItemPath | None, Place] = {}
        self._built: tuple[object, Mapping[ItemPath, object]] | None = None
        self.evaluator = Evaluator(self, context.now, context.variables, previous)

    def settle(self) -> None:
        """Decide what is asked and calculate, from a start that has no history."""
        if not self.layout.has_expressions and not self._context.calculations:
            for entry in self.layout.ordered:
                self._decide(entry)
            return
        for entry in self.layout.entries:
            self.enabled[entry.path] = True
            self._show(entry)
        self._make_places()
        for _ in range(MAX_ROUNDS):
            self._changed.clear()
            for entry in self.layout.ordered:
                self._decide(entry)
                if entry.item.is_question and self.is_calculated(entry):
                    self._calculate(entry)
            if not self._changed:
                return
        self._give_up()

    def reach(self, expression: Expression, place: Place) -> Reach:
        """Return what an expression reads, worked out once for a layout."""
        key = (expression.text, place.path)
        found = self.layout.reaches.get(key)
        if found is None:
            index, paths = self.questionnaire.index, self.layout.paths
            found = reach_of(expression, place, index, paths)
            self.layout.reaches[key] = found
        return found

    def response(self, path: ItemPath | None) -> tuple[object, object]:
        """Return the response of what counts now, and an item's element in it."""
        if self._built is None:
            items, by_path = build_items(self.layout.entries, self._visible, Decimal)
            resource = {"resourceType": "QuestionnaireResponse", "item": items}
            self._built = resource, by_path
        resource_, elements = self._built
        if path is None:
            return resource_, resource_
        return resource_, elements.get(path, {"linkId": path.link_id})

    def unmet(self, entry: Entry) -> list[Problem]:
        """Return the form's own conditions that an answer does not meet."""
        found = []
        for constraint in entry.item.logic.constraints:
            results = self._results(entry, constraint.expression)
            if constraint.is_error and results is not None and results[:1] == (False,):
                found.append(Problem(ProblemCode.CONSTRAINT, "", constraint.message))
        return found

    def _decide(self, entry: Entry) -> None:
        path, enabled = entry.path, self.enabled
        is_on = (entry.parent is None or enabled[entry.parent]) and self._asks(entry)
        before = enabled.get(path)
        if before is is_on:
            return
        enabled[path] = is_on
        self._changed.add(path)
        self._show(entry)

    def _show(self, entry: Entry) -> None:
        """Put what counts at a place where rules see it, or take it away."""
        if not entry.item.is_question:
            return
        path = entry.path
        answer = self._effective(entry) if self.enabled[path] else None
        if answer is None:
            if self._visible.pop(path, None) is not None:
                self._built = None
        elif self._visible.get(path) != answer:
            self._visible[path] = answer
            self._built = None

    def _effective(self, entry: Entry) -> Answer | None:
        """Return an answer given, or else calculated; what is read-only never given."""
        answer = self._answers.get(entry.path)
        is_given = answer is not None and not answer.is_empty
        if is_given and not (entry.item.read_only and self.is_calculated(entry)):
            return answer
        return self.calculated.get(entry.path)

    def is_required(self, entry: Entry) -> bool:
        """Say if an item needs an answer, by the form or for its score."""
        return entry.item.required or entry.path.link_id in self._context.required

    def is_calculated(self, entry: Entry) -> bool:
        """Say if an item is calculated, by the form or for it."""
        link_id = entry.path.link_id
        has_own = entry.item.logic.calculated is not None
        return has_own or link_id in self._context.calculations

    def _asks(self, entry: Entry) -> bool:
        logic = entry.item.logic
        if logic.enable_when and not self._conditions_hold(entry):
            return False
        if logic.enable_expression is None:
            return True
        return self._expression_holds(entry, logic.enable_expression)

    def _conditions_hold(self, entry: Entry) -> bool:
        found = [self._holds(rule, entry) for rule in self.layout.rules[entry.path]]
        return any(found) if entry.item.logic.enable_any else all(found)

    def _holds(self, rule: Rule, entry: Entry) -> bool:
        """Say if a condition holds; one that can't be evaluated does."""
        condition, paths = rule
        if paths is None:
            return True
        values = self._values(paths)
        if condition.operator == "exists":
            return bool(values) == condition.exists
        if condition.answer is None:
            return True
        try:
            return holds(condition.operator, condition.answer, values)
        except NotComparableError:
            self._note(entry, NoteCode.RULE_NOT_EVALUABLE)
            return True

    def _values(self, paths: tuple[ItemPath, ...]) -> tuple[Value, ...]:
        found: tuple[Value, ...] = ()
        for path in paths:
            answer = self._visible.get(path)
            if answer is not None:
                found += answer.values
        return found

    def _expression_holds(self, entry: Entry, expression: Expression) -> bool:
        short = shortcut(expression.text)
        if short is not None and applies(short, self.questionnaire):
            paths = self.layout.paths
            return short.holds(lambda link_id: self._values(paths.get(link_id, ())))
        results = self._results(entry, expression)
        if results is None:
            return True
        return bool(results) and results[0] is not False

    def _results(
        self, entry: Entry, expression: Expression
    ) -> tuple[object, ...] | None:
        """Evaluate; an expression that fails is noted and gives None."""
        try:
            return self.evaluator.values(expression, self._place(entry))
        except ExpressionError:
            self._note(entry, NoteCode.EXPRESSION_FAILED, expression.text)
            return None

    def _calculate(self, entry: Entry) -> None:
        answer = self._calculation(entry)
        if answer != self.calculated.get(entry.path, Answer()):
            self._changed.add(entry.path)
            self.calculated[entry.path] = answer
            if answer.is_empty:
                del self.calculated[entry.path]
            self._show(entry)

    def _calculation(self, entry: Entry) -> Answer:
        expression = entry.item.logic.calculated
        instead = self._context.calculations.get(entry.path.link_id)
        if not self.enabled[entry.path]:
            return Answer()
        if instead is not None:
            return instead(self.visible)
        results = self._results(entry, expression) if expression else ()
        return calculated_answer(entry.item, results or ())

    def _give_up(self) -> None:
        """Show what will not settle, and trust no calculation that does not."""
        for entry in self.layout.ordered:
            path = entry.path
            if path in self._changed:
                self._note(entry, NoteCode.RULE_UNSTABLE)
                self.calculated.pop(path, None)
                self.enabled[path] = entry.parent is None or self.enabled[entry.parent]
                self._show(entry)

    def _make_places(self) -> None:
        root = Place(None, {})
        for variable in self.questionnaire.variables:
            root.variables[variable.name] = (variable, root)
        self._places[None] = root
        for entry in self.layout.entries:
            variables = self._places[entry.parent].variables
            place = Place(entry.path, variables)
            if entry.item.logic.variables:
                place = Place(entry.path, dict(variables))
                for variable in entry.item.logic.variables:
                    place.variables[variable.name] = (variable, place)
            self._places[entry.path] = place

    def _place(self, entry: Entry) -> Place:
        if not self._places:
            self._make_places()
        return self._places[entry.path]

    def _note(self, entry: Entry, code: NoteCode, details: str = "") -> None:
        self.notes[Note(entry.path.link_id, code, details)] = None
