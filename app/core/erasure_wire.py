"""Bodies of /v1 about people who were erased: why, and who, for tablets to forget."""

from enum import StrEnum

from pydantic import Field

from app.core.wire_base import Id, WireModel

MAX_ERASED = 1_000
"""Ids in one answer."""


class ErasureReason(StrEnum):
    """Why a person's data goes: the grounds of GDPR Art. 17 (1)."""

    PERSON_ASKED = "person-asked"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    NO_LONGER_NEEDED = "no-longer-needed"
    UNLAWFUL = "recorded-unlawfully"
    ORDERED = "ordered-by-law"


class EraseRequest(WireModel):
    """Erase a person: why, and the code of their card, typed again.

    Of somebody without a card it is their id.
    """

    reason: ErasureReason
    code: str = Field(min_length=1, max_length=64)


class Erased(WireModel):
    """What an erasure took away; ids and counts alone.

    `remnants`: the database file still holds some of it, because others were reading;
    it goes with the next erasure, or with `tessera erasure purge`.
    """

    patient_id: Id
    operations: int
    documents: int
    set_aside: int
    remnants: bool = False


class ErasedPage(WireModel):
    """Who was erased after a mark, in the order of commit; ids alone.

    A mark that this server never gave is the beginning.
    """

    patient_ids: tuple[str, ...]
    mark: str
    more: bool
