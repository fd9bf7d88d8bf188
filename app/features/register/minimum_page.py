"""The first page: card, sex, age, language; who is with a child; what else there is."""

from collections.abc import Callable

import flet as ft

from app.core.birth import BirthSource
from app.core.ids import format_card_code
from app.core.values import Sex
from app.features.register.birth_entry import BANDS, Mode, band_code
from app.features.register.checking import Context, Need
from app.features.register.events import (
    Entered,
    Event,
    HasCardPressed,
    NoCardPressed,
    Page,
    PageOpened,
    Pressed,
)
from app.features.register.form import LANGUAGE_UNKNOWN, Field
from app.features.register.lists import likely_languages
from app.features.register.model import Model
from app.features.register.tiles import grid
from app.i18n import formats
from app.i18n.terms import birth_source_name, sex_name
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.screen import part
from app.ui.theme import Type
from app.ui.widgets.dates import DateParts, Dating

Dispatch = Callable[[Event], None]


def pressed(field: Field, dispatch: Dispatch) -> Callable[[str], None]:
    """Tell that a tile of a field was tapped."""
    return lambda value: dispatch(Pressed(field, value))


def entered(field: Field, dispatch: Dispatch) -> Callable[[str], None]:
    """Tell that a field holds another text."""
    return lambda text: dispatch(Entered(field, text))


