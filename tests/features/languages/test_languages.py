"""Languages: switched at once, by their own names, each with its review state."""

from app.features.languages.effects import loop
from app.features.languages.state import LanguagePressed
from app.features.languages.view import view
from app.ui.look import first_look
from app.ui.source import Source


def test_a_language_is_switched_without_a_restart() -> None:
    look = Source(first_look("en", 800))
    screen = loop(look)
    screen.dispatch(LanguagePressed("ar"))
    assert screen.model.tag == "ar"
    assert look.value.t.tag == "ar"
    assert look.value.is_rtl
    title = view(screen.model, screen.dispatch, look.value).title
    assert title != view(screen.model, screen.dispatch, first_look("en", 800)).title
