"""The shipped catalogues are true to the source, and the check can fail."""

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from app.core.questionnaire import load_plan
from app.i18n import catalogue, check, extract, extraction
from app.i18n import compile as compiling
from app.i18n.languages import ROOT, Languages

Entry = tuple[Any, Any, str | None]

LINK = "https://example.org/q#cough"


@pytest.fixture(scope="session")
def source() -> Catalog:
    return extract.template()


@pytest.mark.parametrize("tag", list(Languages()))
def test_a_shipped_catalogue_has_no_fault(tag: str, source: Catalog) -> None:
    assert list(check.faults(Languages()[tag], source)) == []


def messages_of(*entries: Entry) -> Catalog:
    catalog = Catalog(locale="fr")
    for msgid, string, context in entries:
        catalog.add(msgid, string, context=context)
    return catalog


def faults(locales: Path, own: Catalog, source: Catalog) -> list[str]:
    language = Languages(locales)["fr"]
    language.po.write_bytes(extract.rendered(own))
    return list(check.faults(language, source))


PLURAL = ("{count} day", "{count} days")


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        (("Save", "Enregistrer", None), None),
        (("Save", "", None), "no words"),
        (("Gone", "Parti", None), "the source has no longer"),
        (("By {name}", "Par {nom}", None), "placeholders differ"),
        (("By {name}", "Par", None), "placeholders differ"),
        (("By {name}", "Par {name", None), "braces"),
        ((PLURAL, ("{count} jour", "{count} jours"), None), None),
        ((PLURAL, ("un jour", "{count} jours"), None), None),
        ((PLURAL, ("un jour", ""), None), "no words"),
        ((PLURAL, ("un jour", "{n} jours"), None), "placeholders differ"),
    ],
)
def test_a_fault_is_found(locales: Path, own: Entry, fault: str | None) -> None:
    msgid, _, context = own
    is_stale = fault is not None and "source" in fault
    empty = ("", "") if isinstance(msgid, tuple) else ""
    source = messages_of() if is_stale else messages_of((msgid, empty, context))
    found = faults(locales, messages_of(own), source)
    assert [fault in one for one in found if fault] == ([True] if fault else [])
    assert bool(found) == bool(fault)


def test_a_sentence_that_no_catalogue_has_is_found(locales: Path) -> None:
    found = faults(locales, messages_of(), messages_of(("New", "", "verb")))
    assert found == ['the catalogue lacks "New" (verb): run python -m app.i18n.extract']


def test_a_wrong_count_of_plural_forms_is_found(locales: Path) -> None:
    language = Languages(locales)["ar"]
    own = Catalog(locale="ar")
    own.add(PLURAL, ("{count}",) * 6)
    text = extract.rendered(own).decode().replace('msgstr[5] "{count}"\n', "")
    language.po.write_text(text, "utf-8")
    source = messages_of((PLURAL, ("", ""), None))
    assert any(
        "plural forms" in one or "no words" in one
        for one in check.faults(language, source)
    )


def test_a_fuzzy_translation_is_found(locales: Path) -> None:
    own = messages_of(("Save", "Enregistrer", None))
    own["Save"].flags.add("fuzzy")
    found = faults(locales, own, messages_of(("Save", "", None)))
    assert len(found) == 1
    assert "fuzzy" in found[0]


def test_a_catalogue_that_cannot_be_read_is_found(locales: Path) -> None:
    language = Languages(locales)["fr"]
    language.po.write_text('msgid "Save"\nmsgstr "Enregistrer\nrubbish', "utf-8")
    found = list(check.faults(language, messages_of(("Save", "", None))))
    assert len(found) == 1
    assert "cannot be read" in found[0]


def test_a_missing_catalogue_is_found(locales: Path) -> None:
    language = Languages(locales)["fr"]
    language.po.unlink()
    assert "no catalogue" in next(check.faults(language, messages_of()))


def test_updating_keeps_words_and_comments_and_drops_what_left(locales: Path) -> None:
    language = Languages(locales)["fr"]
    own = messages_of(("Save", "Enregistrer", None), ("Gone", "Parti", None))
    own["Save"].user_comments.append("on a button")
    language.po.write_bytes(extract.rendered(own))
    source = messages_of(("Save", "", None), ("Saved", "", None))
    fresh = extract.updated(language, source)
    assert fresh["Save"].string == "Enregistrer"
    assert fresh["Save"].user_comments == ["on a button"]
    # Never guessed from the likeness of two sentences.
    assert not fresh["Saved"].string
    assert "Gone" not in fresh
    assert "Parti" not in extract.rendered(fresh).decode()


