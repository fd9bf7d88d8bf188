"""The coordinator's side: sign in, search patients, read one record. No vault."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

import httpx

from app.core.canonical import Json
from app.core.console_wire import (
    Access,
    GrantRequest,
    PatientEntry,
    PatientList,
    PatientRecord,
    PatientSearch,
    SignInRequest,
    SignInResponse,
)
from app.core.devices_wire import DeviceState, DeviceStates
from app.core.document_json import document_from_json
from app.core.erasure_wire import Erased, EraseRequest
from app.core.merge import Document
from app.core.people_wire import Grant
from app.core.wire import (
    API_PREFIX,
    DeviceInfo,
    FeedItem,
    Health,
    PractitionerInfo,
    SiteInfo,
)
from app.sync.channel import HttpChannel
from app.sync.failures import ProtocolMismatch

_SESSIONS = f"{API_PREFIX}/sessions"


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """One patient in a list: the merged Patient and what marks the record."""

    patient_id: str
    document: Document
    site_ids: tuple[str, ...]
    changed_at: int
    conflicts: int
    red_flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPatients:
    """A page of patients, newest change first, and how many there are in all."""

    total: int
    patients: tuple[FoundPatient, ...]
    hides_alarms: bool = False
    """Whether red flags are left out, for the role that asks."""
    set_aside: int = 0
    """Changes that wait for a decision, where who asks reads."""


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """Every document of one patient, its history, and who is who in it."""

    patient_id: str
    documents: tuple[Document, ...]
    history: tuple[FeedItem, ...]
    practitioners: Mapping[str, PractitionerInfo]
    devices: Mapping[str, DeviceInfo]
    sites: Mapping[str, SiteInfo]
    may_erase: bool = False
    hidden: tuple[str, ...] = ()
    """Types of what is there and is not shown to the role that asks."""


class ConsoleSession:
    """Speaks to the server as a practitioner who signed in; raises SyncFailure alone.

    An Unauthenticated means that the session ended: sign in again.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._channel = HttpChannel(url, transport=transport)

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody signed in and has not signed out."""
        return self._channel.token is not None

    def health(self) -> Health:
        """Return whether a Tessera server is up there."""
        return self._channel.get("/health", Health)

    def sign_in(self, name: str, passphrase: str) -> SignInResponse:
        """Begin a session; Refused(SIGN_IN_WRONG) says not whether a name exists."""
        request = SignInRequest(name=name, passphrase=passphrase)
        answer = self._channel.post(_SESSIONS, SignInResponse, request)
        self._channel.token = answer.token
        return answer

    def sign_out(self) -> None:
        """End the session here whatever happens, and at the server."""
        try:
            self._channel.delete(_SESSIONS)
        finally:
            self._channel.token = None

    def search_patients(self, search: PatientSearch) -> FoundPatients:
        """Return a page of patients."""
        path = f"{API_PREFIX}/patients/search"
        found = self._channel.post(path, PatientList, search)
        patients = tuple(_found(entry) for entry in found.patients)
        return FoundPatients(found.total, patients, found.hides_alarms, found.set_aside)

    def patient_record(self, patient_id: str) -> MergedRecord:
        """Return everything about one patient; Refused(NOT_FOUND) if there is none."""
        path = f"{API_PREFIX}/patients/{quote(patient_id, safe='')}"
        record = self._channel.get(path, PatientRecord)
        return MergedRecord(
            record.patient_id,
            tuple(_document(document) for document in record.documents),
            record.history,
            {who.practitioner_id: who for who in record.practitioners},
            {device.device_id: device for device in record.devices},
            {site.site_id: site for site in record.sites},
            record.may_erase,
            record.hidden,
        )

    def erase_patient(self, patient_id: str, request: EraseRequest) -> Erased:
        """Erase a patient for good; Refused(CARD_CODE_WRONG) for another code."""
        path = f"{API_PREFIX}/patients/{quote(patient_id, safe='')}/erase"
        return self._channel.post(path, Erased, request)

    def access(self) -> Access:
        """Return who works on which tablets, and what stands allowed there."""
        return self._channel.get(f"{API_PREFIX}/access", Access)

    def give_grant(self, wanted: GrantRequest) -> Grant:
        """Allow somebody something on a tablet; while it stands, that is returned.

        Raises Refused: FORBIDDEN for a role above one's own, NOT_FOUND.
        """
        return self._channel.post(f"{API_PREFIX}/grants", Grant, wanted)

    def devices(self) -> tuple[DeviceState, ...]:
        """Return every tablet and what it said of itself last, by site and name."""
        return self._channel.get(f"{API_PREFIX}/devices", DeviceStates).devices

    @property
    def channel(self) -> HttpChannel:
        """The line to the server, for what is no part of reading records."""
        return self._channel

    def close(self) -> None:
        """Close every connection."""
        self._channel.close()


def _found(entry: PatientEntry) -> FoundPatient:
    return FoundPatient(
        entry.patient_id,
        _document(entry.document),
        entry.site_ids,
        entry.changed_at,
        entry.conflicts,
        entry.red_flags,
    )


def _document(value: Mapping[str, object]) -> Document:
    try:
        return document_from_json(cast("Mapping[str, Json]", value))
    except ValueError:
        raise ProtocolMismatch from None
