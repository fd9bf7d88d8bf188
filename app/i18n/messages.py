"""Sentences for problem codes, sync outcomes and review states."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.problems import ProblemCode
from app.i18n.file_problems import FILE_PROBLEMS
from app.i18n.languages import Review
from app.i18n.server_problems import SERVER_PROBLEMS
from app.i18n.translator import N_, Translator

_PROBLEMS: Mapping[ProblemCode, str] = MappingProxyType(
    {
        **SERVER_PROBLEMS,
        ProblemCode.MALFORMED: N_(
            "The server did not understand what this tablet sent. "
            "Nothing is lost; it stays on this tablet. Tell your administrator."
        ),
        ProblemCode.NOT_JSON: N_(
            "What arrived could not be read. Nothing is lost; try again."
        ),
        ProblemCode.TOO_LARGE: N_(
            "This is too large to be sent at once. It stays on this tablet. "
            "Tell your administrator."
        ),
        ProblemCode.UNSUPPORTED_ENCODING: N_(
            "This tablet and the server do not pack data in the same way. "
            "Update the app, then try again."
        ),
        ProblemCode.NOT_FOUND: N_("This was not found on the server."),
        ProblemCode.METHOD_NOT_ALLOWED: N_(
            "The server cannot do this. Update the app, then try again."
        ),
        ProblemCode.FORBIDDEN: N_("You are not allowed to do this."),
        ProblemCode.UNAUTHENTICATED: N_("Sign in again to go on."),
        ProblemCode.TOO_MANY_ATTEMPTS: N_(
            "There were too many attempts. Wait a little, then try again."
        ),
        ProblemCode.SERVER_FAULT: N_(
            "Something went wrong on the server. Nothing is lost; "
            "this tablet will try again."
        ),
        ProblemCode.SERVER_BUSY: N_(
            "The server is busy. Nothing is lost; this tablet will try again."
        ),
        ProblemCode.ENROLMENT_CODE_WRONG: N_(
            "This code is not right. Compare it with the code you were given."
        ),
        ProblemCode.ENROLMENT_CODE_USED: N_(
            "This code was already used. Ask your administrator for a new one."
        ),
        ProblemCode.ENROLMENT_CODE_EXPIRED: N_(
            "This code is too old. Ask your administrator for a new one."
        ),
        ProblemCode.SIGN_IN_WRONG: N_("The name or the passphrase is not right."),
        ProblemCode.UNKNOWN_DEVICE: N_(
            "The server does not know this tablet. Nothing is lost: what was written "
            "here stays here. Tell your administrator."
        ),
        ProblemCode.DEVICE_REVOKED: N_(
            "This tablet was blocked by your administrator."
        ),
        ProblemCode.SIGNATURE_WRONG: N_(
            "The server could not check that this came from this tablet. "
            "It stays on this tablet. Tell your administrator."
        ),
        ProblemCode.CHAIN_GAP: N_(
            "The server is missing earlier changes of this tablet. "
            "They will be sent again."
        ),
        ProblemCode.DEVICE_FORKED: N_(
            "This tablet and another one are copies of each other. Nothing is lost: "
            "what was written here stays here. Tell your administrator."
        ),
        ProblemCode.EPOCH_CHANGED: N_(
            "The server was restored from a backup. "
            "This tablet will send its records again."
        ),
        ProblemCode.CURSOR_WRONG: N_(
            "The server does not know how far this tablet has read. "
            "It will read again from the start."
        ),
        ProblemCode.OTHER_DEPLOYMENT: N_(
            "This code is for another organisation’s server. Nothing was changed."
        ),
        ProblemCode.CHANGE_INCOMPLETE: N_(
            "A part of what was saved together is missing, so it was set aside."
        ),
        ProblemCode.CONTENT_MISMATCH: N_(
            "The content was damaged on its way, so it was set aside."
        ),
        ProblemCode.OPERATION_MALFORMED: N_(
            "The server could not read this change, so it was set aside."
        ),
        ProblemCode.OPERATION_TOO_LARGE: N_(
            "This change is too large for the server, so it was set aside."
        ),
        ProblemCode.OPERATION_ID_REUSED: N_(
            "Another change already has this number, so it was set aside."
        ),
        ProblemCode.UNKNOWN_PRACTITIONER: N_(
            "The server does not know who wrote this, so it was set aside."
        ),
        ProblemCode.UNKNOWN_SITE: N_(
            "The server does not know this site, so it was set aside."
        ),
        ProblemCode.UNDECIDED: N_(
            "Two versions of this are not decided yet. "
            "Decide which is right first; then it can be moved."
        ),
        ProblemCode.NO_READER_YET: N_(
            "Nobody may read confidential notes yet, so nothing was saved. "
            "Ask a coordinator to name who may read them."
        ),
        ProblemCode.NOT_ALLOWED: N_(
            "This note is confidential. Ask somebody who may read it."
        ),
        ProblemCode.RECORD_MISMATCH: N_(
            "This change names another record than before, so it was set aside."
        ),
        ProblemCode.ERASED: N_(
            "This person’s data was erased on request. It will not come back."
        ),
        ProblemCode.UNREACHABLE: N_(
            "There is no connection to the server. "
            "You can go on working; everything is kept on this tablet."
        ),
        ProblemCode.CONNECTION_CUT: N_(
            "The connection was cut. What was sent is safe; "
            "the rest is kept and will be sent next time."
        ),
        ProblemCode.BODY_DAMAGED: N_(
            "This was damaged on the way. It is kept and will be sent again."
        ),
        ProblemCode.PROTOCOL_MISMATCH: N_(
            "This app and the server are of different versions. "
            "Update the app, then try again."
        ),
        ProblemCode.WRONG_PIN: N_("This PIN is not right."),
        ProblemCode.PIN_TOO_SHORT: N_("This PIN is too short."),
        ProblemCode.PIN_TOO_SIMPLE: N_(
            "This PIN is too easy to guess. Choose another one."
        ),
        ProblemCode.WAIT_BEFORE_RETRY: N_(
            "There were several wrong PINs. Wait before you try again."
        ),
        ProblemCode.SLOT_CLOSED: N_(
            "There were too many wrong PINs, so this name is closed on this tablet. "
            "The records are safe, and a colleague can unlock. To use this name "
            "again, two colleagues together set a new PIN here, or your coordinator "
            "lets you try again."
        ),
        ProblemCode.COLLEAGUE_MUST_UNLOCK: N_(
            "Nothing was changed. First each colleague with a PIN on this tablet "
            "has to unlock it once."
        ),
        ProblemCode.VAULT_IN_USE: N_(
            "The app is already open on this tablet. Close the other window first."
        ),
        ProblemCode.VAULT_CORRUPT: N_(
            "The file with the records cannot be read. It was not changed. "
            "Do not use this tablet; bring it to your administrator."
        ),
        ProblemCode.VAULT_TOO_NEW: N_(
            "The records were written by a newer app. Update the app to open them."
        ),
        ProblemCode.DEVICE_SECRET_MISSING: N_(
            "This tablet has lost its key, so its records cannot be opened. "
            "They were not changed. Bring the tablet to your administrator."
        ),
        ProblemCode.DISK_FULL: N_(
            "The tablet’s memory is full, so this was not saved. "
            "What you typed is still on the screen. Free some space, then save again."
        ),
        ProblemCode.DISK_READ_ONLY: N_(
            "The tablet’s memory cannot be written, so this was not saved. "
            "What you typed is still on the screen."
        ),
        ProblemCode.DISK_FAILED: N_(
            "The tablet’s memory did not answer, so this was not done. "
            "What was saved is kept. Try again; if it happens again, "
            "bring the tablet to your administrator."
        ),
        ProblemCode.BACKUP_UNREADABLE: N_(
            "This backup is damaged or incomplete. Nothing was changed. "
            "Use another copy of it."
        ),
        ProblemCode.BACKUP_NOT_OPENED: N_(
            "This does not open the backup. Nothing was changed. "
            "Check what you typed and try again."
        ),
        ProblemCode.RESTORE_NOT_EMPTY: N_(
            "There are records on this tablet already, so nothing was restored. "
            "Use a tablet without records."
        ),
        ProblemCode.LOCKED: N_("The app is locked. Enter your PIN to go on."),
        ProblemCode.CARD_CODE_WRONG: N_(
            "This card code is mistyped. Compare each character with the card."
        ),
        ProblemCode.PRACTITIONER_REVOKED: N_(
            "Whoever wrote this was no longer allowed to work here then, "
            "so it was set aside. Tell your administrator."
        ),
        ProblemCode.LEFT_OUT: N_(
            "A coordinator decided to leave this out. It is kept on record."
        ),
        ProblemCode.PASSPHRASE_NEEDED: N_(
            "Your role needs a passphrase: 8 letters and digits or more."
        ),
        ProblemCode.PIN_ALREADY_CHOSEN: N_("This colleague already has a PIN here."),
        ProblemCode.SECOND_COLLEAGUE_NEEDED: N_(
            "A forgotten PIN is set anew by two other colleagues together. "
            "Both must be confirmed."
        ),
        ProblemCode.HIGHER_ROLE_NEEDED: N_(
            "A confirmed colleague of this role or above must stand by."
        ),
        ProblemCode.ROLE_TOO_HIGH: N_(
            "You can add colleagues of your own role or below. "
            "Ask your administrator for the others."
        ),
        ProblemCode.NAME_TAKEN: N_(
            "Somebody of this name works here already. "
            "Add something that tells them apart."
        ),
        ProblemCode.NAME_MISSING: N_("Type the name first."),
        ProblemCode.NO_GRANT: N_(
            "There is no permission for this yet. Ask your coordinator for one."
        ),
        ProblemCode.GRANT_EXPIRED: N_(
            "This permission is too old. Ask your coordinator for a new one."
        ),
        ProblemCode.UNEXPECTED: N_(
            "Something unexpected went wrong. What was saved is safe. "
            "Tell your administrator."
        ),
        **FILE_PROBLEMS,
    }
)

_REVIEWS: Mapping[Review, str] = MappingProxyType(
    {
        Review.SOURCE: N_("These are the original words."),
        Review.MACHINE_DRAFTED: N_(
            "Drafted by a machine. "
            "Not yet reviewed by a clinician who speaks this language."
        ),
        Review.SPEAKER_REVIEWED: N_(
            "Reviewed by a speaker of this language, not yet by a clinician."
        ),
        Review.CLINICIAN_REVIEWED: N_(
            "Reviewed by a clinician who speaks this language."
        ),
    }
)


def problem(t: Translator, code: str) -> str:
    """What happened, what is kept, what to do; a newer code is named as it is."""
    try:
        return t.gettext(_PROBLEMS[ProblemCode(code)])
    except ValueError:
        template = t.gettext("Something went wrong. Tell your administrator: {code}")
        return t.fill(template, code=code)


def review_state(t: Translator, review: Review) -> str:
    """Who has stood behind the words of a language."""
    return t.gettext(_REVIEWS[review])
