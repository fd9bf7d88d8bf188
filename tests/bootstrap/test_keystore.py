"""The device secret in a keystore: never made twice, never guessed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from app.bootstrap.keystore import KeystoreSecret
from app.storage import DeviceSecretMissingError


@dataclass
class FakeStore:
    """A keystore in memory."""

    kept: dict[str, str] = field(default_factory=dict)
    forgets: bool = False
    fails: bool = False
    clings: bool = False

    async def get(self, key: str) -> str | None:
        """Return a value, or None."""
        if self.fails:
            raise RuntimeError("the keystore is locked")
        return self.kept.get(key)

    async def set(self, key: str, value: str) -> None:
        """Keep a value."""
        if not self.forgets:
            self.kept[key] = value

    async def remove(self, key: str) -> None:
        """Remove a value."""
        if not self.clings:
            self.kept.pop(key, None)


def asked(store: FakeStore, question: Callable[[KeystoreSecret], object]) -> object:
    async def scenario() -> object:
        secret = KeystoreSecret(store, asyncio.get_running_loop())
        return await asyncio.to_thread(question, secret)

    return asyncio.run(scenario())


def test_a_secret_is_given_back_as_it_was_made() -> None:
    store = FakeStore()
    assert asked(store, KeystoreSecret.load) is None
    made = asked(store, KeystoreSecret.create)
    assert isinstance(made, bytes)
    assert len(made) == 32
    assert asked(store, KeystoreSecret.load) == made


@pytest.mark.parametrize("text", ["not base64!", "c2hvcnQ="])
def test_a_damaged_secret_is_a_missing_one(text: str) -> None:
    store = FakeStore()
    asked(store, KeystoreSecret.create)
    store.kept = dict.fromkeys(store.kept, text)
    with pytest.raises(DeviceSecretMissingError):
        asked(store, KeystoreSecret.load)


def test_a_keystore_that_keeps_nothing_is_found_out_at_once() -> None:
    with pytest.raises(DeviceSecretMissingError):
        asked(FakeStore(forgets=True), KeystoreSecret.create)


def test_a_keystore_that_fails_is_not_an_empty_one() -> None:
    with pytest.raises(DeviceSecretMissingError):
        asked(FakeStore(fails=True), KeystoreSecret.load)


def test_a_secret_is_forgotten_for_good_or_it_is_said_that_it_was_not() -> None:
    store = FakeStore()
    asked(store, KeystoreSecret.create)
    asked(store, lambda secret: secret.raise_counter(7))
    store.clings = True
    with pytest.raises(DeviceSecretMissingError):
        asked(store, KeystoreSecret.forget)
    store.clings = False
    asked(store, KeystoreSecret.forget)
    assert store.kept == {}
