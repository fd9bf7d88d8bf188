"""Reading the items of a questionnaire, one by one."""

from dataclasses import dataclass, replace

from app.core.questionnaire.elements import (
    Element,
    Reading,
    codings,
    concept_code,
    elements,
    extension_flag,
    extension_text,
    extension_value,
    extensions,
    flag,
    strict_elements,
    string,
)
from app.core.questionnaire.model import (
    ItemType,
    NoteCode,
    QuestionnaireItem,
    QuestionnaireRefusedError,
    RefusalReason,
)
from app.core.questionnaire.options import (
    CHOICES,
    SDC,
    STRUCTURE,
    ValueSets,
    note_missing_options,
    read_options,
)
from app.core.questionnaire.rules_reading import read_limits, read_logic
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Coding, NestingError, Value, value_of

LEFT_OUT = (
    (f"{SDC}sdc-questionnaire-launchContext", NoteCode.PREFILL_LEFT_OUT),
    (f"{SDC}sdc-questionnaire-sourceQueries", NoteCode.PREFILL_LEFT_OUT),
    (f"{SDC}sdc-questionnaire-subQuestionnaire", NoteCode.SUB_QUESTIONNAIRE_LEFT_OUT),
)


def note_left_out(reading: Reading, element: Element, link_id: str) -> None:
    """Note what stands in a form and is left out here."""
    for url, code in LEFT_OUT:
        if any(True for _ in extensions(element, url)):
            reading.note(link_id, code)
    for modifier in elements(element, "modifierExtension"):
        reading.note(link_id, NoteCode.UNKNOWN_MODIFIER, modifier.get("url"))


@dataclass
class ItemReader:
    """Reads items; `link_ids` holds those that are taken."""

    reading: Reading
    sets: ValueSets
    link_ids: set[str]

    def items(
        self, parent: Element, link_id: str | None
    ) -> tuple[QuestionnaireItem, ...]:
        """Read the items within an element; the caller has bounded their depth."""
        found = strict_elements(parent, "item", link_id)
        return tuple(self._item(item) for item in found)

    def _item(self, item: Element) -> QuestionnaireItem:
        link_id = self._link_id(item)
        try:
            return self._read(item, link_id)
        except NestingError:
            raise QuestionnaireRefusedError(RefusalReason.TOO_DEEP, link_id) from None

    def _read(self, item: Element, link_id: str) -> QuestionnaireItem:
        note_left_out(self.reading, item, link_id)
        known = QuestionnaireItem(
            link_id=link_id,
            type=self._type(item, link_id),
            text=self.reading.text(item, "text", link_id),
            prefix=string(item, "prefix"),
            codes=codings(item, "code"),
            required=flag(item, "required"),
            repeats=flag(item, "repeats"),
            read_only=flag(item, "readOnly"),
            hidden=extension_flag(item, f"{STRUCTURE}questionnaire-hidden"),
            item_control=_control(item),
            entry_format=self._entry_format(item, link_id),
            observation_extract=extension_flag(
                item, f"{SDC}sdc-questionnaire-observationExtract"
            ),
            limits=read_limits(self.reading, item, link_id),
            logic=read_logic(self.reading, item, link_id),
            items=self.items(item, link_id),
        )
        return self._with_choices(known, item) if known.is_question else known

    def _with_choices(
        self, known: QuestionnaireItem, item: Element
    ) -> QuestionnaireItem:
        options = read_options(self.reading, self.sets, item, known.link_id)
        is_text = known.type in CHOICES and not options
        if is_text and known.type is ItemType.CHOICE:
            note_missing_options(self.reading, item, known.link_id)
        units = codings_of(item, f"{STRUCTURE}questionnaire-unitOption")
        unit = next(iter(codings_of(item, f"{STRUCTURE}questionnaire-unit")), None)
        return replace(
            known,
            options=options,
            asked_as_text=is_text,
            initial=_initial(item),
            unit=unit or (units[0] if len(units) == 1 else None),
            unit_options=units,
        )

    def _link_id(self, item: Element) -> str:
        given = item.get("linkId")
        if given is not None and not isinstance(given, str):
            raise QuestionnaireRefusedError(RefusalReason.MALFORMED, None, "linkId")
        if given:
            return given
        number = 1
        while (made_up := f"item-{number}") in self.link_ids:
            number += 1
        self.link_ids.add(made_up)
        self.reading.note(made_up, NoteCode.LINK_ID_MADE_UP, string(item, "text") or "")
        return made_up

    def _type(self, item: Element, link_id: str) -> ItemType:
        name = string(item, "type") or ""
        if name in {"coding", "question"}:
            self.reading.note(link_id, NoteCode.OTHER_FHIR_VERSION, name)
            is_open = string(item, "answerConstraint") not in {None, "optionsOnly"}
            return ItemType.OPEN_CHOICE if is_open else ItemType.CHOICE
        try:
            return ItemType(name)
        except ValueError:
            raise QuestionnaireRefusedError(
                RefusalReason.UNKNOWN_ITEM_TYPE, link_id, name[:40]
            ) from None

    def _entry_format(self, item: Element, link_id: str) -> Text | None:
        text = extension_text(item, f"{STRUCTURE}entryFormat")
        return self.reading.text({"text": text}, "text", link_id) if text else None


def codings_of(item: Element, url: str) -> tuple[Coding, ...]:
    """Read the codings in the extensions of a url."""
    values = (value_of(extension) for extension in extensions(item, url))
    found = (value.as_coding for value in values if value is not None)
    return tuple(coding for coding in found if coding is not None)


def _control(item: Element) -> str | None:
    url = f"{STRUCTURE}questionnaire-itemControl"
    return concept_code(extension_value(item, url))


def _initial(item: Element) -> tuple[Value, ...]:
    given = [value_of(entry) for entry in elements(item, "initial")]
    selected = [
        value_of(option)
        for option in elements(item, "answerOption")
        if flag(option, "initialSelected")
    ]
    return tuple(value for value in given or selected if value is not None)