def test_english_stands_for_itself_and_changes_no_other(locales: Path) -> None:
    source = messages_of(("Save", "", None))
    languages = Languages(locales)
    assert extract.updated(languages["en"], source)["Save"].string == "Save"
    assert source["Save"].string == ""


def test_the_source_is_extracted_with_plurals_and_contexts(source: Catalog) -> None:
    ids = {message.id for message in source}
    assert ("{count} change was sent.", "{count} changes were sent.") in ids
    assert source.get("{date}, {time}", context="date and time") is not None
    assert source.get("This PIN is not right.") is not None


def test_extracting_makes_the_catalogue_of_a_new_language(
    locales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(locales / "fr")
    assert extract.main(locales) == 0
    told = re.search(
        r"^fr: (\d+) messages, (\d+) empty$", capsys.readouterr().out, re.MULTILINE
    )
    assert told is not None
    assert told[1] == told[2] != "0"


def test_the_check_passes_or_fails_as_a_command(
    locales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extract.main(locales)
    for language in Languages(locales).values():
        own = catalogue.parse(language.po)
        for message in own:
            if isinstance(message.id, tuple):
                message.string = (message.id[1],) * own.num_plurals
            elif message.id:
                message.string = message.id
        language.po.write_bytes(extract.rendered(own))
    capsys.readouterr()
    assert check.main(locales) == 0
    assert capsys.readouterr().out == ""
    arabic = Languages(locales)["ar"]
    catalog = catalogue.parse(arabic.po)
    catalog["This PIN is not right."].string = ""
    arabic.po.write_bytes(extract.rendered(catalog))
    assert check.main(locales) == 1
    line = 'ar: no words for "This PIN is not right."\n'
    assert capsys.readouterr().out == line


def test_compiling_writes_what_gettext_reads(
    locales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compiling.main(locales) == 0
    assert "ti: " in capsys.readouterr().out
    for language in Languages(locales).values():
        assert language.mo.read_bytes() == catalogue.compiled(
            catalogue.parse(language.po)
        )


def questionnaire(**more: object) -> dict[str, object]:
    return {
        "resourceType": "Questionnaire",
        "url": "https://example.org/q",
        "status": "active",
        "title": "Cough",
        "item": [
            {
                "linkId": "cough",
                "type": "choice",
                "text": "Do you cough?",
                "answerOption": [
                    {"valueCoding": {"code": "y", "display": "Every day"}},
                ],
            }
        ],
        **more,
    }


def extracted(document: object) -> list[tuple[str, str]]:
    file = io.BytesIO(json.dumps(document).encode())
    return [
        found[2]
        for found in extraction.questionnaires(
            fileobj=file, keywords=[], comment_tags=[], options={}
        )
    ]


def test_a_questionnaire_gives_its_sentences_with_their_place() -> None:
    assert sorted(extracted(questionnaire())) == [
        ("https://example.org/q#", "Cough"),
        (LINK, "Do you cough?"),
        (LINK, "Every day"),
    ]


def test_a_validated_instrument_is_not_extracted() -> None:
    codes = [{"system": "http://loinc.org", "code": "44249-1"}]
    assert extracted(questionnaire(code=codes)) == []


def test_no_form_that_the_plan_calls_verbatim_is_extracted() -> None:
    plan = load_plan(json.loads((ROOT / "assets/protocols/plan.json").read_text()))
    verbatim = [form for form in plan.forms if form.verbatim]
    assert verbatim
    for form in verbatim:
        path = ROOT / "assets/questionnaires" / form.file
        assert extracted(json.loads(path.read_text("utf-8"))) == []


def test_the_rules_of_a_protocol_are_extracted(source: Catalog) -> None:
    form = "https://tessera.example/Questionnaire/tb-four-symptoms"
    assert source.get("Do you have a cough now?", context=f"{form}#cough")
    assert source.get("Coughing up blood.", context=f"{form}#blood-in-sputum")


def test_another_document_gives_no_sentence() -> None:
    assert extracted({"resourceType": "ValueSet", "title": "x"}) == []
