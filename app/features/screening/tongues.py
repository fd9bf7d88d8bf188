"""A form's words twice: in the staff's language, and in the person's if there are."""

from dataclasses import dataclass

from app.clinic.library import Form
from app.core.questionnaire import Text
from app.i18n import Translator
from app.i18n.bidi import direction_of
from app.i18n.languages import Direction
from app.ui.form_words import is_in, translate_of
from app.ui.look import Look
from app.ui.widgets import Said


@dataclass(frozen=True, slots=True)
class Tongues:
    """A form, and the language of the person to whom it is shown."""

    form: Form
    person: str

    def translator(self, look: Look) -> Translator | None:
        """The person's words of the app, where there are any and they differ."""
        best = look.t.languages.best(self.person) if self.person else None
        if best is None or is_in(best.tag, look.t.tag):
            return None
        return look.in_language(best.tag)

    def tag(self, look: Look) -> str:
        """The catalogue of those words, or nothing."""
        person = self.translator(look)
        return person.tag if person else ""

    def both(self, text: Text, look: Look) -> tuple[Said, Said | None]:
        """A text for the staff, and for the person where that is another text."""
        words, language = text.text_in(look.t.tag, translate_of(self.form, look.t))
        staff = Said(words, _is_rtl(words, language, look))
        person = self.translator(look)
        if person is None:
            return staff, None
        translate = translate_of(self.form, person)
        said, tongue = text.text_in(person.tag, translate)
        if not is_in(tongue, person.tag) or is_in(tongue, language):
            return staff, None
        return staff, Said(said, _is_rtl(said, tongue, look))

    def staff(self, text: Text, look: Look, prefix: str = "") -> str:
        """A text for the staff alone, that runs its own way within any line."""
        said = self.both(text, look)[0]
        words = f"{prefix} {said.text}" if prefix else said.text
        if said.is_rtl == look.is_rtl:
            return words
        return look.t.isolate(words) if said.is_rtl else look.t.isolate_ltr(words)

    def rules(self, text: Text, look: Look) -> tuple[Said, Said | None]:
        """A text of the rules, for both: our own words, translated for every form."""
        staff = _of_rules(text, look.t, look)
        person = self.translator(look)
        said = _of_rules(text, person, look) if person else None
        return staff, said if said is None or said.text != staff.text else None

    def app(self, msgid: str, look: Look) -> tuple[str, Said | None]:
        """A sentence of the app, for both."""
        person = self.translator(look)
        said = Said.by(person, msgid) if person else None
        return look.t.gettext(msgid), said


def _is_rtl(words: str, language: str, look: Look) -> bool:
    known = look.t.languages.best(language)
    if known is not None:
        return known.direction is Direction.RTL
    return direction_of(words) is Direction.RTL


def _of_rules(text: Text, t: Translator, look: Look) -> Said:
    words, language = text.text_in(t.tag, t.translate)
    return Said(words, _is_rtl(words, language, look))
