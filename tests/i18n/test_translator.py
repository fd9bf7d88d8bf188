"""Words: found, marked where they are missing, never blank."""

import os
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from app.i18n import Lookup, Review, Translator, catalogue
from app.i18n.extract import rendered
from app.i18n.languages import Direction, Languages

UNKNOWN = "This sentence is in no catalogue."


def write(locales: Path, tag: str, words: dict[str, str]) -> Path:
    folder = locales / tag / "LC_MESSAGES"
    catalog = Catalog(locale=tag)
    for msgid, text in words.items():
        catalog.add(msgid, text)
    (folder / "messages.po").write_bytes(rendered(catalog))
    return folder


def test_a_sentence_is_found_in_the_language_of_its_translator(locales: Path) -> None:
    write(locales, "fr", {"Save": "Enregistrer"})
    assert Translator("fr", locales=locales).gettext("Save") == "Enregistrer"
    assert Translator("en", locales=locales).gettext("Save") == "Save"


def test_a_missing_translation_is_visibly_english_and_remembered() -> None:
    t = Translator("fr")
    assert t.gettext(UNKNOWN) == f"[en] {UNKNOWN}"
    assert t.lookup(UNKNOWN) == Lookup(UNKNOWN, "en")
    assert t.missing == {UNKNOWN}
    assert t.translate("form#1", UNKNOWN) is None


def test_a_question_that_no_catalogue_has_is_not_taken_for_english() -> None:
    assert Translator("en").translate("form#1", "Toussez-vous ?") is None


def test_english_is_never_marked() -> None:
    t = Translator("en")
    assert t.gettext(UNKNOWN) == UNKNOWN
    assert t.missing == frozenset()


def test_an_empty_translation_counts_as_missing(locales: Path) -> None:
    write(locales, "fr", {"Save": ""})
    assert Translator("fr", locales=locales).gettext("Save") == "[en] Save"


def test_no_words_stay_no_words() -> None:
    assert Translator("ar").gettext("") == ""


def test_the_header_of_a_catalogue_is_never_shown() -> None:
    assert "Project-Id" not in Translator("ar").gettext("")


def test_a_missing_plural_is_marked_english_in_the_right_form() -> None:
    t = Translator("ti")
    assert t.ngettext("{count} zebra", "{count} zebras", 1) == "[en] {count} zebra"
    assert t.ngettext("{count} zebra", "{count} zebras", 2) == "[en] {count} zebras"


def test_a_context_tells_two_meanings_apart(locales: Path) -> None:
    folder = write(locales, "fr", {})
    catalog = catalogue.parse(folder / "messages.po")
    catalog.add("Open", "Ouvrir", context="verb")
    catalog.add("Open", "Ouvert", context="state")
    (folder / "messages.po").write_bytes(rendered(catalog))
    t = Translator("fr", locales=locales)
    assert t.pgettext("verb", "Open") == "Ouvrir"
    assert t.pgettext("state", "Open") == "Ouvert"
    assert t.translate("state", "Open") == "Ouvert"


def test_a_regional_tag_uses_its_language() -> None:
    assert Translator("ti-ER").tag == "ti"
    assert Translator("ar_SY").direction is Direction.RTL


def test_an_unknown_language_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match="xx"):
        Translator("xx")


def test_two_translators_share_nothing_that_changes() -> None:
    first, second = Translator("ar"), Translator("ar")
    first.gettext(UNKNOWN)
    assert second.missing == frozenset()


def test_a_fresh_compiled_catalogue_is_used_and_a_stale_one_is_not(
    locales: Path,
) -> None:
    folder = write(locales, "fr", {"Save": "Compilé"})
    po, mo = folder / "messages.po", folder / "messages.mo"
    mo.write_bytes(catalogue.compiled(catalogue.parse(po)))
    write(locales, "fr", {"Save": "Source"})
    os.utime(po, ns=(1_000, 1_000))
    os.utime(mo, ns=(2_000, 2_000))
    assert Translator("fr", locales=locales).gettext("Save") == "Compilé"
    os.utime(po, ns=(3_000, 3_000))
    assert Translator("fr", locales=locales).gettext("Save") == "Source"


