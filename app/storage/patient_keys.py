"""Each patient's key: random, wrapped by the data key, one row a patient."""

import sqlite3
from collections.abc import Collection

from app.storage.errors import VaultCorruptError
from app.storage.sealing import (
    Sealer,
    SealError,
    as_it_is,
    derive_key,
    many_keys,
    many_nonces,
    new_key,
)

_REWRAP = "UPDATE patient_key SET wrapped = ? WHERE patient_id = ?"
_MOST_KEYS = 4_096
_PUT_KEY = "INSERT INTO patient_key (patient_id, wrapped) VALUES (?, ?)"


def wrapping_of(data_key: bytes) -> Sealer:
    """Return what patients' keys are wrapped by."""
    return Sealer(derive_key(data_key, "patients"))


class PatientKeys:
    """Opens and makes patients' keys, and keeps those that are in use."""

    def __init__(self, data_key: bytes) -> None:
        self._wrapping = wrapping_of(data_key)
        self._keys: dict[str, Sealer] = {}

    def forget_keys(self) -> None:
        """Drop cached keys: one made in a transaction that failed was never kept."""
        self._keys.clear()

    def key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer:
        """Return a patient's key; raise VaultCorruptError if it is not there."""
        known = self._keys.get(patient_id) or self._load_key(driver, patient_id)
        if known is None:
            raise VaultCorruptError
        return known

    def make_key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer:
        """Return a patient's key, made and kept if there was none."""
        known = self._keys.get(patient_id) or self._load_key(driver, patient_id)
        if known is not None:
            return known
        key, wrapped = self._new_key(patient_id)
        driver.execute(_PUT_KEY, (patient_id, wrapped))
        return self._keep(patient_id, key)

    def make_keys(self, patient_ids: Collection[str]) -> list[tuple[str, bytes]]:
        """Make keys of patients who have none; return the rows that are to be kept."""
        new = [one for one in patient_ids if one not in self._keys]
        made = zip(new, self._new_keys(new), strict=True)
        if len(self._keys) + len(new) > _MOST_KEYS:
            self._keys.clear()
        kept = list[tuple[str, bytes]]()
        for patient_id, (key, wrapped) in made:
            self._keys[patient_id] = key
            kept.append((patient_id, wrapped))
        return kept

    def rewrap(self, driver: sqlite3.Connection, wrapping: Sealer) -> None:
        """Wrap every patient's key by another key; damaged ones stay as they are.

        What can't be opened here could not be opened there either.
        """
        found = driver.execute("SELECT patient_id, wrapped FROM patient_key").fetchall()
        for patient_id, wrapped in found:
            where = _place(patient_id)
            try:
                raw = self._wrapping.unseal(wrapped, where)
            except SealError:
                continue
            again = wrapping.seal(raw, where)
            driver.execute(_REWRAP, (again, patient_id))

    def _new_key(self, patient_id: str) -> tuple[Sealer, bytes]:
        raw = new_key()
        wrapped = self._wrapping.seal(raw, _place(patient_id))
        return Sealer(raw), wrapped

    def _new_keys(self, patient_ids: Collection[str]) -> list[tuple[Sealer, bytes]]:
        """Return new keys of many patients, each with what is kept of it."""
        count, wrap = len(patient_ids), self._wrapping.seal_body
        drawn = zip(
            patient_ids,
            many_keys(count),
            many_nonces(count),
            strict=True,
        )
        return [
            (Sealer(raw), wrap(as_it_is(raw), _place(i), nonce))
            for i, raw, nonce in drawn
        ]

    def _keep(self, patient_id: str, key: Sealer) -> Sealer:
        """Keep a key for whoever reads or writes next; never more than a few."""
        if len(self._keys) >= _MOST_KEYS:
            self._keys.clear()
        self._keys[patient_id] = key
        return key

    def _load_key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer | None:
        row = driver.execute(
            "SELECT wrapped FROM patient_key WHERE patient_id = ?", (patient_id,)
        ).fetchone()
        return None if row is None else self.open_key(patient_id, row[0])

    def open_key(self, patient_id: str, wrapped: bytes | None) -> Sealer:
        """Return a key of what is kept of it; raise VaultCorruptError."""
        known = self._keys.get(patient_id)
        if known is not None:
            return known
        if wrapped is None:
            raise VaultCorruptError
        raw = unseal(self._wrapping, wrapped, _place(patient_id))
        return self._keep(patient_id, Sealer(raw))


def _place(patient_id: str) -> bytes:
    return f"11:patient_key{len(patient_id)}:{patient_id}".encode()


def unseal(sealer: Sealer, sealed: bytes, where: bytes) -> bytes:
    """Return the plaintext; raise VaultCorruptError where it was sealed otherwise."""
    try:
        return sealer.unseal(sealed, where)
    except SealError as error:
        raise VaultCorruptError from error
