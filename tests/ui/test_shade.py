"""What stands over a screen: it names nobody, and the screen stays as it was."""

from collections.abc import Sequence

import flet as ft
import pytest

from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.presence import Shade
from tests.support.connection import Client
from tests.ui.test_shell import drawn, run

NAME = "Amina Haddad"


def named(look_free: Sequence[ft.Control] = ()) -> Frame:
    return Frame(title=NAME, body=[w.words(NAME), *look_free])


def above(client: Client) -> list[str]:
    """The texts of what stands over the screen."""
    texts = client.texts()
    return texts[len(texts) - 1 - texts[::-1].index(NAME) + 1 :]


def test_a_cover_is_opaque_and_names_nobody() -> None:
    async def scenario() -> None:
        async with drawn(named()) as (client, kit, _):
            kit.presence.set(Shade.COVER)
            await client.settle()
            cover = client.find("shade.cover")
            assert isinstance(cover, ft.Container)
            assert cover.bgcolor == ft.Colors.SURFACE
            assert above(client) == ["Tessera", "Go on"]
            kit.presence.set(Shade.NONE)
            await client.settle()
            assert not client.shows("shade.cover")

    run(scenario)


def test_the_screen_under_a_cover_is_the_same_one_afterwards() -> None:
    async def scenario() -> None:
        field = w.text_field("field", "Name", "", lambda _text: None)
        async with drawn(named([field])) as (client, kit, _):
            before = client.find("field")._i
            for kind in (Shade.COVER, Shade.NONE, Shade.WARNING, Shade.NONE):
                kit.presence.set(kind)
                await client.settle()
                assert client.find("field")._i == before

    run(scenario)


def test_a_dialog_does_not_stand_above_the_cover_and_is_there_again_after_it() -> None:
    async def scenario() -> None:
        dialog = ft.AlertDialog(title=ft.Text(NAME))
        async with drawn(Frame(title="", body=[], dialog=dialog)) as (client, kit, _):
            assert is_open(client)
            kit.presence.set(Shade.COVER)
            await client.settle()
            assert not is_open(client)
            kit.presence.set(Shade.NONE)
            await client.settle()
            assert is_open(client)

    run(scenario)


def is_open(client: Client) -> bool:
    dialogs = [c for c in client.controls() if isinstance(c, ft.AlertDialog)]
    return any(dialog.open for dialog in dialogs)


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_the_warning_says_what_to_do(tag: str) -> None:
    async def scenario() -> None:
        async with drawn(named(), tag) as (client, kit, _):
            kit.presence.set(Shade.WARNING)
            await client.settle()
            assert len(above(client)) == 1

    run(scenario)
