import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import PHONE, TABLET, launched, opened
from tests.support.processes import answers, free_port, running

PAGE = """
import sys
import flet as ft

def main(page: ft.Page) -> None:
    greeting = ft.Text("nobody yet")
    def greet(event: ft.Event[ft.TextField]) -> None:
        greeting.value = "Welcome " + event.control.value
        page.update()
    page.add(ft.TextField(label="Full name", on_change=greet), greeting)
    page.add(ft.Button("Save", on_click=lambda: page.add(ft.Text("Saved"))))

ft.run(main, view=None, host="127.0.0.1", port=int(sys.argv[1]), no_cdn=True)
"""


def test_a_flet_page_is_read_and_driven_by_role_and_name(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSERA_SCREENSHOTS", str(tmp_path / "shots"))
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-c", PAGE, str(port)]
    with (
        running(command, log=tmp_path / "log", is_ready=answers(url)),
        opened(browser, url, TABLET) as screen,
    ):
        screen.fill("Full name", "Amina Haile")
        screen.text("Welcome Amina Haile").wait_for(state="attached")
        screen.press("Save")
        screen.text("Saved").wait_for(state="attached")
        screen.resize(PHONE)
        assert screen.shoot("phone").stat().st_size > 1_000
        assert screen.foreign_requests == []


def test_a_browser_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(Exception, match="executable"),
        launched(tmp_path / "no-browser"),
    ):
        pytest.fail("the block must not run")
