"""Each patient's key, made of a random seed and the data key, one row a patient.

Where the data key was changed, or an older app made it, the key itself is kept, wrapped
by the data key. Both are opened for ever; the first byte tells which it is.
"""

import sqlite3
from collections.abc import Collection, Iterable

from app.storage.errors import VaultCorruptError
from app.storage.sealing import (
    KEY_BYTES,
    SEED_TAG_BYTES,
    Sealer,
    SealError,
    derive_key,
    key_of_seed,
    many_keys,
)

_REWRAP = "UPDATE patient_key SET kept = ? WHERE patient_id = ?"
_MOST_KEYS = 4_096
_PUT_KEY = "INSERT INTO patient_key (patient_id, kept) VALUES (?, ?)"
_DROP_KEY = "DELETE FROM patient_key WHERE patient_id = ?"
_SEED = b"\x10"
"""Begins what holds a seed; no format of sealed bytes begins so."""
_TAGGED = len(_SEED) + KEY_BYTES
_SEEDED_BYTES = _TAGGED + SEED_TAG_BYTES


def wrapping_of(data_key: bytes) -> Sealer:
    """Return what patients' keys are wrapped by."""
    return Sealer(derive_key(data_key, "patients"))


class PatientKeys:
    """Opens and makes patients' keys, and keeps those that are in use."""

    def __init__(self, data_key: bytes) -> None:
        self._wrapping = wrapping_of(data_key)
        self._maker = derive_key(data_key, "patients of seeds")
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
        ((key, wrapped),) = self.new_keys([patient_id])
        driver.execute(_PUT_KEY, (patient_id, wrapped))
        return self._keep(patient_id, key)

    def make_keys(self, patient_ids: Collection[str]) -> list[tuple[str, bytes]]:
        """Make keys of patients who have none; return the rows that are to be kept."""
        new = [one for one in patient_ids if one not in self._keys]
        made = zip(new, self.new_keys(new), strict=True)
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
        found = driver.execute("SELECT patient_id, kept FROM patient_key").fetchall()
        for patient_id, wrapped in found:
            try:
                raw = self._raw_key(patient_id, wrapped)
            except VaultCorruptError:
                continue
            again = wrapping.seal(raw, _place(patient_id))
            driver.execute(_REWRAP, (again, patient_id))

    def new_keys(self, patient_ids: Collection[str]) -> list[tuple[Sealer, bytes]]:
        """Return new keys of many patients, each with what is kept of it."""
        maker, seeds = self._maker, many_keys(len(patient_ids))
        made = list[tuple[Sealer, bytes]]()
        for patient_id, seed in zip(patient_ids, seeds, strict=True):
            key, tag = key_of_seed(maker, seed, _place(patient_id))
            made.append((Sealer(key), _SEED + seed + tag))
        return made

    def drop_keys(self, driver: sqlite3.Connection, patient_ids: Iterable[str]) -> None:
        """Remove what is kept of keys that nothing lies under."""
        driver.executemany(_DROP_KEY, [(patient_id,) for patient_id in patient_ids])

    def _keep(self, patient_id: str, key: Sealer) -> Sealer:
        """Keep a key for whoever reads or writes next; never more than a few."""
        if len(self._keys) >= _MOST_KEYS:
            self._keys.clear()
        self._keys[patient_id] = key
        return key

    def _load_key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer | None:
        row = driver.execute(
            "SELECT kept FROM patient_key WHERE patient_id = ?", (patient_id,)
        ).fetchone()
        return None if row is None else self.open_key(patient_id, row[0])

    def open_key(self, patient_id: str, wrapped: bytes | None) -> Sealer:
        """Return a key of what is kept of it; raise VaultCorruptError."""
        known = self._keys.get(patient_id)
        if known is not None:
            return known
        if wrapped is None:
            raise VaultCorruptError
        return self._keep(patient_id, Sealer(self._raw_key(patient_id, wrapped)))

    def _raw_key(self, patient_id: str, wrapped: bytes) -> bytes:
        """Return a key of what is kept of it; raise VaultCorruptError if it is none."""
        if len(wrapped) == _SEEDED_BYTES and wrapped[:1] == _SEED:
            seed, there = wrapped[1:_TAGGED], wrapped[_TAGGED:]
            key, tag = key_of_seed(self._maker, seed, _place(patient_id))
            if tag != there:
                raise VaultCorruptError
            return key
        return unseal(self._wrapping, wrapped, _place(patient_id))


def _place(patient_id: str) -> bytes:
    return f"11:patient_key{len(patient_id)}:{patient_id}".encode()


def unseal(sealer: Sealer, sealed: bytes, where: bytes) -> bytes:
    """Return the plaintext; raise VaultCorruptError where it was sealed otherwise."""
    try:
        return sealer.unseal(sealed, where)
    except SealError as error:
        raise VaultCorruptError from error