def card_part(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """The card's code, typed or minted."""
    t = look.t
    _ = t.gettext
    if model.form.minted:
        code = formats.code(t, format_card_code(model.form.minted))
        return [
            w.card(
                "register.minted",
                [
                    w.words(_("Write this code on a wristband"), Type.LEAD),
                    w.words(code, Type.DISPLAY, bold=True),
                    w.quiet_button(
                        "register.has_card",
                        _("There is a card after all"),
                        lambda: dispatch(HasCardPressed()),
                    ),
                ],
            )
        ]
    options = w.FieldOptions(
        error=_card_error(model, look),
        hint=_("As printed on the card or wristband. Hyphens can be left out."),
        is_ltr=True,
        autofocus=not model.form.card and not model.restored,
    )
    return [
        w.text_field(
            "register.card",
            _("Card code"),
            model.form.card,
            entered(Field.CARD, dispatch),
            options,
        ),
        w.quiet_button(
            "register.no_card", _("No card"), lambda: dispatch(NoCardPressed())
        ),
    ]


def _card_error(model: Model, look: Look) -> str:
    _ = look.t.gettext
    form = model.form
    if form.looks_complete and form.code is None:
        return _("This card code is mistyped. Compare each character with the card.")
    if not model.asked:
        return ""
    if Need.CARD_WRONG in model.needs:
        return _("This card code is not complete. Compare it with the card.")
    if Need.CARD in model.needs:
        return _("Type the code on the card, or tap “No card”.")
    return ""


def sex_part(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Sex, or unknown."""
    _ = look.t.gettext
    tiles = _sexes("register.sex.part", model.form.sex, dispatch, look)
    said = _missing(model, Need.SEX, _("Choose one, also if it is not known."))
    return [w.section_title(_("Sex")), tiles, *said]


def _draw_sexes(chosen: str, dispatch: Dispatch, look: Look) -> ft.Control:
    icons = {
        Sex.FEMALE: ft.Icons.WOMAN,
        Sex.MALE: ft.Icons.MAN,
        Sex.OTHER: ft.Icons.PERSON,
        Sex.UNKNOWN: ft.Icons.QUESTION_MARK,
    }
    choices = [
        w.Choice(sex.value, sex_name(look.t, sex), icon=icon)
        for sex, icon in icons.items()
    ]
    return grid("register.sex", choices, chosen, look, pressed(Field.SEX, dispatch))


def age_part(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Age, birth date or age group, and who said it."""
    t = look.t
    _ = t.gettext
    entry = model.form.birth_entry
    modes = [
        w.Choice(Mode.AGE, _("Age")),
        w.Choice(Mode.DATE, _("Birth date")),
        w.Choice(Mode.BAND, _("Age group")),
    ]
    parts: list[ft.Control] = [w.section_title(_("Age")), *_recorded(context, look)]
    parts += [
        w.filter_chips(
            "register.mode", modes, {entry.mode}, pressed(Field.MODE, dispatch)
        ),
        _age_entry(model, dispatch, look),
    ]
    birth = model.form.birth(context.today)
    if birth is not None and entry.mode is not Mode.AGE:
        parts.append(w.subtitle(formats.age(t, birth, context.today)))
    said = _missing(
        model, Need.BIRTH, _("Give an age, a birth date, or the age group you see.")
    )
    sources = _sources("register.source.part", entry.said_by, dispatch, look)
    return [*parts, *said, w.words(_("Who said it?")), sources]


def _draw_sources(said_by: BirthSource, dispatch: Dispatch, look: Look) -> ft.Control:
    sources = (
        BirthSource.SAID,
        BirthSource.DOCUMENT,
        BirthSource.RELATIVE,
        BirthSource.ESTIMATED,
    )
    choices = [w.Choice(each, birth_source_name(look.t, each)) for each in sources]
    tell = pressed(Field.SOURCE, dispatch)
    return w.filter_chips("register.source", choices, {said_by}, tell)


def _recorded(context: Context, look: Look) -> list[ft.Control]:
    person, t = context.returning, look.t
    if person is None or person.birth is None:
        return []
    age = formats.age(t, person.birth, context.today)
    template = t.gettext("Recorded: {age}. Fill in only what is new.")
    return [w.subtitle(t.fill(template, age=age))]


def _age_entry(model: Model, dispatch: Dispatch, look: Look) -> ft.Control:
    _ = look.t.gettext
    form = model.form
    is_wrong = Need.BIRTH_WRONG in model.needs
    match form.birth_entry.mode:
        case Mode.AGE:
            error = _("This age cannot be right.") if is_wrong else ""
            tell = entered(Field.YEARS, dispatch)
            return w.age_entry("register.age", look, form.years, tell, error)
        case Mode.DATE:
            return w.date_entry(
                "register.birth",
                _("Day and month may stay empty"),
                DateParts(form.day, form.month, form.year),
                look,
                Dating(_dated(dispatch), _date_error(model, look)),
            )
        case Mode.BAND:
            return grid(
                "register.band",
                [_band(band, look) for band in BANDS],
                form.band,
                look,
                pressed(Field.BAND, dispatch),
            )


def _dated(dispatch: Dispatch) -> Callable[[str, str], None]:
    fields = {"day": Field.DAY, "month": Field.MONTH, "year": Field.YEAR}
    return lambda part, text: dispatch(Entered(fields[part], text))


def _date_error(model: Model, look: Look) -> str:
    if Need.BIRTH_WRONG not in model.needs or not model.asked:
        return ""
    return look.t.gettext("There is no such birth date. A year alone is enough.")


def _band(band: tuple[int, int], look: Look) -> w.Choice:
    t = look.t
    low, high = band
    if low == 0:
        words = t.fill(t.gettext("Under {age}"), age=high + 1)
    elif band == BANDS[-1]:
        words = t.fill(t.gettext("{age} or older"), age=low)
    else:
        words = t.fill(t.gettext("{low} to {high}"), low=low, high=high)
    return w.Choice(band_code(band), words)


def language_part(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """The language to speak: the likely ones in their own script, others by search."""
    _ = look.t.gettext
    said = _missing(
        model, Need.LANGUAGE, _("Choose a language, or “Language not known yet”.")
    )
    return [
        w.section_title(_("Language")),
        _languages("register.language.part", model.form.language, dispatch, look),
        *said,
        w.quiet_button(
            "register.other_language",
            _("Another language"),
            lambda: dispatch(PageOpened(Page.LANGUAGE)),
            ft.Icons.SEARCH,
        ),
    ]


def _draw_languages(chosen: str, dispatch: Dispatch, look: Look) -> ft.Control:
    unknown = look.t.gettext("Language not known yet")
    choices = likely_languages(look.t, chosen)
    choices.append(w.Choice(LANGUAGE_UNKNOWN, unknown))
    tell = pressed(Field.LANGUAGE, dispatch)
    return grid("register.language", choices, chosen, look, tell)


def _missing(model: Model, need: Need, sentence: str) -> list[ft.Control]:
    if not model.asked or need not in model.needs:
        return []
    return [w.error_line(sentence)]


# Drawn anew only when their own answer changes: typing an age redraws no language.
_sexes = part(_draw_sexes)
_sources = part(_draw_sources)
_languages = part(_draw_languages)
