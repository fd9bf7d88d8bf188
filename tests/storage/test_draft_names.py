"""Drafts that an older version wrote under readable names."""

import json

from app.storage import Vault, VaultFile
from app.storage.sealing import place
from tests.storage.tablets import ANA, PIN, Tablet

NAME = "amend/" + "x" * 58
"""As long as an opaque name is."""


def lay(vault_file: VaultFile, vault: Vault, name: str) -> None:
    """Write a draft as a version did that did not hide names."""
    rows = vault._unlocked.rows
    raw = json.dumps([ANA, 1, '{"typed": "Amna"}']).encode()
    with vault_file._database.write() as transaction:
        driver = transaction.driver
        sealed = rows.make_key(driver, "p1").seal(raw, place("draft", name, "p1"))
        statement = "INSERT INTO draft (draft_id, patient_id, sealed) VALUES (?, ?, ?)"
        driver.execute(statement, (name, "p1", sealed))


def test_a_readable_name_as_long_as_an_opaque_one_is_hidden_too(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    assert len(NAME) == 64
    lay(vault_file, vault, NAME)
    again = vault_file.unlock(ANA, PIN)
    found = again.draft(NAME)
    assert found is not None
    assert found.content == b'{"typed": "Amna"}'
    with vault_file._database.read() as driver:
        names = [name for (name,) in driver.execute("SELECT draft_id FROM draft")]
    assert NAME not in names
    vault_file.close()
