"""Settings from the environment: TESSERA_* and DATABASE_URL, nothing at import."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DATABASE_NAME = "server.sqlite3"
ALLOW = "allow"


class SettingsError(ValueError):
    """A setting is missing or wrong; the message says what to do."""


class Settings(BaseSettings):
    """How a server runs; what is not given here, `tessera init` has stored."""

    model_config = SettingsConfigDict(
        env_prefix="TESSERA_",
        frozen=True,
        hide_input_in_errors=True,
        extra="ignore",
        populate_by_name=True,
    )

    data: Path = Field(default_factory=lambda: user_data_path("tessera-server"))
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    controller: str = ""
    contact: str = ""
    retention_days: int | None = Field(default=None, ge=1)
    threads: int = Field(default=16, ge=1, le=200)
    max_body_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    session_minutes: int = Field(default=12 * 60, ge=1)
    session_idle_minutes: int = Field(default=30, ge=1)
    requests_per_second: int = Field(default=50, ge=1)
    """Of one device or one practitioner, for long; bursts are free."""
    proxies: str = "127.0.0.1"
    """Addresses or networks, with commas, whose X-Forwarded-For is believed."""

    plain_http: Literal["refuse", "allow"] = "refuse"
    """Whether http without TLS may be served beyond this machine: behind a proxy."""

    @property
    def url(self) -> str:
        """SQLAlchemy's URL of the database: SQLite in the data folder by default."""
        given = self.database_url
        if not given:
            return f"sqlite:///{self.data / DATABASE_NAME}"
        scheme, separator, rest = given.partition("://")
        if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            return f"postgresql+psycopg://{rest}"
        if separator and scheme == "sqlite":
            return given
        raise SettingsError(
            "DATABASE_URL must begin with postgresql:// or sqlite:///; "
            "leave it out to use SQLite in TESSERA_DATA."
        )
