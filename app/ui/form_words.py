"""A form in words: its questions, options and answers in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.clinic.library import Form
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.questionnaire import (
    ASKED_DECLINED,
    ASKED_UNKNOWN,
    Answer,
    ItemPath,
    PathError,
    Questionnaire,
    QuestionnaireItem,
    Translate,
    Value,
)
from app.core.questionnaire.texts import Text
from app.i18n import Translator, formats


def translate_of(form: Form, t: Translator) -> Translate | None:
    """Return how a form's texts are translated: not at all where they are fixed."""
    return None if form.verbatim else t.translate


def is_in(language: str, wanted: str) -> bool:
    """Tell whether a text in one language can be read to who speaks another tag."""
    return language.partition("-")[0] == wanted.partition("-")[0]


def has_words(form: Form, t: Translator) -> bool:
    """Tell whether every text of a form stands in a language."""
    translate = translate_of(form, t)
    return all(
        is_in(text.text_in(t.tag, translate)[1], t.tag)
        for text in _texts(form.questionnaire)
    )


def _texts(questionnaire: Questionnaire) -> Iterator[Text]:
    for item in questionnaire.walk():
        found = (item.text, *(option.text for option in item.options))
        yield from (text for text in found if text is not None and text.source.strip())


@dataclass(frozen=True, slots=True, eq=False)
class FormWords:
    """The words of a form; of one that is not on this tablet, only its address."""

    t: Translator
    form: Form | None
    canonical: str

    @property
    def title(self) -> str:
        """What the form is called."""
        t, form = self.t, self.form
        if form is not None and form.verbatim and form.protocol is not None:
            # Its own title is fixed, too; what its rules call it can be translated.
            title = form.protocol.text(form.protocol.title, "")
            return self._in_words(title, t.translate)
        if form is None or form.questionnaire.title is None:
            return t.isolate_ltr(self.canonical) or t.gettext("Screening")
        return self.text(form.questionnaire.title)

    def text(self, text: Text) -> str:
        """A text of the form; marked where it is not in the screen's language."""
        translate = None if self.form is None else translate_of(self.form, self.t)
        return self._in_words(text, translate)

    def of_staff(self, text: Text) -> str:
        """A text of the rules, for staff alone: translated whatever the form is."""
        return self._in_words(text, self.t.translate)

    def _in_words(self, text: Text, translate: Translate | None) -> str:
        t = self.t
        words, language = text.text_in(t.tag, translate)
        return words if language == t.tag else t.isolate_ltr(words)

    def place(self, key: str) -> int:
        """Return where in the form a question stands; unknown ones come last."""
        items = self.form.questionnaire.walk() if self.form else ()
        order = [item.link_id for item in items]
        link_id = key.rpartition(":")[2]
        return order.index(link_id) if link_id in order else len(order)

    def answer(self, key: str, value: Json) -> tuple[str, str]:
        """Return a question and what was answered, in words."""
        try:
            path, answer = ItemPath.decode(key), Answer.from_json(value)
        except (PathError, ValueError):
            return self.t.isolate(key), self.t.gettext("Can’t be read here")
        item = self.form.questionnaire.item(path.link_id) if self.form else None
        question = self.text(item.text) if item and item.text else path.link_id
        return question, self.said(item, answer)

    def said(self, item: QuestionnaireItem | None, answer: Answer) -> str:
        """Return an answer in words; a question that was cleared says so."""
        t = self.t
        absent = {
            ASKED_UNKNOWN: t.gettext("Doesn’t know"),
            ASKED_DECLINED: t.gettext("Prefers not to say"),
        }
        if answer.absent is not None:
            return absent.get(answer.absent, t.isolate(answer.absent))
        if not answer.values:
            return t.gettext("No answer")
        return formats.joined(t, (self.value(item, each) for each in answer.values))

    def value(self, item: QuestionnaireItem | None, value: Value) -> str:
        """Return one value in words: an option's text, a number with its unit."""
        t = self.t
        for option in item.options if item else ():
            if option.value.matches(value):
                return self.text(option.text)
        if isinstance(value.data, bool):
            return t.gettext("Yes") if value.data else t.gettext("No")
        quantity = value.as_quantity
        if quantity is not None:
            return formats.quantity(t, str(quantity.value), quantity.unit or "")
        coding = value.as_coding
        if coding is not None:
            return t.isolate(coding.display or coding.code or "")
        if value.number is not None:
            unit = item.unit if item else None
            sign = (unit.display or unit.code or "") if unit else ""
            return formats.quantity(t, str(value.number), sign)
        return t.isolate(str(value.data))

    def result(self, result: Mapping[str, Json]) -> str:
        """Return a score in words: its total, and what its band means."""
        t = self.t
        total, code = result.get("total"), result.get("band")
        said = [] if total is None else [formats.number(t, str(total))]
        rule = self.form.protocol.score if self.form and self.form.protocol else None
        for band in rule.bands if rule else ():
            if band.code == code and self.form and self.form.protocol:
                meaning = self.form.protocol.text(band.meaning, band.code)
                said.append(self.of_staff(meaning))
        missing = as_mapping(result).get("missing")
        if total is None and missing:
            said.append(t.gettext("No total: answers are missing"))
        return " · ".join(said)

    def flag(self, code: str) -> str:
        """Return a red flag's text and what to do; an unknown one still alarms."""
        protocol = self.form.protocol if self.form else None
        for rule in protocol.red_flags if protocol else ():
            if protocol is not None and rule.code == code:
                text = self.of_staff(protocol.text(rule.text, rule.code))
                action = self.of_staff(protocol.text(rule.action, rule.code))
                return f"{text} {action}"
        unknown = self.t.gettext("A danger sign that this app does not know: {code}")
        return self.t.fill(unknown, code=code)
