"""Tessera: the entry that Flet looks for; everything else is in app/."""

import flet as ft

from app.bootstrap import open_page, run


async def main(page: ft.Page) -> None:
    """Begin a session on a page."""
    await open_page(page)


if __name__ == "__main__":
    run()
