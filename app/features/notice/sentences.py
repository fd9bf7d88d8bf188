"""What the person is told, in words of our own, in the staff's language and theirs."""

from dataclasses import dataclass

from app.clinic.consents import Purpose
from app.core.wire import NoticeText
from app.features.notice.form import Asked
from app.features.notice.model import Context, Model
from app.i18n import N_, Translator
from app.i18n.languages import chain
from app.ui.look import Look
from app.ui.widgets import Said

CARE = N_(
    "You are cared for whatever you answer. "
    "You may say no, and you may change your mind at any time."
)
QUESTIONS = {
    Purpose.PHONE_CONTACT: N_("May we call you by phone about your care?"),
    Purpose.SHARING: N_("May we pass on to {service} what they need to help you?"),
    Purpose.RESEARCH: N_("May research use your data, without your name?"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The two languages of one notice; `person` is None where there is but one."""

    staff: Translator
    person: Translator | None
    own_text: NoticeText | None
    """The deployer's text in the person's language."""
    staff_text: NoticeText | None
    """The deployer's text in the staff's."""
    wanted: str
    """The tag of the person's language, or nothing."""

    @property
    def person_language(self) -> str:
        """The catalogue that the person reads beside the staff's, or nothing."""
        return self.person.tag if self.person else ""

    @property
    def shown_in(self) -> str:
        """The language of the words that the person can read on the screen."""
        if self.own_text is not None:
            return self.own_text.language
        return self.person.tag if self.person else self.staff.tag

    @property
    def is_interpreted(self) -> bool:
        """Whether some of it is in no language of theirs: it is said aloud."""
        if not self.wanted:
            return True
        near = chain(self.wanted)
        is_staffs = self.staff.tag in near
        return self.person is None and not is_staffs


def words_of(model: Model, context: Context, look: Look) -> Words:
    """Return in which words the notice can be given to the person."""
    wanted = model.form.language
    found = look.t.languages.best(wanted) if wanted else None
    is_other = found is not None and found.tag != look.t.tag
    texts = context.notice.texts
    return Words(
        staff=look.t,
        person=look.in_language(found.tag) if found and is_other else None,
        own_text=_text(texts, wanted),
        staff_text=_text(texts, look.t.tag),
        wanted=wanted,
    )


def sentences(t: Translator, context: Context) -> tuple[Said, ...]:
    """What the law asks to be said, in its order."""
    _ = t.gettext
    templates = (
        _("{controller} is responsible for your data. Contact: {contact}."),
        _(
            "We write down what you tell us and what we find, "
            "so that you are cared for, here and at the next place."
        ),
        _(
            "Those who care for you in {deployment} can read it. "
            "They must keep it to themselves."
        ),
        _(
            "The authorities do not get your answers. The law says that they are told "
            "that you were seen, and whether you need care or protection."
        ),
        t.ngettext(
            "The record is kept for {count} day, then it is erased.",
            "The record is kept for {count} days, then it is erased.",
            context.deployment.retention_days,
        ),
        _(
            "You may see your record, have it corrected or erased, and get a copy. "
            "You may complain to the data protection authority. Ask us: {contact}."
        ),
        t.gettext(CARE),
    )
    return tuple(_said(t, template, context) for template in templates)


def care(t: Translator, context: Context) -> Said:
    """That care rests on no answer: said again above the questions."""
    return _said(t, t.gettext(CARE), context)


def asked_for(t: Translator, asked: Asked) -> Said:
    """The question about one optional purpose."""
    template = t.gettext(QUESTIONS[asked.purpose])
    return Said(t.fill(template, service=asked.service), t.is_rtl)


def _said(t: Translator, template: str, context: Context) -> Said:
    deployment = context.deployment
    text = t.fill(
        template,
        controller=deployment.controller,
        contact=deployment.contact,
        deployment=deployment.name,
        count=deployment.retention_days,
    )
    return Said(text, t.is_rtl)


def _text(texts: tuple[NoticeText, ...], tag: str) -> NoticeText | None:
    by_tag = {text.language: text for text in texts}
    near = chain(tag) if tag else ()
    return next((by_tag[each] for each in near if each in by_tag), None)
