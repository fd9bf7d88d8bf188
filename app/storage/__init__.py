"""The vault: one encrypted database a tablet. Sealed rows, PINs, search, sync's log.

    vault_file = VaultFile(folder, FileDeviceSecret(folder / "device-secret"),
                           system_wall_ms, RandomIds())
    vault_file.identity                    # what this device shows when it enrols
    vault_file.enrol(Enrolment.of(server_url, answer))
    vault_file.practitioners()             # who may unlock, and who chose a PIN
    vault = vault_file.choose_pin(practitioner_id, pin)   # the first time
    vault = vault_file.unlock(practitioner_id, pin)       # from then on
    vault.add_slot(colleague_id, colleagues_pin)          # beside one of such a role
    vault.add_slot(clara_id, her_passphrase, Second(bo_id, bos_pin))
    vault.change_pin(old, new)
    vault.reset_pin(colleague_id, new, Second(bo_id, bos_pin))

    vault.save_draft(draft_id, patient_id, content)       # at every answer
    vault.commit(change, drop_draft=draft_id)             # durable when it returns
    vault.search("amin"), vault.queue(Station.TRIAGE), vault.documents(patient_id)
    vault.subscribe(lambda patient_ids: ...)              # on the thread that wrote

    vault.pending(), vault.record_outcomes(answer), vault.apply_feed(page)
    vault_file.unsent(), vault_file.parcel()              # locked: what the lock left
    vault.settle_sent(), vault.take_answer(raw)           # answers of a locked sending
    vault.apply_documents(page)                           # of a first sync

    vault.back_up(path, Passphrase(text))                 # or RecoveryPublicKey
    restore_backup(path, folder, Passphrase(text), Reopening(...))
    vault.restored                                        # its new epoch, or None

    vault.rotate_data_key()                               # everybody keeps their PIN
    vault.erase_patient(patient_id)                       # for good; kept out from then

    vault.damaged                                         # what can't be read

    vault.close()                                         # lock
    vault_file.close()                                    # let the file go

Every call blocks; `unlock`, `choose_pin` and `add_slot` are slow on purpose: none of
them belongs on a session's loop. Errors are drawn in `app.storage.errors`.
"""

from app.storage.backup import Reopening, Restoration, restore_backup
from app.storage.backup_file import Passphrase, RecoveryKey, RecoveryPublicKey
from app.storage.colleagues import PractitionerEntry
from app.storage.damage import Damage, DamageKind
from app.storage.device_secret import DeviceSecret, FileDeviceSecret
from app.storage.drafts import Draft
from app.storage.enrolment import Connection, DeviceIdentity, Enrolment
from app.storage.errors import (
    BackupError,
    BackupKeyError,
    BackupUnreadableError,
    CarriedFileError,
    ColleagueError,
    DeviceSecretMissingError,
    DiskError,
    DiskFullError,
    DiskReadOnlyError,
    GrantError,
    KeyChangeBlockedError,
    LockedError,
    NoSlotError,
    PatientErasedError,
    PinAlreadyChosenError,
    PinRefusedError,
    RecordMismatchError,
    RestoreRefusedError,
    SecondColleagueError,
    SlotClosedError,
    StorageError,
    UnlockError,
    VaultCorruptError,
    VaultInUseError,
    VaultTooNewError,
    VaultUnavailableError,
    WaitError,
    WrongPinError,
)
from app.storage.kept_parcel import KeptParcel, kept_parcels
from app.storage.locked_events import LockedEvent, LockedKind
from app.storage.locked_parcel import LockedParcel, Unsent
from app.storage.log import LogEntry
from app.storage.only_here import OnlyHere
from app.storage.opening import delete_kept, kept_files
from app.storage.outbox import BatchLimits
from app.storage.parcel import unsent
from app.storage.pin_cost import UnlockPolicy, tuned_cost
from app.storage.restoring import restore_in_place, setup_in
from app.storage.sealing import FLOOR, PinCost
from app.storage.sent import Sent
from app.storage.set_aside import SetAside
from app.storage.stored_operation import State
from app.storage.vault import Vault
from app.storage.vault_carried import TakenAnswer
from app.storage.vault_file import VaultFile
from app.storage.vault_pins import Second
from app.storage.vault_records import Saved
from app.storage.waiting import WaitingPerson
from app.storage.wiping import wipe

__all__ = [
    "FLOOR",
    "BackupError",
    "BackupKeyError",
    "BackupUnreadableError",
    "BatchLimits",
    "CarriedFileError",
    "ColleagueError",
    "Connection",
    "Damage",
    "DamageKind",
    "DeviceIdentity",
    "DeviceSecret",
    "DeviceSecretMissingError",
    "DiskError",
    "DiskFullError",
    "DiskReadOnlyError",
    "Draft",
    "Enrolment",
    "FileDeviceSecret",
    "GrantError",
    "KeptParcel",
    "KeyChangeBlockedError",
    "LockedError",
    "LockedEvent",
    "LockedKind",
    "LockedParcel",
    "LogEntry",
    "NoSlotError",
    "OnlyHere",
    "Passphrase",
    "PatientErasedError",
    "PinAlreadyChosenError",
    "PinCost",
    "PinRefusedError",
    "PractitionerEntry",
    "RecordMismatchError",
    "RecoveryKey",
    "RecoveryPublicKey",
    "Reopening",
    "Restoration",
    "RestoreRefusedError",
    "Saved",
    "Second",
    "SecondColleagueError",
    "Sent",
    "SetAside",
    "SlotClosedError",
    "State",
    "StorageError",
    "TakenAnswer",
    "UnlockError",
    "UnlockPolicy",
    "Unsent",
    "Vault",
    "VaultCorruptError",
    "VaultFile",
    "VaultInUseError",
    "VaultTooNewError",
    "VaultUnavailableError",
    "WaitError",
    "WaitingPerson",
    "WrongPinError",
    "delete_kept",
    "kept_files",
    "kept_parcels",
    "restore_backup",
    "restore_in_place",
    "setup_in",
    "tuned_cost",
    "unsent",
    "wipe",
]
