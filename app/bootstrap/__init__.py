"""Composition root: real adapters in, first screen out."""

import asyncio
import os
from functools import cache
from pathlib import Path

import flet as ft

from app.bootstrap.console import ConsoleClient, open_console
from app.bootstrap.keystore import keystore_of
from app.bootstrap.session import TabletSession, first_route
from app.bootstrap.settings import Mode, Settings, SettingsError, read_settings
from app.bootstrap.tablet import TabletProcess

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@cache
def _settings() -> Settings:
    return read_settings(os.environ)


@cache
def _tablet() -> TabletProcess:
    return TabletProcess(_settings())


async def open_page(page: ft.Page) -> None:
    """Begin a session on a page: a tablet's, or a coordinator's."""
    settings = _settings()
    if settings.mode is Mode.CONSOLE:
        open_console(page, ConsoleClient(settings.server, settings.language))
    else:
        await open_tablet(page, _tablet())


async def open_tablet(page: ft.Page, process: TabletProcess) -> None:
    """Begin a session at a tablet, where its vault's file says."""
    process.secret = keystore_of(page) or process.secret
    start = await asyncio.to_thread(first_route, process)
    TabletSession(process, page, start).open()


def run() -> None:
    """Run the app until it is told to stop; a wrong setting ends it with a sentence."""
    try:
        asyncio.run(_serve(_settings()))
    except SettingsError as error:
        raise SystemExit(str(error)) from None


async def _serve(settings: Settings) -> None:
    """Run on the app's own screen, or in web mode on TESSERA_WEB_PORT."""
    try:
        if settings.web_port is None:
            await ft.run_async(open_page, assets_dir=str(ASSETS))
        else:
            await ft.run_async(
                open_page,
                view=None,
                host="127.0.0.1",
                port=settings.web_port,
                no_cdn=True,
                assets_dir=str(ASSETS),
            )
    finally:
        if settings.mode is Mode.TABLET:
            await _tablet().close()
