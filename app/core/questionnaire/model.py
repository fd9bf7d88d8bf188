"""A questionnaire as this app understands it: frozen, checked, in document order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.questionnaire.index import Index
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Coding, Value

_LINK_ID = re.compile(r"linkId\s*=\s*'([^'\\]*)'")


class ItemType(StrEnum):
    """The item types of FHIR R4."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    QUANTITY = "quantity"


class NoteCode(StrEnum):
    """What was left out or changed so that a form can be used."""

    LINK_ID_MADE_UP = "link-id-made-up"
    OPTIONS_ELSEWHERE = "options-elsewhere"
    NO_OPTIONS = "no-options"
    OPTION_LEFT_OUT = "option-left-out"
    PREFILL_LEFT_OUT = "prefill-left-out"
    CALCULATION_LEFT_OUT = "calculation-left-out"
    CONSTRAINT_LEFT_OUT = "constraint-left-out"
    RULE_NOT_EVALUABLE = "rule-not-evaluable"
    RULE_UNKNOWN_QUESTION = "rule-unknown-question"
    RULE_UNSTABLE = "rule-unstable"
    EXPRESSION_FAILED = "expression-failed"
    SUB_QUESTIONNAIRE_LEFT_OUT = "sub-questionnaire-left-out"
    UNKNOWN_MODIFIER = "unknown-modifier"
    OTHER_FHIR_VERSION = "other-fhir-version"
    LIMIT_LEFT_OUT = "limit-left-out"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing a person who uses or writes the form should know."""

    link_id: str
    code: NoteCode
    details: str = ""


class RefusalReason(StrEnum):
    """Why a questionnaire can't be used at all."""

    NOT_JSON = "not-json"
    NOT_A_QUESTIONNAIRE = "not-a-questionnaire"
    MALFORMED = "malformed"
    NO_ITEMS = "no-items"
    UNKNOWN_ITEM_TYPE = "unknown-item-type"
    DUPLICATE_LINK_ID = "duplicate-link-id"
    ENABLE_WHEN_LOOP = "enable-when-loop"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"


class QuestionnaireRefusedError(Exception):
    """A questionnaire can't be used; `link_id` names the item, where it is one."""

    def __init__(
        self, reason: RefusalReason, link_id: str | None = None, details: str = ""
    ) -> None:
        super().__init__(reason, link_id, details)
        self.reason = reason
        self.link_id = link_id
        self.details = details


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One answer to choose; `weight` is its ordinalValue or itemWeight."""

    value: Value
    text: Text
    prefix: str | None = None
    weight: str | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class EnableWhen:
    """A condition on another question's answer; `answer` is None with `exists`."""

    question: str
    operator: str
    answer: Value | None = None
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Expression:
    """A FHIRPath expression; `name` where it is a variable."""

    text: str
    name: str = ""


def named_link_ids(expression: str) -> tuple[str, ...]:
    """Return the link ids that an expression looks up by `linkId = '...'`."""
    return tuple(_LINK_ID.findall(expression))


@dataclass(frozen=True, slots=True)
class Constraint:
    """A FHIRPath condition that an answer must meet, and the sentence that says so."""

    expression: Expression
    message: Text
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer must keep to."""

    minimum: Value | None = None
    maximum: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    regex: str | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_decimal_places: int | None = None
    mime_types: tuple[str, ...] = ()
    max_size: str | None = None


@dataclass(frozen=True, slots=True)
class Logic:
    """The rules of an item."""

    enable_when: tuple[EnableWhen, ...] = ()
    enable_any: bool = False
    enable_expression: Expression | None = None
    calculated: Expression | None = None
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()

    @property
    def mentions(self) -> tuple[str, ...]:
        """The link ids that the expressions name."""
        found = (self.enable_expression, self.calculated, *self.variables)
        return tuple(
            link_id for each in found if each for link_id in named_link_ids(each.text)
        )


@dataclass(frozen=True, slots=True)
class QuestionnaireItem:
    """One group, display or question."""

    link_id: str
    type: ItemType
    text: Text | None = None
    prefix: str | None = None
    codes: tuple[Coding, ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    options: tuple[AnswerOption, ...] = ()
    asked_as_text: bool = False
    initial: tuple[Value, ...] = ()
    unit: Coding | None = None
    unit_options: tuple[Coding, ...] = ()
    item_control: str | None = None
    entry_format: Text | None = None
    observation_extract: bool = False
    limits: Limits = Limits()
    logic: Logic = Logic()
    items: tuple["QuestionnaireItem", ...] = ()

    @property
    def is_question(self) -> bool:
        """Say if the item can carry an answer."""
        return self.type not in {ItemType.GROUP, ItemType.DISPLAY}

    @property
    def is_repeating_group(self) -> bool:
        """Say if the item is a group that stands several times."""
        return self.repeats and self.type is ItemType.GROUP

    @property
    def accepts_text(self) -> bool:
        """Say if a plain string is an answer to this choice."""
        return self.asked_as_text or self.type is ItemType.OPEN_CHOICE


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A form; `canonical` names it (its url, or else its first identifier)."""

    canonical: str
    items: tuple[QuestionnaireItem, ...]
    version: str | None = None
    title: Text | None = None
    language: str = "en"
    copyright: str | None = None
    codes: tuple[Coding, ...] = ()
    variables: tuple[Expression, ...] = ()
    resource: Mapping[str, object] = field(
        default_factory=dict, compare=False, repr=False
    )
    index: Index[QuestionnaireItem] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", Index.of(self.items))

    def item(self, link_id: str) -> QuestionnaireItem | None:
        """Return the item of a link id."""
        return self.index.by_link_id.get(link_id)

    def walk(self) -> Iterator[QuestionnaireItem]:
        """Return every item in document order."""
        return iter(self.index.by_link_id.values())


@dataclass(frozen=True, slots=True)
class LoadedQuestionnaire:
    """A usable questionnaire and what its users should know about it."""

    questionnaire: Questionnaire
    notes: tuple[Note, ...] = ()
