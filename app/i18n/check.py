"""`python -m app.i18n.check`: are the catalogues true to the source?

One line a fault, naming language and message; exit status 1 where there is one.
"""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message

from app.i18n import catalogue
from app.i18n.extract import template
from app.i18n.languages import LOCALES, Language, Languages

Key = tuple[str | None, str]


def faults(language: Language, source: Catalog) -> Iterator[str]:
    """Say what is wrong with one language's catalogue."""
    if not language.po.exists():
        yield "it has no catalogue: run python -m app.i18n.extract"
        return
    try:
        own = catalogue.parse(language.po)
    except (ValueError, catalogue.PoFileError) as error:
        yield f"its catalogue cannot be read: {error}"
        return
    yield from _staleness(own, source)
    for message in own:
        if message.id:
            yield from _message_faults(message, own, language)


def placeholders(text: str) -> set[str]:
    """The names in braces; raise ValueError where braces do not match."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def main(locales: Path = LOCALES) -> int:
    """Check every declared language; print what is wrong."""
    source = template()
    if not _keys(source):
        print("no sentence was found in the source: is the mapping right?")
        return 1
    failed = False
    for language in Languages(locales).values():
        for fault in faults(language, source):
            failed = True
            print(f"{language.tag}: {fault}")
    return int(failed)


def _staleness(own: Catalog, source: Catalog) -> Iterator[str]:
    have, want = _keys(own), _keys(source)
    for key in sorted(want - have, key=str):
        yield f"the catalogue lacks {_named(key)}: run python -m app.i18n.extract"
    for key in sorted(have - want, key=str):
        yield f"the source has no longer {_named(key)}: run python -m app.i18n.extract"


def _message_faults(
    message: Message, own: Catalog, language: Language
) -> Iterator[str]:
    name = _named(_key(message))
    strings = catalogue.strings(message)
    if not all(strings):
        if language.complete or any(strings):
            yield f"no words for {name}"
        return
    if message.fuzzy:
        yield f"marked fuzzy, so never shown: {name}"
    if message.pluralizable and len(strings) != own.num_plurals:
        yield f"{len(strings)} plural forms, not {own.num_plurals}: {name}"
    yield from _placeholder_faults(message, strings, name)


def _placeholder_faults(
    message: Message, strings: tuple[str, ...], name: str
) -> Iterator[str]:
    allowed = set().union(*(placeholders(text) for text in _ids(message)))
    for text in strings:
        try:
            used = placeholders(text)
        except ValueError:
            yield f"braces that do not match in the words for {name}"
            continue
        # One form of a plural may leave the number out: "one change was sent".
        missing = allowed - used - ({"count"} if message.pluralizable else set())
        if used - allowed or missing:
            yield f"placeholders differ from those of {name}"


def _keys(catalog: Catalog) -> set[Key]:
    return {_key(message) for message in catalog if message.id}


def _key(message: Message) -> Key:
    return message.context, _ids(message)[0]


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _named(key: Key) -> str:
    context, text = key
    return f'"{text}" ({context})' if context else f'"{text}"'


if __name__ == "__main__":
    raise SystemExit(main())
