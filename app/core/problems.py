"""Everything that can go wrong, by stable code; sentences are made in i18n."""

from enum import StrEnum


class ProblemCode(StrEnum):
    """Stable codes on the wire (RFC 9457 `type`), in outcomes and on screens.

    A code is never reused for another meaning.
    """

    # Requests
    MALFORMED = "malformed"
    NOT_JSON = "not-json"
    BODY_DAMAGED = "body-damaged"
    TOO_LARGE = "too-large"
    UNSUPPORTED_ENCODING = "unsupported-encoding"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    TOO_MANY_REQUESTS = "too-many-requests"
    SERVER_FAULT = "server-fault"
    SERVER_BUSY = "server-busy"

    # Enrolment and sign-in
    ENROLMENT_CODE_WRONG = "enrolment-code-wrong"
    ENROLMENT_CODE_USED = "enrolment-code-used"
    ENROLMENT_CODE_EXPIRED = "enrolment-code-expired"
    SIGN_IN_WRONG = "sign-in-wrong"
    UNKNOWN_DEVICE = "unknown-device"
    DEVICE_REVOKED = "device-revoked"

    # Push and pull
    SIGNATURE_WRONG = "signature-wrong"
    CHAIN_GAP = "chain-gap"
    DEVICE_FORKED = "device-forked"
    EPOCH_CHANGED = "epoch-changed"
    CURSOR_WRONG = "cursor-wrong"

    # Reasons for which a change is set aside
    CHANGE_INCOMPLETE = "change-incomplete"
    CONTENT_MISMATCH = "content-mismatch"
    OPERATION_MALFORMED = "operation-malformed"
    OPERATION_TOO_LARGE = "operation-too-large"
    OPERATION_ID_REUSED = "operation-id-reused"
    UNKNOWN_PRACTITIONER = "unknown-practitioner"
    UNKNOWN_SITE = "unknown-site"
    RECORD_MISMATCH = "record-mismatch"
    ERASED = "erased"
    PRACTITIONER_REVOKED = "practitioner-revoked"
    LEFT_OUT = "left-out"

    # Files that carry records
    FILE_UNREADABLE = "file-unreadable"
    FILE_FOREIGN = "file-foreign"
    FILE_OF_ANOTHER_TABLET = "file-of-another-tablet"
    FILE_FORGED = "file-forged"
    FILE_NOT_SAVED = "file-not-saved"

    # On the tablet
    UNREACHABLE = "unreachable"
    CONNECTION_CUT = "connection-cut"
    PROTOCOL_MISMATCH = "protocol-mismatch"
    SERVER_CERTIFICATE_WRONG = "server-certificate-wrong"
    WRONG_PIN = "wrong-pin"
    PIN_TOO_SHORT = "pin-too-short"
    PIN_TOO_SIMPLE = "pin-too-simple"
    WAIT_BEFORE_RETRY = "wait-before-retry"
    VAULT_IN_USE = "vault-in-use"
    VAULT_CORRUPT = "vault-corrupt"
    VAULT_TOO_NEW = "vault-too-new"
    DEVICE_SECRET_MISSING = "device-secret-missing"  # noqa: S105 - a code, no secret
    DISK_FULL = "disk-full"
    DISK_READ_ONLY = "disk-read-only"
    LOCKED = "locked"
    CARD_CODE_WRONG = "card-code-wrong"
    UNDECIDED = "undecided"
    NO_READER_YET = "no-reader-yet"
    NOT_ALLOWED = "not-allowed"
    DISK_FAILED = "disk-failed"
    BACKUP_UNREADABLE = "backup-unreadable"
    BACKUP_NOT_OPENED = "backup-not-opened"
    RESTORE_NOT_EMPTY = "restore-not-empty"
    UNEXPECTED = "unexpected"
    OTHER_DEPLOYMENT = "other-deployment"

    # Colleagues on one tablet
    PASSPHRASE_NEEDED = "passphrase-needed"  # noqa: S105 - a code, no secret
    PIN_ALREADY_CHOSEN = "pin-already-chosen"
    SECOND_COLLEAGUE_NEEDED = "second-colleague-needed"
    HIGHER_ROLE_NEEDED = "higher-role-needed"
    ROLE_TOO_HIGH = "role-too-high"
    NAME_TAKEN = "name-taken"
    NAME_MISSING = "name-missing"
    NO_GRANT = "no-grant"
    GRANT_EXPIRED = "grant-expired"
    SLOT_CLOSED = "slot-closed"
    COLLEAGUE_MUST_UNLOCK = "colleague-must-unlock"
