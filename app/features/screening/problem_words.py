"""What is wrong with an answer, in a sentence under its question."""

from collections.abc import Mapping

from app.clinic.library import Form
from app.core.questionnaire import Problem, ProblemCode
from app.i18n import N_, Translator
from app.ui.form_words import FormWords

_SENTENCES: Mapping[ProblemCode, str] = {
    ProblemCode.REQUIRED: N_("An answer is needed here."),
    ProblemCode.WRONG_TYPE: N_("This can’t be read. Check what was typed."),
    ProblemCode.NOT_AN_OPTION: N_("Choose one of the answers."),
    ProblemCode.TOO_SMALL: N_("This is too low. The least is {limit}."),
    ProblemCode.TOO_LARGE: N_("This is too high. The most is {limit}."),
    ProblemCode.TOO_SHORT: N_("This is too short. Letters: at least {limit}."),
    ProblemCode.TOO_LONG: N_("This is too long. Letters: at most {limit}."),
    ProblemCode.TOO_MANY_DECIMALS: N_("Digits after the point: at most {limit}."),
    ProblemCode.PATTERN: N_("This is not written as the form asks."),
    ProblemCode.TOO_FEW: N_("Choose or write at least {limit}."),
    ProblemCode.TOO_MANY: N_("Choose or write at most {limit}."),
    ProblemCode.EXCLUSIVE: N_("One of these answers can only stand alone."),
    ProblemCode.FILE_TYPE: N_("A file can’t be added here."),
    ProblemCode.UNIT: N_("Choose one of the units."),
    ProblemCode.CONSTRAINT: N_("This does not fit with the other answers."),
}


def sentence(t: Translator, form: Form, problem: Problem) -> str:
    """Return the form's own sentence, or else the app's."""
    if problem.message is not None:
        return FormWords(t, form, form.canonical).text(problem.message)
    template = t.gettext(_SENTENCES[problem.code])
    return t.fill(template, limit=t.isolate_ltr(problem.limit))
