"""Every command says what it does, and each of its options what it is for."""

import argparse
from collections.abc import Iterator

from sync_server.commands.parser import parser


def commands(
    found: argparse.ArgumentParser, name: str = "tessera"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that can be typed, also those that only have kinds."""
    yield name, found
    for action in found._actions:
        if isinstance(action, argparse._SubParsersAction):
            for kind, inner in action.choices.items():
                yield from commands(inner, f"{name} {kind}")


def kinds_of(found: argparse.ArgumentParser) -> dict[str, str | None]:
    """Return what a command's kinds are said to do, by name."""
    return {
        choice.dest: choice.help
        for action in found._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }


def names_of(found: argparse.ArgumentParser) -> set[str]:
    return {
        kind
        for action in found._actions
        if isinstance(action, argparse._SubParsersAction)
        for kind in action.choices
    }


def test_every_command_says_what_it_does() -> None:
    every = dict(commands(parser()))
    assert len(every) > 30
    for name, found in every.items():
        said = kinds_of(found)
        assert set(said) == names_of(found), name
        assert all(said.values()), (name, said)
        assert f"usage: {name}" in found.format_help()


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        (name, action.dest)
        for name, found in commands(parser())
        for action in found._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert silent == []


def test_every_command_that_stands_alone_does_something() -> None:
    idle = [
        name
        for name, found in commands(parser())
        if not names_of(found) and not callable(found.get_default("run"))
    ]
    assert idle == []
