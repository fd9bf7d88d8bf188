"""Commands that need no deployment: check-form, openapi."""

import argparse
import json
from pathlib import Path

from app.core.questionnaire.check import (
    REFUSED,
    check_form,
    is_refused,
    printable,
)
from sync_server.context import Ports
from sync_server.main import bare_app
from sync_server.settings import Settings


def check_forms(given: argparse.Namespace, _settings: Settings, _ports: Ports) -> int:
    """Say of each file whether it can be used; 1 where one is refused."""
    lines = [_line(path) for path in given.files]
    print("\n".join(lines))
    return 1 if any(map(is_refused, lines)) else 0


def _line(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        return f"{printable(path.name)}: {REFUSED}: cannot be read"
    return check_form(content, path.name)


def openapi(_given: argparse.Namespace, _settings: Settings, _ports: Ports) -> int:
    """Print the OpenAPI document."""
    print(json.dumps(bare_app().openapi(), ensure_ascii=False, indent=2))
    return 0
