"""What is read before unlock, sealed under a key from the device secret."""

import json

from app.core.ids import Ids
from app.core.wire import Setup
from app.storage.database import Database, Transaction
from app.storage.enrolment import (
    Connection,
    DeviceIdentity,
    Enrolment,
    connection_bytes,
    connection_from_bytes,
)
from app.storage.errors import DeviceSecretMissingError, VaultCorruptError
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer, SigningKey

_CHECK = "device_check"
_IDENTITY = "identity"
_CONNECTION = "connection"
_SETUP = "setup"
_CARD_SECRET = "card_secret_before_unlock"  # noqa: S105 - the name of a sealed value


class BeforeUnlock:
    """This device's identity, its server and its setup."""

    def __init__(self, database: Database, device_sealer: Sealer) -> None:
        self._database = database
        self._values = SealedValues(device_sealer)
        self._setup: Setup | None = None

    def check_device_secret(self) -> None:
        """Raise DeviceSecretMissingError if this vault was made with another one."""
        with self._database.write() as transaction:
            driver = transaction.driver
            try:
                if self._values.get(driver, _CHECK) is None:
                    self._values.put(driver, _CHECK, b"")
            except VaultCorruptError as error:
                raise DeviceSecretMissingError from error

    def signing_key(self, ids: Ids) -> tuple[str, SigningKey]:
        """Return this device's id and key, made and kept at the first call."""
        with self._database.write() as transaction:
            raw = self._values.get(transaction.driver, _IDENTITY)
            if raw is None:
                device_id, key = ids.new(), SigningKey.generate()
                text = json.dumps([device_id, key.private_bytes.hex()])
                self._values.put(transaction.driver, _IDENTITY, text.encode())
                return device_id, key
        device_id, private = json.loads(raw)
        return device_id, SigningKey(bytes.fromhex(private))

    def identity(self, ids: Ids) -> DeviceIdentity:
        """Return what this device shows to the server when it enrols."""
        device_id, key = self.signing_key(ids)
        return DeviceIdentity(device_id, key.public_bytes)

    def enrol(self, enrolment: Enrolment) -> None:
        """Keep what the server answered, in one transaction."""
        with self._database.write() as transaction:
            driver = transaction.driver
            self._values.put(driver, _CONNECTION, connection_bytes(enrolment))
            self._values.put(driver, _CARD_SECRET, enrolment.card_secret)
            self._put_setup(transaction, enrolment.setup)
        self._setup = enrolment.setup

    def connection(self, ids: Ids) -> Connection | None:
        """Return how to reach the server, or None before enrolment."""
        device_id = self.identity(ids).device_id
        with self._database.read() as driver:
            raw = self._values.get(driver, _CONNECTION)
        return None if raw is None else connection_from_bytes(device_id, raw)

    def setup(self) -> Setup | None:
        """Return what the server said about the deployment, or None."""
        if self._setup is None:
            with self._database.read() as driver:
                raw = self._values.get(driver, _SETUP)
            if raw is not None:
                self._setup = Setup.model_validate_json(raw)
        return self._setup

    def renew_setup(self, setup: Setup) -> None:
        """Keep a newer setup."""
        with self._database.write() as transaction:
            self._put_setup(transaction, setup)
        self._setup = setup

    def _put_setup(self, transaction: Transaction, setup: Setup) -> None:
        raw = setup.model_dump_json().encode()
        self._values.put(transaction.driver, _SETUP, raw)

    def take_card_secret(self, transaction: Transaction) -> bytes | None:
        """Remove and return the card secret, if it still lies under the device's key.

        The first unlock moves it under the data key, in the same transaction.
        """
        secret = self._values.get(transaction.driver, _CARD_SECRET)
        self._values.drop(transaction.driver, _CARD_SECRET)
        return secret
