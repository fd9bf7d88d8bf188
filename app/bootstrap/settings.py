"""What the environment says about this process; nothing is read anywhere else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platformdirs import user_data_path

from app.core.summary import Station
from app.i18n.languages import SOURCE, Languages


class Mode(StrEnum):
    """What this process is."""

    TABLET = "tablet"
    CONSOLE = "console"


class SettingsError(ValueError):
    """The environment says something that cannot be; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where records lie, and what this process is."""

    mode: Mode
    data: Path
    server: str = ""
    web_port: int | None = None
    language: str = "en"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read TESSERA_* and where Flet says that records lie; raise SettingsError."""
    mode = environ.get("TESSERA_MODE", Mode.TABLET.value)
    if mode not in set(Mode):
        raise SettingsError("TESSERA_MODE is neither tablet nor console")
    server = environ.get("TESSERA_SERVER", "")
    if mode == Mode.CONSOLE and not server:
        raise SettingsError("A console needs TESSERA_SERVER, its server's address")
    port = environ.get("TESSERA_WEB_PORT", "")
    if port and not port.isdecimal():
        raise SettingsError("TESSERA_WEB_PORT is not a port's number")
    folder = environ.get("FLET_APP_STORAGE_DATA") or environ.get("TESSERA_DATA")
    return Settings(
        Mode(mode),
        Path(folder) if folder else user_data_path("tessera", appauthor=False),
        server,
        int(port) if port else None,
        environ.get("TESSERA_LANGUAGE", "en"),
    )


def known_language(*tags: str) -> str:
    """Return the first of these languages that has a catalogue, or the original's."""
    languages = Languages()
    found = (languages.best(tag) for tag in tags if tag)
    return next((best.tag for best in found if best is not None), SOURCE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What this tablet remembers of itself: nothing about anybody."""

    station: Station = Station.REGISTRATION
    language: str = ""


class PreferencesFile:
    """Keeps the preferences beside the vault; a damaged file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "preferences.json"

    def read(self) -> Preferences:
        """Return what was kept, or the defaults."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return Preferences(Station(kept["station"]), str(kept["language"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Preferences()

    def write(self, preferences: Preferences) -> None:
        """Keep the preferences; the file is replaced whole."""
        text = json.dumps(
            {
                "station": preferences.station.value,
                "language": preferences.language,
            }
        )
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._path)
