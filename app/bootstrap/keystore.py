"""The device secret in a phone's keystore. Not tried on a device yet."""

import asyncio
import base64
import binascii
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

import flet as ft
from flet_secure_storage import AndroidOptions, SecureStorage

from app.storage import DeviceSecretMissingError
from app.storage.sealing import KEY_BYTES, new_key

_NAME = "tessera.device-secret"
_COUNTER = "tessera.vault-generation"
_PHONES = (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
_SECONDS = 30.0
Answer = TypeVar("Answer")


class Store(Protocol):
    """What is used of SecureStorage."""

    async def get(self, key: str) -> str | None:
        """Return a value, or None where there is none."""

    async def set(self, key: str, value: str) -> None:
        """Keep a value."""

    async def remove(self, key: str) -> None:
        """Remove a value."""


def keystore_of(page: ft.Page) -> "KeystoreSecret | None":
    """Return the keystore of the phone that this runs on; None elsewhere.

    Never in web mode: the secret would lie in the visitor's browser.
    """
    if page.web or page.platform not in _PHONES:
        return None
    # The default erases the secret, and with it every record, at the first error.
    options = AndroidOptions(reset_on_error=False)
    store = SecureStorage(android_options=options)
    return KeystoreSecret(store, asyncio.get_running_loop())


class KeystoreSecret:
    """A device secret behind the platform's keystore; asked from threads alone."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self._store = store
        self._loop = loop

    def load(self) -> bytes | None:
        """Return the secret or None; a keystore that fails is no missing secret."""
        text = self._ask(self._store.get(_NAME))
        if text is None:
            return None
        try:
            secret = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise DeviceSecretMissingError from error
        if len(secret) != KEY_BYTES:
            raise DeviceSecretMissingError
        return secret

    def create(self) -> bytes:
        """Make and keep a secret; what the keystore does not give back is not kept."""
        secret = new_key()
        text = base64.b64encode(secret).decode()
        self._ask(self._store.set(_NAME, text))
        if self.load() != secret:
            raise DeviceSecretMissingError
        return secret

    def counter(self) -> int:
        """Return the newest generation kept; one that is broken is 0."""
        text = self._ask(self._store.get(_COUNTER))
        return int(text) if text is not None and text.isdecimal() else 0

    def raise_counter(self, generation: int) -> None:
        """Keep a newer generation."""
        self._ask(self._store.set(_COUNTER, str(generation)))

    def forget(self) -> None:
        """Remove secret and counter; raise where the keystore still has the secret."""
        for name in (_NAME, _COUNTER):
            self._ask(self._store.remove(name))
        if self.load() is not None:
            raise DeviceSecretMissingError

    def _ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        answer = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return answer.result(_SECONDS)
        except (RuntimeError, TimeoutError) as error:
            raise DeviceSecretMissingError from error
