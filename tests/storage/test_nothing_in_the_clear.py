"""No byte about a person lies in any file of the tablet, at any moment."""

import base64
import json
from pathlib import Path

from app.core.change import Authorship, RecordKey
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.values import NameStatus, PersonName
from app.core.wire import FeedItem, Outcome, PullResponse, PushOutcome, PushResponse
from app.storage import Vault
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    PORT,
    Tablet,
    change_of,
    patient,
)
from tests.support.operations import WritingDevice, envelope

NAMES = ("فاطمة الزهراء", "ሰላም ኣማኑኤል", "Оксана Шевченко", "Wilhelmina Featherstone")
ANSWERS = ("nearly-every-day-of-the-week", "self-harm-thoughts", "LA6571-9")
PHONE, CARD = "+49170998877", "4K7Q0ZP81XM"
OTHERS = (
    "QuestionnaireResponse",
    "ContactPoint",
    "refused-operation-text",
    "draft-of-a-shy-person",
    "broken-feed-secret",
    "Anastasia",
    "token-of-device",
    "tessera.example.org",
    PHONE,
    CARD,
    PIN,
)


def encodings(text: str) -> list[bytes]:
    raw = text.encode()
    return [
        raw,
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        json.dumps(text).strip('"').encode(),
        base64.b64encode(raw).rstrip(b"="),
        raw.hex().encode(),
    ]


def found(tablet: Tablet) -> list[str]:
    wanted = {part for name in NAMES for part in (name, *name.split())}
    wanted |= {*ANSWERS, *OTHERS}
    files = [p for p in tablet.folder.rglob("*") if p.is_file()]
    assert any(p.name == "vault.db" for p in files)
    return [f"{p.name}: {w}" for p in files for w in wanted if holds(p, w)]


def holds(path: Path, text: str) -> bool:
    raw = path.read_bytes()
    return any(form in raw for form in encodings(text))


def write_people(vault: Vault) -> None:
    for number, name in enumerate(NAMES):
        pid = f"p{number}"
        said = PersonName(NameStatus.SAID, original=name, latin=name).to_json()
        phone = RecordKey(RecordType.CONTACT_POINT, f"c{number}", pid)
        vault.commit(
            change_of(
                (patient(pid), {"name": said, "card": CARD}),
                (phone, {"system": "phone", "value": PHONE}),
            )
        )


def write_answers(vault: Vault) -> None:
    response = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, "r1", "p1")
    draft = json.dumps({"a": "draft-of-a-shy-person", "b": NAMES[0]}).encode()
    vault.save_draft("d1", "p1", draft)
    vault.save_draft("d2", "p2", json.dumps(list(ANSWERS)).encode())
    fields = {f"answer.{n}": {"value": a} for n, a in enumerate(ANSWERS)}
    vault.commit(change_of((response, fields)), drop_draft="d1")
    vault.commit(change_of((response, {"answer.0": {"value": "corrected"}})))


def bring_a_page(vault: Vault) -> None:
    device = WritingDevice("device-b", Authorship(BO, PORT.site_id))
    name = PersonName(NameStatus.SAID, NAMES[2], "").to_json()
    encoded = device.write((patient("p9"), {"name": name}))[0][1]
    good = FeedItem(sequence=1, device_id="device-b", operation=envelope(encoded))
    text = envelope(encoded).model_copy(update={"content": "broken-feed-secret"})
    broken = good.model_copy(update={"sequence": 2, "operation": text})
    page = PullResponse(
        cursor="epoch-1.2", items=(good, broken), more=False, server_ms=0
    )
    vault.apply_feed(page)


def refuse_one(vault: Vault) -> None:
    vault.commit(change_of((patient("p1"), {"origin": "refused-operation-text"})))
    log = vault.operations("p1")
    refused = PushOutcome(
        operation_id=log[-1].header.operation_id,
        outcome=Outcome.REJECTED,
        reason=ProblemCode.UNKNOWN_SITE,
    )
    vault.record_outcomes(
        PushResponse(
            outcomes=(refused,), acknowledged=100, server_ms=0, epoch="epoch-1"
        )
    )


def test_no_name_and_no_answer_is_in_any_file(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    vault.add_slot(BO, OTHER_PIN)
    for step in (write_people, write_answers, bring_a_page, refuse_one):
        step(vault)
        assert found(tablet) == []
    vault.close()
    assert found(tablet) == []
    again = vault_file.unlock(ANA, PIN)
    assert len(again.search("wilhelmina")) == 1
    assert found(tablet) == []
    vault_file.close()
    assert found(tablet) == []


def test_the_search_for_clear_text_finds_what_is_there(tablet: Tablet) -> None:
    tablet.open().close()
    for number, form in enumerate(encodings(NAMES[0])):
        trap = tablet.folder / f"trap-{number}"
        trap.write_bytes(b"\0\0" + form + b"\0")
        assert f"{trap.name}: {NAMES[0]}" in found(tablet)
        trap.unlink()


def test_locking_empties_the_write_ahead_log(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    write_people(vault)
    log = tablet.vault_folder / "vault.db-wal"
    assert log.stat().st_size > 0
    vault.close()
    assert log.stat().st_size == 0
    vault_file.close()


def test_the_database_is_durable_and_overwrites_what_it_deletes(
    tablet: Tablet,
) -> None:
    vault_file = tablet.open()
    names = ("journal_mode", "synchronous", "secure_delete", "temp_store")
    with vault_file._database.read() as driver:
        found = [driver.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    full, on, memory = 2, 1, 2
    assert found == ["wal", full, on, memory]
    vault_file.close()
