"""Why a change was set aside, and what a coordinator can do, in words."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.problems import ProblemCode
from app.core.set_aside_wire import LeaveOutReason
from app.i18n.messages import problem
from app.i18n.translator import N_, Translator

_WRITE_AGAIN = N_(
    "Let the tablet sync once more. If this stays here, ask whoever wrote it to write "
    "it again; then leave this out."
)
_TELL = N_(
    "Tell your administrator. What is true can be written again; then leave this out."
)
# Of a tablet, its screens say "this tablet".
_WHY: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.DEVICE_REVOKED: N_(
            "It was written on a tablet after that tablet was blocked."
        ),
        ProblemCode.PRACTITIONER_REVOKED: N_(
            "Whoever wrote this was no longer allowed to work here then."
        ),
    }
)
_WHAT_TO_DO: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.UNKNOWN_PRACTITIONER: N_(
            "Find out who wrote it. If they work here, ask an administrator to add "
            "them, then try again. If they do not, leave it out."
        ),
        ProblemCode.PRACTITIONER_REVOKED: N_(
            "If they still worked here then, ask an administrator to let them in "
            "again, then try again. If they did not, leave it out."
        ),
        ProblemCode.UNKNOWN_SITE: N_(
            "Ask an administrator to add the site, then try again."
        ),
        ProblemCode.DEVICE_REVOKED: N_(
            "Find out who had the tablet. What is true can be written again on "
            "another one; then leave this out."
        ),
        ProblemCode.CHANGE_INCOMPLETE: _WRITE_AGAIN,
        ProblemCode.CONTENT_MISMATCH: _WRITE_AGAIN,
        ProblemCode.OPERATION_MALFORMED: _WRITE_AGAIN,
        ProblemCode.OPERATION_TOO_LARGE: N_(
            "Ask whoever wrote it to write it again in smaller parts; then leave "
            "this out."
        ),
    }
)
_LEAVE_OUT: Mapping[str, str] = MappingProxyType(
    {
        LeaveOutReason.WRITTEN_AGAIN: N_("It stands in the record already"),
        LeaveOutReason.MISTAKE: N_("It should not have been written"),
        LeaveOutReason.NOT_OURS: N_("Whoever wrote it does not work here"),
        LeaveOutReason.UNREADABLE: N_("It can’t be read"),
    }
)


def why(t: Translator, code: ProblemCode) -> str:
    """Why it was set aside, as a tablet's screens say it too."""
    return t.gettext(_WHY[code]) if code in _WHY else problem(t, code)


def what_to_do(t: Translator, code: ProblemCode) -> str:
    """What a coordinator can do about it."""
    return t.gettext(_WHAT_TO_DO.get(code, _TELL))


def leave_out_reason(t: Translator, code: str) -> str:
    """Why somebody left it out; one of a newer version as it stands."""
    return t.gettext(_LEAVE_OUT[code]) if code in _LEAVE_OUT else t.isolate(code)
