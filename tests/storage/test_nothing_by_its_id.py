"""No id and no name in the file tells what somebody was asked, nor by which form."""

import hashlib
import itertools
import re
import uuid
from collections.abc import Iterator

import pytest

from app.clinic.consents import (
    ConsentGiven,
    NoticeGiven,
    Purpose,
    record_consents,
    record_notice,
)
from app.clinic.findings import Ending, complete
from app.clinic.library import Form, read_library
from app.clinic.registration import Registration, register
from app.clinic.screening import (
    Asked,
    begin,
    first_page,
    joined,
    response_id_of,
    response_key,
)
from app.core.ids import derived_id
from app.core.questionnaire import Answers, ItemPath, evaluate
from app.core.values import Decision, GivenBy, ResponseStatus
from app.storage import Vault
from tests.storage.tablets import PORT, SETUP, Tablet

LIBRARY = read_library()
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ITEMS = [ItemPath(item) for item in ("heart-rate", "body-temperature", "cough")]


def derived_names() -> Iterator[str]:
    """What records are named by under another one: the program is no secret."""
    yield "score"
    yield from (f"consent/{p}/{s}" for p in Purpose for s in ("", "Red Cross"))
    for form, attempt in itertools.product(LIBRARY.forms, range(3)):
        yield f"response/{form.canonical}/{attempt}"
    yield from (f"observation/{path.encode()}" for path in ITEMS)


def draft_names(ids: set[str]) -> Iterator[str]:
    """How drafts are named where they are typed."""
    yield from ("register", "arrival:carried")
    for one in ids:
        yield from (f"screening/{one}", f"register:returning:{one}")
        yield f"register:family:{one}"
        yield from (f"notice:{one}:{other}" for other in ids)


def guesses(ids: set[str]) -> Iterator[str]:
    """What somebody computes who has the file and the program, but no key."""
    known = (b"", PORT.site_id.encode(), SETUP.deployment.deployment_id.encode())
    for parent, name in itertools.product(ids, derived_names()):
        yield str(uuid.uuid5(uuid.UUID(parent), name))
        yield from (derived_id(secret, parent, name) for secret in known)


def screened(vault: Vault, form: Form, patient_id: str, encounter_id: str) -> None:
    """Answer a form, with its drafts."""
    key = response_key(patient_id, response_id_of(encounter_id, form, vault.ids))
    vault.save_draft(f"screening/{key.record_id}", patient_id, b"{}")
    state = evaluate(form.questionnaire, Answers())
    ending = Ending(ResponseStatus.COMPLETED, 0)
    begun = begin(key, encounter_id, form, first_page(Asked("en", "ar"), "nobody"))
    vault.commit(joined(begun, complete(key, form, state, ending, vault.ids)))


@pytest.fixture
def records(tablet: Tablet) -> set[str]:
    """Record ids of somebody who was asked everything, on a tablet that is locked."""
    vault_file, vault = tablet.unlocked()
    made = register(Registration(), vault.patient_id_of_card, vault.ids, 0)
    vault.commit(made.change)
    patient_id, encounter_id = made.patient_id, made.encounter_id
    for form in LIBRARY.forms:
        screened(vault, form, patient_id, encounter_id)
    consents = tuple(
        ConsentGiven(purpose, Decision.YES, GivenBy.SELF) for purpose in Purpose
    )
    notice = NoticeGiven(given=True, version="1", language="ar")
    vault.commit(record_notice(patient_id, notice, vault.ids))
    vault.commit(record_consents(patient_id, consents, vault.ids))
    vault.save_draft(f"notice:{patient_id}:{encounter_id}", patient_id, b"{}")
    vault.save_draft(f"register:returning:{patient_id}", patient_id, b"{}")
    vault.save_draft("register", "this-tablet", b"{}")
    found = {d.record_id for d in vault.documents(patient_id)}
    vault_file.close()
    return found


def test_no_derived_id_can_be_computed_from_the_file(
    tablet: Tablet, records: set[str]
) -> None:
    in_file = {m.decode() for m in UUID.findall(tablet.database.read_bytes())}
    assert records <= in_file
    assert in_file & set(guesses(in_file)) == set()


def test_the_guesses_would_find_an_id_that_needs_no_key() -> None:
    parent = "0b0e8f6c-3f0a-4ac5-9f5e-111111111111"
    form = LIBRARY.forms[0].canonical
    unkeyed = str(uuid.uuid5(uuid.UUID(parent), f"response/{form}/0"))
    assert unkeyed in set(guesses({parent}))


def test_no_draft_is_known_by_its_name(tablet: Tablet, records: set[str]) -> None:
    raw = tablet.database.read_bytes()
    in_file = {m.decode() for m in UUID.findall(raw)}
    names = {*draft_names(in_file), *draft_names(records)}
    assert len(names) > len(records)
    hashed = {hashlib.sha256(name.encode()).hexdigest() for name in names}
    assert [n for n in names - {"register"} if n.encode() in raw] == []
    assert [n for n in hashed if n.encode() in raw] == []
    assert b"register" not in raw