def test_a_compiled_catalogue_is_enough(locales: Path) -> None:
    folder = write(locales, "fr", {"Save": "Enregistrer"})
    po = folder / "messages.po"
    (folder / "messages.mo").write_bytes(catalogue.compiled(catalogue.parse(po)))
    po.unlink()
    assert Translator("fr", locales=locales).gettext("Save") == "Enregistrer"


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (103, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (102, "other"),
    ],
)
def test_arabic_has_six_forms(locales: Path, count: int, form: str) -> None:
    folder = locales / "ar" / "LC_MESSAGES"
    catalog = Catalog(locale="ar")
    # The order of Babel's plural rule for Arabic.
    forms = ("zero", "one", "two", "few", "other", "many")
    catalog.add(("{count} record", "{count} records"), forms)
    (folder / "messages.po").write_bytes(rendered(catalog))
    t = Translator("ar", locales=locales)
    assert t.ngettext("{count} record", "{count} records", count) == form


def test_values_are_isolated_in_a_right_to_left_line() -> None:
    assert Translator("ar").fill("{name}", name="Amina") == "\u2068Amina\u2069"
    assert Translator("en").fill("{name}", name="Amina") == "Amina"
    assert Translator("en").fill("{name}", name="أمينة") == "\u2068أمينة\u2069"


def test_counts_are_written_for_the_language() -> None:
    assert Translator("fr").fill("{count}", count=1234) == "1\u202f234"
    assert Translator("en").fill("{count}", count=1234) == "1,234"


def test_a_value_with_braces_is_only_text() -> None:
    assert Translator("en").fill("{name}", name="{x}") == "{x}"


def test_languages_are_those_that_the_folder_declares() -> None:
    languages = Languages()
    assert {"en", "fr", "ar", "ti"} <= set(languages)
    assert Translator("ar").review_state is Review.MACHINE_DRAFTED
    assert {lang.tag for lang in languages.for_staff()} >= {"en", "ar"}
    assert {lang.tag for lang in languages.for_person()} >= {"ar", "ti"}
    assert languages["en"].review is Review.SOURCE
    assert languages["ar"].review is Review.MACHINE_DRAFTED
    folders = {path.parent.parent.name for path in languages_folders(languages)}
    assert folders == {tag.replace("-", "_") for tag in languages}


def languages_folders(languages: Languages) -> list[Path]:
    return list(languages["en"].folder.parents[1].glob("*/LC_MESSAGES/messages.po"))


def test_a_new_language_is_an_entry_and_a_folder(locales: Path) -> None:
    toml = locales / "languages.toml"
    entry = toml.read_text("utf-8").partition("[languages.fr]")[2]
    entry = entry.partition("[languages.ar]")[0].replace("Français", "Soomaali")
    with toml.open("a", encoding="utf-8") as file:
        file.write(f"\n[languages.so]{entry}")
    (locales / "so" / "LC_MESSAGES").mkdir(parents=True)
    write(locales, "so", {"Save": "Kaydi"})
    t = Translator("so", locales=locales)
    assert t.gettext("Save") == "Kaydi"
    assert t.language.own_name == "Soomaali"


def test_the_nearest_catalogue_is_offered_for_a_spoken_language() -> None:
    languages = Languages()
    near = languages.best("ar-SD")
    assert near is not None
    assert near.tag == "ar"
    assert languages.best("so") is None


def test_words_of_the_screens_language_run_its_way_whatever_letter_is_first() -> None:
    t = Translator("ar")
    assert t.isolate("PHQ-9: علامات الاكتئاب") == "\u2067PHQ-9: علامات الاكتئاب\u2069"
    assert t.isolate("Amina Mansour") == "\u2068Amina Mansour\u2069"
    assert Translator("en").isolate("PHQ-9: signs") == "PHQ-9: signs"
