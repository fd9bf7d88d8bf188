"""Languages: catalogues, formats, fonts. What a screen needs to know, in full.

A view receives a Translator `t` (one a session, or one for the practitioner and
one for the person) and binds the names that extraction looks for:

    _ = t.gettext
    ft.Text(_("Save"))
    ft.Text(t.fill(_("Saved by {name}"), name=author))
    ft.Text(t.fill(t.ngettext("{count} person waits", "{count} people wait", n),
                   count=n))
    ft.Text(t.pgettext("verb", "Open"))          # same English, another meaning

- A msgid is a literal English sentence; placeholders are named, in braces, and
  filled by `t.fill`, which isolates text and writes numbers for the language.
- Pure code that only names a sentence (tables in state.py) marks it with
  `N_("...")`; the view looks it up by `t.gettext(msgid)`.
- Sentences for problem codes and sync outcomes: `app.i18n.messages`.
- Dates, numbers, waiting times, countries, languages, phones: `app.i18n.formats`
  and `app.i18n.names`, each function with `t` first.
- A missing translation shows the English words marked "[en]", never a blank;
  `t.lookup` tells which language was used, `t.missing` what was missed.
- Another language is another Translator: `Translator("ar")`. Nothing is global.
"""

from app.i18n.languages import Language, Languages, Review
from app.i18n.translator import N_, Lookup, Translator

__all__ = ["N_", "Language", "Languages", "Lookup", "Review", "Translator"]
