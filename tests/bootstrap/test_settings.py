"""Settings come from the environment, and are refused where they make no sense."""

from pathlib import Path

import pytest

from app.bootstrap.settings import (
    Mode,
    Preferences,
    PreferencesFile,
    SettingsError,
    read_settings,
)
from app.core.summary import Station


def test_flets_folder_comes_before_ours() -> None:
    both = {"FLET_APP_STORAGE_DATA": "/flet", "TESSERA_DATA": "/tessera"}
    assert read_settings(both).data == Path("/flet")
    assert read_settings({"TESSERA_DATA": "/tessera"}).data == Path("/tessera")


def test_without_settings_it_is_a_tablet_with_a_screen_of_its_own() -> None:
    settings = read_settings({})
    assert (settings.mode, settings.web_port) == (Mode.TABLET, None)


def test_a_console_without_its_server_is_refused() -> None:
    with pytest.raises(SettingsError, match="TESSERA_SERVER"):
        read_settings({"TESSERA_MODE": "console"})


@pytest.mark.parametrize("wrong", [{"TESSERA_MODE": "x"}, {"TESSERA_WEB_PORT": "80a"}])
def test_a_setting_that_makes_no_sense_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        read_settings(wrong)


def test_preferences_are_kept_and_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    kept = PreferencesFile(tmp_path)
    assert kept.read() == Preferences()
    kept.write(Preferences(Station.TRIAGE, "ar"))
    assert kept.read() == Preferences(Station.TRIAGE, "ar")
    (tmp_path / "preferences.json").write_text("{", encoding="utf-8")
    assert kept.read() == Preferences()
