"""What codes of the clinic are called: one place, so that screens agree.

A code of a newer version is shown as it is, isolated, never as a blank.
"""

from collections.abc import Mapping

from app.clinic.consents import Purpose
from app.clinic.corrections import ErrorReason
from app.clinic.registration import Relationship
from app.clinic.screening import StopReason
from app.clinic.visits import CancelReason, LeftReason
from app.core.birth import BirthSource
from app.core.summary import Station
from app.core.values import (
    Decision,
    EncounterStatus,
    GivenBy,
    InterpreterMode,
    NameStatus,
    ResponseStatus,
    Sex,
    Who,
)
from app.core.wire import Role
from app.i18n.translator import N_, Translator

_ROLES: Mapping[str, str] = {
    Role.NURSE: N_("Nurse"),
    Role.MEDIATOR: N_("Cultural mediator"),
    Role.NGO_STAFF: N_("NGO staff"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
_STATIONS: Mapping[str, str] = {
    Station.REGISTRATION: N_("Registration"),
    Station.TRIAGE: N_("First check"),
    Station.NURSE: N_("Nurse station"),
}
_SEXES: Mapping[str, str] = {
    Sex.FEMALE: N_("Female"),
    Sex.MALE: N_("Male"),
    Sex.OTHER: N_("Other"),
    Sex.UNKNOWN: N_("Not known"),
}
_ENCOUNTERS: Mapping[str, str] = {
    EncounterStatus.ARRIVED: N_("Arrived"),
    EncounterStatus.TRIAGED: N_("First check done"),
    EncounterStatus.IN_PROGRESS: N_("Being seen"),
    EncounterStatus.ONLEAVE: N_("Away for a while"),
    EncounterStatus.FINISHED: N_("Finished"),
    EncounterStatus.CANCELLED: N_("Cancelled"),
}
_RESPONSES: Mapping[str, str] = {
    ResponseStatus.IN_PROGRESS: N_("Begun"),
    ResponseStatus.COMPLETED: N_("Completed"),
    ResponseStatus.AMENDED: N_("Completed, then corrected"),
    ResponseStatus.STOPPED: N_("Ended early"),
    ResponseStatus.ENTERED_IN_ERROR: N_("Entered in error"),
}
_LEFT: Mapping[str, str] = {
    LeftReason.OWN_WISH: N_("Did not want to stay"),
    LeftReason.MOVED_ON: N_("Had to travel on"),
    LeftReason.NOT_FOUND: N_("Could not be found"),
    LeftReason.TOO_LONG: N_("Waited too long"),
    LeftReason.HOSPITAL: N_("Taken to hospital"),
    LeftReason.OTHER: N_("Another reason"),
}
_CANCELLED: Mapping[str, str] = {
    CancelReason.MISTAKE: N_("Registered by mistake"),
    CancelReason.TWICE: N_("Registered twice"),
    CancelReason.OTHER: N_("Another reason"),
}
_STOPPED: Mapping[str, str] = {
    StopReason.TIRED: N_("Too tired"),
    StopReason.DISTRESSED: N_("Too distressed"),
    StopReason.DECLINED: N_("Did not want to answer"),
    StopReason.INTERRUPTED: N_("Interrupted"),
    StopReason.UNWELL: N_("Too unwell"),
    StopReason.OTHER: N_("Another reason"),
}
_WHO: Mapping[str, str] = {
    Who.PARENT: N_("A parent"),
    Who.GUARDIAN: N_("A legal guardian"),
    Who.NOT_PARENT: N_("Another adult"),
    Who.NOBODY: N_("Nobody"),
    Who.NOT_ASKED: N_("Not yet asked"),
}
# Codes of the screening's first page.
_PRESENT: Mapping[str, str] = {
    "nobody": N_("Nobody: alone with the staff"),
    "relative": N_("A relative"),
    "guardian": N_("A legal guardian"),
    "other": N_("Somebody else"),
}
_INTERPRETERS: Mapping[str, str] = {
    InterpreterMode.NONE: N_("Nobody was needed"),
    InterpreterMode.PRESENT: N_("Interpreter, present"),
    InterpreterMode.PHONE: N_("Interpreter, by phone"),
    InterpreterMode.RELATIVE: N_("A relative"),
}
_NAMES: Mapping[str, str] = {
    NameStatus.SAID: N_("There is a name"),
    NameStatus.NOT_ASKED: N_("Not yet asked"),
    NameStatus.REFUSED: N_("Does not want to say"),
    NameStatus.UNABLE: N_("Cannot say"),
}
_DECISIONS: Mapping[str, str] = {
    Decision.YES: N_("Yes"),
    Decision.NO: N_("No"),
    Decision.NOT_ASKED: N_("Not asked"),
}
_GIVEN_BY: Mapping[str, str] = {
    GivenBy.SELF: N_("The person"),
    GivenBy.PARENT: N_("A parent"),
    GivenBy.GUARDIAN: N_("A legal guardian"),
    GivenBy.NOBODY_ABLE: N_("Nobody was able to decide"),
}
_PURPOSES: Mapping[str, str] = {
    Purpose.PHONE_CONTACT: N_("To be called by phone"),
    Purpose.SHARING: N_("Sharing with another service"),
    Purpose.RESEARCH: N_("Research"),
}
_RELATIONSHIPS: Mapping[str, str] = {
    Relationship.PARENT: N_("Parent"),
    Relationship.MOTHER: N_("Mother"),
    Relationship.FATHER: N_("Father"),
    Relationship.CHILD: N_("Child"),
    Relationship.SIBLING: N_("Brother or sister"),
    Relationship.SPOUSE: N_("Wife or husband"),
    Relationship.GRANDPARENT: N_("Grandparent"),
    Relationship.GRANDCHILD: N_("Grandchild"),
    Relationship.OTHER_RELATIVE: N_("Another relative"),
    Relationship.GUARDIAN: N_("Legal guardian"),
    Relationship.WARD: N_("Child under their care"),
}
_ERROR_REASONS: Mapping[str, str] = {
    ErrorReason.MISTYPED: N_("Mistyped"),
    ErrorReason.MISUNDERSTOOD: N_("Misunderstood"),
    ErrorReason.TWICE: N_("Written twice"),
    ErrorReason.NOT_ASKED: N_("Was never asked"),
    ErrorReason.CORRECTED: N_("Taken away by a correction"),
}
_BIRTH_SOURCES: Mapping[str, str] = {
    BirthSource.DOCUMENT: N_("From a document"),
    BirthSource.SAID: N_("Said by the person"),
    BirthSource.RELATIVE: N_("Said by a relative"),
    BirthSource.ESTIMATED: N_("Estimated by staff"),
}


def role_name(t: Translator, code: str) -> str:
    """What a practitioner is."""
    return _term(t, _ROLES, code)


def station_name(t: Translator, code: str) -> str:
    """Where a tablet stands."""
    return _term(t, _STATIONS, code)


def sex_name(t: Translator, code: str) -> str:
    """FHIR administrative-gender."""
    return _term(t, _SEXES, code)


def encounter_status_name(t: Translator, code: str) -> str:
    """Where somebody is in a visit."""
    return _term(t, _ENCOUNTERS, code)


def response_status_name(t: Translator, code: str) -> str:
    """How far a screening is."""
    return _term(t, _RESPONSES, code)


def left_reason(t: Translator, code: str) -> str:
    """Why somebody left before the end."""
    return _term(t, _LEFT, code)


def cancel_reason(t: Translator, code: str) -> str:
    """Why a visit should not have been begun."""
    return _term(t, _CANCELLED, code)


def stop_reason(t: Translator, code: str) -> str:
    """Why a screening ended early."""
    return _term(t, _STOPPED, code)


def company_name(t: Translator, code: str) -> str:
    """With whom a child came."""
    return _term(t, _WHO, code)


def present_name(t: Translator, code: str) -> str:
    """Who was with somebody at a screening."""
    return _term(t, _PRESENT, code)


def interpreter_mode_name(t: Translator, code: str) -> str:
    """How somebody interpreted."""
    return _term(t, _INTERPRETERS, code)


def name_status_name(t: Translator, code: str) -> str:
    """Why there is no name."""
    return _term(t, _NAMES, code)


def decision_name(t: Translator, code: str) -> str:
    """What was answered to a purpose."""
    return _term(t, _DECISIONS, code)


def given_by_name(t: Translator, code: str) -> str:
    """Who decided."""
    return _term(t, _GIVEN_BY, code)


def purpose_name(t: Translator, code: str) -> str:
    """What consent is asked for."""
    return _term(t, _PURPOSES, code)


def relationship_name(t: Translator, code: str) -> str:
    """What another person is to this one."""
    return _term(t, _RELATIONSHIPS, code)


def birth_source_name(t: Translator, code: str) -> str:
    """Who said the birth date."""
    return _term(t, _BIRTH_SOURCES, code)


def error_reason_name(t: Translator, code: str) -> str:
    """Why something was written in error."""
    return _term(t, _ERROR_REASONS, code)


def _term(t: Translator, table: Mapping[str, str], code: str) -> str:
    msgid = table.get(code)
    return t.isolate(code) if msgid is None else t.gettext(msgid)
