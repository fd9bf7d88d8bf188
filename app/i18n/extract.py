"""`python -m app.i18n.extract`: bring every catalogue up to the source's sentences.

What has a translation keeps it, with its comments; what left the source leaves the
catalogue; what is new stands there empty until someone translates it.
"""

import contextlib
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import write_po

from app.i18n import catalogue
from app.i18n.languages import LOCALES, ROOT, SOURCE, Language, Languages

MAPPING = ROOT / "pyproject.toml"
_SEE = "locales/languages.toml"
_HEADER = """\
# {name}: the words of Tessera.
# Who has reviewed them stands in locales/languages.toml.
#"""


def template(root: Path = ROOT, mapping: Path = MAPPING) -> Catalog:
    """Every sentence of the source, as Babel extracts it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(root):
        target = Path(folder) / "messages.pot"
        options = ["-F", str(mapping), "-o", str(target), "-k", "N_", "-c", "Note:"]
        run: Callable[[list[str]], object] = CommandLineInterface().run
        # The mapping's patterns are relative to the one folder given, the root.
        run(["pybabel", "-q", "extract", *options, "."])
        return catalogue.parse(target)


def updated(language: Language, source: Catalog) -> Catalog:
    """A language's catalogue against the template; no words are ever guessed."""
    old = _existing(language)
    # A copy, since the update takes over the very messages it is given.
    old.update(deepcopy(source), no_fuzzy_matching=True, update_creation_date=False)
    old.obsolete.clear()
    old.header_comment = _HEADER.format(name=language.own_name)
    old.fuzzy = False
    if language.tag == SOURCE:
        for message in old:
            message.string = message.id
    return old


def rendered(catalog: Catalog) -> bytes:
    """A .po file's bytes: sorted, without line numbers, so that diffs are small."""
    target = BytesIO()
    write_po(target, catalog, width=80, sort_output=True, include_lineno=False)
    return target.getvalue()


def main(locales: Path = LOCALES) -> int:
    """Rewrite the catalogue of every declared language."""
    source = template()
    for language in Languages(locales).values():
        fresh = updated(language, source)
        language.folder.mkdir(parents=True, exist_ok=True)
        language.po.write_bytes(rendered(fresh))
        empty = sum(
            message.id != "" and not all(catalogue.strings(message))
            for message in fresh
        )
        sys.stdout.write(f"{language.tag}: {len(fresh)} messages, {empty} empty\n")
    return 0


def _existing(language: Language) -> Catalog:
    if language.po.exists():
        return catalogue.parse(language.po)
    return Catalog(
        locale=language.tag.replace("-", "_"),
        project="Tessera",
        version="1",
        last_translator=_SEE,
        language_team=_SEE,
        msgid_bugs_address=_SEE,
    )


if __name__ == "__main__":
    raise SystemExit(main())
