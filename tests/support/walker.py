"""A walker that fills any questionnaire with valid answers, by a seeded choice."""

import random
from collections.abc import Callable
from decimal import Decimal

from app.core.questionnaire import (
    Answer,
    Answers,
    Context,
    Entry,
    FormState,
    ItemPath,
    ItemType,
    Questionnaire,
    QuestionnaireItem,
    Value,
    evaluate,
    measured,
)
from app.core.questionnaire.checks import problems_of
from app.core.questionnaire.values import JsonObject

MAX_STEPS = 2000
TRIES = 200


class Walker:
    """Answers what is asked, in order, until nothing new is asked."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        seed: int,
        context: Context | None = None,
    ) -> None:
        self._questionnaire = questionnaire
        self._random = random.Random(seed)
        self._context = context or Context(now="2026-08-21T10:00:00+02:00")
        self._visited: set[ItemPath] = set()

    def fill(self) -> FormState:
        """Return the state of the form when all that is asked was answered."""
        state = evaluate(self._questionnaire, self._instances(), self._context)
        for _ in range(MAX_STEPS):
            entry = self._next(state)
            if entry is None:
                return state
            self._visited.add(entry.path)
            answers = state.answers.set(entry.path, self._answer(entry.item))
            state = evaluate(self._questionnaire, answers, self._context, state)
        raise AssertionError("the form does not come to an end")

    def _instances(self) -> Answers:
        """Add a second instance to some of the outer repeating groups."""
        answers = Answers()
        for item in self._questionnaire.walk():
            is_outer = not self._questionnaire.index.groups[item.link_id]
            if item.is_repeating_group and is_outer and self._random.random() < 0.7:
                answers = answers.add_instance(ItemPath(item.link_id, ("k7",)))
        return answers

    def _next(self, state: FormState) -> Entry | None:
        for page in state.pages:
            for entry in page.entries:
                item = entry.item
                is_open = item.is_question and not item.read_only
                if is_open and entry.path not in self._visited | set(state.counted):
                    return entry
        return None

    def _answer(self, item: QuestionnaireItem) -> Answer:
        chance = self._random.random()
        if chance < 0.05:
            return Answer.unknown()
        if chance < 0.1:
            return Answer.declined()
        for _ in range(TRIES):
            answer = self._valid(item)
            if not problems_of(item, answer):
                return answer
        raise AssertionError(f"no valid answer found for {item.link_id}")

    def _valid(self, item: QuestionnaireItem) -> Answer:
        least = item.limits.min_occurs or 1
        most = item.limits.max_occurs or max(least, 3)
        count = self._random.randint(least, most) if item.repeats else 1
        if item.options:
            count = min(count, len(item.options))
            chosen = self._random.sample(item.options, count)
            return Answer(tuple(option.value for option in chosen))
        return Answer(tuple(self._value(item) for _ in range(count)))

    def _value(self, item: QuestionnaireItem) -> Value:
        if item.asked_as_text:
            return Value.string("something else")
        makers: dict[ItemType, Callable[[QuestionnaireItem], Value]] = {
            ItemType.BOOLEAN: lambda _: Value.boolean(self._random.random() < 0.6),
            ItemType.INTEGER: lambda i: Value.integer(int(self._number(i))),
            ItemType.DECIMAL: lambda i: Value.decimal(self._number(i)),
            ItemType.QUANTITY: self._measured,
            ItemType.DATE: lambda _: Value(
                "Date", f"20{self._random.randint(10, 25)}-05"
            ),
            ItemType.DATE_TIME: lambda _: Value("DateTime", "2026-08-21T09:30:00Z"),
            ItemType.TIME: lambda _: Value("Time", "13:30:00"),
            ItemType.URL: lambda _: Value("Uri", "https://example.org/a"),
            ItemType.ATTACHMENT: _attachment,
            ItemType.REFERENCE: lambda _: Value(
                "Reference", JsonObject({"reference": "Patient/1"})
            ),
        }
        return makers.get(item.type, self._text)(item)

    def _number(self, item: QuestionnaireItem) -> Decimal:
        low, high = item.limits.minimum, item.limits.maximum
        least = low.number if low and low.number is not None else Decimal(1)
        most = high.number if high and high.number is not None else least + 9
        part = Decimal(self._random.randint(0, 10)) / 10
        places = item.limits.max_decimal_places
        number = least + (most - least) * part
        return round(number, 1 if places is None else places)

    def _measured(self, item: QuestionnaireItem) -> Value:
        units = item.unit_options
        unit = self._random.choice(units) if units else None
        return measured(item, str(self._number(item)), unit)

    def _text(self, item: QuestionnaireItem) -> Value:
        length = item.limits.max_length or 20
        return Value.string("قلق test 12345678901"[:length])


def _attachment(item: QuestionnaireItem) -> Value:
    kind = item.limits.mime_types[0] if item.limits.mime_types else "image/png"
    return Value("Attachment", JsonObject({"contentType": kind, "data": "aGVq"}))
