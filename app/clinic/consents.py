"""The information notice, and consent to each optional purpose.

Care does not rest on consent (GDPR Art. 9(2)(h)); a refusal changes nothing of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.canonical import Json
from app.core.change import Change, Heads, RecordKey
from app.core.document_json import as_mapping
from app.core.ids import Ids, RecordIds
from app.core.merge import Document
from app.core.projections import View, by_type
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import NO_INTERPRETER, Decision, GivenBy, Interpretation


class Purpose(StrEnum):
    """The optional purposes that are asked about."""

    PHONE_CONTACT = "phone-contact"
    SHARING = "sharing"
    RESEARCH = "research"


class PostponedReason(StrEnum):
    """Why the notice was put off."""

    NO_INTERPRETER = "no-interpreter"
    TOO_UNWELL = "too-unwell"
    TOO_UPSET = "too-upset"
    URGENT_CARE = "urgent-care"
    NO_ADULT = "no-adult"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """That the notice was given, or put off, in which language and by whom.

    `shown_in` is the language of the words on the screen, where it was another one.
    """

    given: bool
    version: str
    language: str
    interpreter: Interpretation = NO_INTERPRETER
    postponed_reason: str = ""
    shown_in: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Communication's field `notice`."""
        return {
            "status": "given" if self.given else "postponed",
            "version": self.version,
            "language": self.language,
            "interpreter": self.interpreter.to_json(),
            "reason": self.postponed_reason,
            "shown_in": self.shown_in,
        }

    @classmethod
    def from_json(cls, value: Json) -> "NoticeGiven":
        """Read the field `notice`."""
        members = as_mapping(value)
        return cls(
            given=members.get("status") == "given",
            version=_text(value, "version"),
            language=_text(value, "language"),
            interpreter=Interpretation.from_json(members.get("interpreter")),
            postponed_reason=_text(value, "reason"),
            shown_in=_text(value, "shown_in"),
        )


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """One answer to one purpose; `service` names with whom, for sharing."""

    purpose: Purpose
    decision: Decision
    given_by: GivenBy
    service: str = ""
    language: str = ""
    interpreter: Interpretation = NO_INTERPRETER
    notice_version: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Consent's field `decision`."""
        return {
            "decision": self.decision.value,
            "given_by": self.given_by.value,
            "language": self.language,
            "interpreter": self.interpreter.to_json(),
            "notice_version": self.notice_version,
        }


@dataclass(frozen=True, slots=True)
class ConsentView(View):
    """A Consent: the answer that stands to one purpose."""

    @property
    def purpose(self) -> str:
        """A code of Purpose, or one of a newer version."""
        return _text(self.value("purpose"), "code")

    @property
    def service(self) -> str:
        """With whom, for sharing; else nothing."""
        return _text(self.value("purpose"), "service")

    @property
    def decision(self) -> Decision:
        """The answer; an unknown one, or two that differ, is no yes.

        A refusal said twice, to different people, is a refusal.
        """
        said = {_text(value, "decision") for value in self._decisions}
        if len(self._decisions) > 1 and said != {Decision.NO}:
            return Decision.NOT_ASKED
        raw = next(iter(said), "")
        return Decision(raw) if raw in set(Decision) else Decision.NOT_ASKED

    @property
    def safest(self) -> Json:
        """The value of the field `decision`; of two that contradict, a refusal."""
        found = self._decisions
        refused = [v for v in found if _text(v, "decision") == Decision.NO]
        return next(iter((*refused, *found)), None)

    @property
    def _decisions(self) -> tuple[Json, ...]:
        shown = self.shown("decision")
        writes = () if shown is None else (shown.write, *shown.others)
        return tuple(write.value for write in writes)

    @property
    def given_by(self) -> GivenBy | None:
        """Who gave the answer, or None where that is unknown."""
        raw = _text(self.value("decision"), "given_by")
        return GivenBy(raw) if raw in set(GivenBy) else None


def record_notice(patient_id: str, notice: NoticeGiven, ids: Ids) -> Change:
    """Build the record that the notice was given or put off; each time is kept."""
    change = Change()
    key = RecordKey(RecordType.COMMUNICATION, ids.new(), patient_id)
    change.set(key, {"notice": notice.to_json()})
    return change


def consent_key(
    patient_id: str, purpose: str, service: str, ids: RecordIds
) -> RecordKey:
    """Return the key of a person's Consent to a purpose: one record a purpose.

    Two answers given on two tablets meet in one record, and differ in the open.
    """
    name = f"consent/{purpose}/{service}"
    return RecordKey(RecordType.CONSENT, ids.derived(patient_id, name), patient_id)


def record_consents(
    patient_id: str,
    consents: tuple[ConsentGiven, ...],
    ids: RecordIds,
    known: Iterable[Document] = (),
    seen: Mapping[str, Heads] | None = None,
) -> Change:
    """Build the answers to the optional purposes; answering again withdraws.

    `known` are the patient's records: an answer given anew where an earlier one was
    entered in error is no error. `seen` are by record id the heads of the decisions
    that stood on the screen; None: those of now.
    """
    change = Change()
    in_error = {d.record_id for d in known if View(d).entered_in_error}
    for consent in consents:
        key = consent_key(patient_id, consent.purpose.value, consent.service, ids)
        purpose: dict[str, Json] = {
            "code": consent.purpose.value,
            "service": consent.service,
        }
        heads = None if seen is None else {"decision": seen.get(key.record_id, ())}
        fields = {"purpose": purpose, "decision": consent.to_json()}
        change.set(key, fields, heads)
        if key.record_id in in_error:
            change.set(key, {ENTERED_IN_ERROR: None})
    return change


def standing_consents(documents: Iterable[Document]) -> list[ConsentView]:
    """Return a patient's consents that were not entered in error."""
    views = [ConsentView(d) for d in by_type(documents, RecordType.CONSENT)]
    return [view for view in views if not view.entered_in_error]


def last_notice(documents: Iterable[Document]) -> tuple[NoticeGiven, int] | None:
    """Return what was last said of the notice and when; one that was given stands.

    Times are UTC milliseconds.
    """
    views = [View(d) for d in by_type(documents, RecordType.COMMUNICATION)]
    shown = [v.shown("notice") for v in views if not v.entered_in_error]
    found = [
        (NoticeGiven.from_json(s.value), s.write.effective_ms)
        for s in shown
        if s is not None
    ]
    return max(found, key=lambda each: (each[0].given, each[1]), default=None)


def _text(value: Json, name: str) -> str:
    member = as_mapping(value).get(name)
    return member if isinstance(member, str) else ""
