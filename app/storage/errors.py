"""What can go wrong in the vault, as one tree; sentences are made in i18n.

StorageError
    VaultUnavailableError      the file cannot be used now
        VaultInUseError
        VaultTooNewError
        VaultCorruptError      set aside as `kept`, or one row that is damaged
        DeviceSecretMissingError
    DiskError                  the disk refused; nothing was changed
        DiskFullError
        DiskReadOnlyError
    UnlockError                the person is not let in, or not yet
        WrongPinError
        WaitError
        PinRefusedError
        NoSlotError
        PinAlreadyChosenError
        SecondColleagueError
        GrantError
        KeyChangeBlockedError  who has to unlock once before the data key is changed
        SlotClosedError          too many wrong PINs; others unlock, nothing is lost
    ColleagueError             a colleague can't be added so
    LockedError                the vault was locked meanwhile
    BackupError                a backup that can't be restored; nothing was changed
        BackupUnreadableError
        BackupKeyError
        RestoreRefusedError
    CarriedFileError           a file from a stick that can't be taken; nothing changed
        ParcelUnreadableError
        FileUnreadableError
        FileForeignError
        FileOfAnotherTabletError
        FileForgedError
    OtherDeploymentError       a server that is not this tablet's
    RecordMismatchError        a record id that belongs to another patient or type
    PatientErasedError         nothing is written of them any more
"""

from pathlib import Path

from app.core.problems import ProblemCode


class StorageError(Exception):
    """Base of everything that the vault raises; carries a stable code."""

    code = ProblemCode.UNEXPECTED

    def __init__(self) -> None:
        super().__init__(self.code.value)


class VaultUnavailableError(StorageError):
    """The vault's file cannot be used now."""


class VaultInUseError(VaultUnavailableError):
    """Another process, or another part of this one, has the vault open."""

    code = ProblemCode.VAULT_IN_USE


class VaultTooNewError(VaultUnavailableError):
    """A newer version of the app wrote this vault; nothing was touched."""

    code = ProblemCode.VAULT_TOO_NEW


class VaultCorruptError(VaultUnavailableError):
    """The file failed its checks; `kept` is where it was set aside, if it was."""

    code = ProblemCode.VAULT_CORRUPT

    def __init__(self, kept: Path | None = None) -> None:
        super().__init__()
        self.kept = kept


class DeviceSecretMissingError(VaultUnavailableError):
    """The device secret that this vault was made with is not there."""

    code = ProblemCode.DEVICE_SECRET_MISSING


class DiskError(StorageError):
    """The disk refused; nothing was changed."""

    code = ProblemCode.DISK_FAILED


class DiskFullError(DiskError):
    """There is no room left on the disk."""

    code = ProblemCode.DISK_FULL


class DiskReadOnlyError(DiskError):
    """The disk, or the folder, can't be written to."""

    code = ProblemCode.DISK_READ_ONLY


class UnlockError(StorageError):
    """Somebody was not let in."""


class WrongPinError(UnlockError):
    """The PIN was wrong; the next attempt counts after `wait_seconds`."""

    code = ProblemCode.WRONG_PIN

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds


class WaitError(UnlockError):
    """Too early: the PIN was not looked at."""

    code = ProblemCode.WAIT_BEFORE_RETRY

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds


class PinRefusedError(UnlockError):
    """A new PIN is too short or too simple, as `code` says."""

    def __init__(self, code: ProblemCode) -> None:
        self.code = code
        super().__init__()


class NoSlotError(UnlockError):
    """This practitioner cannot unlock alone: a colleague must add them first."""

    code = ProblemCode.UNKNOWN_PRACTITIONER


class PinAlreadyChosenError(UnlockError):
    """This practitioner has a PIN here: nobody replaces it alone."""

    code = ProblemCode.PIN_ALREADY_CHOSEN


class SecondColleagueError(UnlockError):
    """Others must stand beside, or more of them: how many, or who, says `code`."""

    def __init__(self, code: ProblemCode = ProblemCode.SECOND_COLLEAGUE_NEEDED) -> None:
        self.code = code
        super().__init__()


class GrantError(UnlockError):
    """There is no grant for this, or none that still counts, as `code` says."""

    def __init__(self, code: ProblemCode = ProblemCode.NO_GRANT) -> None:
        self.code = code
        super().__init__()


class KeyChangeBlockedError(UnlockError):
    """The data key stays: no new one can be given to some who have a PIN here.

    Once each of them has unlocked, it can be changed.
    """

    code = ProblemCode.COLLEAGUE_MUST_UNLOCK

    def __init__(self, practitioner_ids: tuple[str, ...]) -> None:
        super().__init__()
        self.practitioner_ids = practitioner_ids


class ColleagueError(StorageError):
    """A colleague can't be added so, as `code` says; nothing was changed."""

    def __init__(self, code: ProblemCode) -> None:
        self.code = code
        super().__init__()


class SlotClosedError(UnlockError):
    """Too many wrong PINs in a row: closed until colleagues or a grant reopen it."""

    code = ProblemCode.SLOT_CLOSED


class LockedError(StorageError):
    """The vault is locked."""

    code = ProblemCode.LOCKED


class RecordMismatchError(StorageError):
    """A record id that is already another patient's or another type's."""

    code = ProblemCode.RECORD_MISMATCH


class PatientErasedError(StorageError):
    """This patient was erased on request: nothing is written of them any more."""

    code = ProblemCode.ERASED


class NoReaderYetError(StorageError):
    """Nobody may read confidential notes yet, so there is nobody to seal one to."""

    code = ProblemCode.NO_READER_YET


class NotAllowedError(StorageError):
    """No key of whoever asks opens this confidential note."""

    code = ProblemCode.NOT_ALLOWED


class BackupError(StorageError):
    """A backup can't be restored; nothing was changed."""


class BackupUnreadableError(BackupError):
    """The file is no backup, or it is damaged or cut."""

    code = ProblemCode.BACKUP_UNREADABLE


class BackupKeyError(BackupError):
    """This passphrase or recovery key does not open the backup."""

    code = ProblemCode.BACKUP_NOT_OPENED


class RestoreRefusedError(BackupError):
    """There is something where the vault would be restored; it is left as it is."""

    code = ProblemCode.RESTORE_NOT_EMPTY


class CarriedFileError(StorageError):
    """A file from a stick can't be taken, or made; nothing was changed."""


class ParcelUnreadableError(CarriedFileError):
    """What the last lock left for the server is gone or damaged; the vault has it."""

    code = ProblemCode.FILE_UNREADABLE


class FileUnreadableError(CarriedFileError):
    """The file is no answer of a server, or it is damaged or cut."""

    code = ProblemCode.FILE_UNREADABLE


class FileForeignError(CarriedFileError):
    """The file comes from another deployment's server."""

    code = ProblemCode.FILE_FOREIGN


class FileOfAnotherTabletError(CarriedFileError):
    """The file was made for another tablet."""

    code = ProblemCode.FILE_OF_ANOTHER_TABLET


class FileForgedError(CarriedFileError):
    """The file was not made by this tablet's server."""

    code = ProblemCode.FILE_FORGED


class OtherDeploymentError(StorageError):
    """A server of another deployment: this tablet's records are none of its."""

    code = ProblemCode.OTHER_DEPLOYMENT
