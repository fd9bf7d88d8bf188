"""`tessera`: what an administrator types. Errors are one line; nothing is traced."""

import sys
from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from sync_server.commands.parser import parser
from sync_server.context import Ports
from sync_server.database import is_disk_full
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings, SettingsError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 failed, 2 misused."""
    given = parser().parse_args(arguments)
    try:
        status: int = given.run(given, Settings(), Ports())
    except KeyboardInterrupt:
        return INTERRUPTED
    except ValidationError as error:
        names = ", ".join(sorted({_setting(e["loc"]) for e in error.errors()}))
        return _say(f"These settings are not usable: {names}.", MISUSED)
    except (SettingsError, AdministrationError, SQLAlchemyError, OSError) as error:
        return _say(_sentence(error), FAILED)
    return status


def _sentence(error: Exception) -> str:
    match error:
        case OperationalError() if is_disk_full(error):
            return "The disk is full. Make room and run this again; nothing is lost."
        case OperationalError():
            return "The database does not answer. Check DATABASE_URL and TESSERA_DATA."
        case DatabaseError() if type(error) is DatabaseError:
            return (
                "The database is damaged, or no database. It was left as it is: keep "
                "it, and put your last backup in its place."
            )
        case SQLAlchemyError():
            return f"The database failed ({type(error).__name__})."
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or type(error).__name__}."
        case _:
            return str(error)


def _say(sentence: str, status: int) -> int:
    print(f"tessera: {sentence}", file=sys.stderr)
    return status


def _setting(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "?"
    return name if name == "DATABASE_URL" else f"TESSERA_{name.upper()}"
