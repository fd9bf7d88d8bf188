"""Commands that need no deployment: check-form, openapi."""

import argparse
import json

from app.core.questionnaire.check import check_form, is_refused
from sync_server.context import Ports
from sync_server.main import bare_app
from sync_server.settings import Settings


def check_forms(given: argparse.Namespace, _settings: Settings, _ports: Ports) -> int:
    """Say of each file whether it can be used; 1 where one is refused."""
    lines = [check_form(path.read_bytes(), path.name) for path in given.files]
    print("\n".join(lines))
    return 1 if any(map(is_refused, lines)) else 0


def openapi(_given: argparse.Namespace, _settings: Settings, _ports: Ports) -> int:
    """Print the OpenAPI document."""
    print(json.dumps(bare_app().openapi(), ensure_ascii=False, indent=2))
    return 0
