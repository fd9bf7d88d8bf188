"""What every request works with; made once, handed in, replaced by tests."""

import secrets
from dataclasses import dataclass, field

from app.core.clock import WallClock, system_wall_ms
from app.core.ids import Ids, RandomIds
from sync_server.database import Database
from sync_server.secret_file import RandomBytes, ServerSecrets
from sync_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Ports:
    """Time, ids and randomness."""

    wall: WallClock = system_wall_ms
    ids: Ids = field(default_factory=RandomIds)
    random_bytes: RandomBytes = secrets.token_bytes


@dataclass(frozen=True, slots=True)
class Context:
    """A running server: its settings, database and secrets."""

    settings: Settings
    database: Database
    secrets: ServerSecrets
    ports: Ports
