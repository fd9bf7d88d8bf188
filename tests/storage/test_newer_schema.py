"""An operation of a newer version: kept, sent on, and read after the upgrade."""

from dataclasses import replace

import pytest

from app.core import operation as operations
from app.core.operation import SCHEMA, encode_operation
from app.core.projections import View
from app.core.wire import FeedItem, PullResponse
from app.storage import Vault
from tests.storage.tablets import Tablet, patient
from tests.storage.test_feed import other_device
from tests.support.operations import envelope


def take_in_a_newer_one(vault: Vault) -> None:
    """A page with a sex, and in place of it one as the next version writes it."""
    device = other_device()
    ((known, bytes_of_known),) = device.write((patient("p1"), {"sex": "female"}))
    ((later, _bytes),) = device.write((patient("p1"), {"sex": "of the next"}))
    header = replace(later.header, schema=SCHEMA + 1)
    replaces = {"sex": (known.header.operation_id,)}
    newer = replace(later, header=header, replaces=replaces)
    items = tuple(
        FeedItem(sequence=n, device_id=device.device_id, operation=envelope(encoded))
        for n, encoded in enumerate(
            (bytes_of_known, encode_operation(newer, bytes(16))), start=1
        )
    )
    page = PullResponse(cursor="e.2", items=items, more=False, server_ms=0)
    vault.apply_feed(page)


def sex(vault: Vault) -> object:
    document = vault.document("p1")
    assert document is not None
    assert View(document).conflicts() == {}
    return View(document).value("sex")


def test_it_is_kept_and_comes_into_sight_with_the_version_that_knows_it(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_file, vault = tablet.unlocked()
    take_in_a_newer_one(vault)
    assert sex(vault) == "female"
    assert len(vault.operations("p1")) == 2
    vault_file.close()
    monkeypatch.setattr(operations, "SCHEMA", SCHEMA + 1)
    vault_file, vault = tablet.unlocked()
    assert sex(vault) == "of the next"
    vault_file.close()
