"""The console: signing in, searching patients, reading one merged record."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.console_wire import PatientList, PatientRecord, PatientSearch
from app.core.summary import PatientSummary
from app.core.wire import Role
from app.storage.patient_index import Entry
from app.storage.patient_index import PatientIndex as TabletIndex
from sync_server.problems import ProblemError
from sync_server.services import administration, patients, set_aside
from sync_server.services.administration import NewPractitioner
from sync_server.services.patients import PatientIndex
from sync_server.services.site_scope import EVERYWHERE
from sync_server.tables import DOCUMENT
from tests.server.deployments import PASSPHRASE, TestDeployment
from tests.server.test_set_aside_replacements import written

Search = Callable[..., PatientList]


def patient(name: str) -> RecordKey:
    return RecordKey("Patient", name, name)


def named(original: str, latin: str) -> dict[str, Json]:
    return {"name": {"status": "said", "original": original, "latin": latin}}


@pytest.fixture
def search(deployment: TestDeployment) -> Search:
    index = PatientIndex()

    def find(**wanted: Any) -> PatientList:
        with deployment.context.database.read() as connection:
            return index.search(connection, PatientSearch(**wanted))

    return find


def ids(found: PatientList) -> list[str]:
    return [entry.patient_id for entry in found.patients]


def test_search_finds_words_of_names_in_any_script_cards_and_phones(
    deployment: TestDeployment, search: Search
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((patient("amina"), named("أمينة حداد", "Amina Haddad")))
    tablet.write(
        (patient("jose"), named("José Núñez", "") | {"card": "ABCD1234567"}),
        (
            RecordKey("ContactPoint", "phone", "jose"),
            {"system": "phone", "value": "+34 600-11"},
        ),
    )
    deployment.push(tablet)
    assert ids(search(text="haddad am")) == ["amina"]
    assert ids(search(text="حداد")) == ["amina"]
    assert ids(search(text="NUNEZ")) == ["jose"]
    assert ids(search(text="abcd-1234")) == ["jose"]
    assert ids(search(text="+34 60011")) == ["jose"]
    assert ids(search(text="haddad jose")) == []


def test_search_sees_what_came_since_and_shows_the_newest_first(
    deployment: TestDeployment, search: Search
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((patient("a"), named("Ada", "")))
    deployment.push(tablet)
    assert ids(search()) == ["a"]
    deployment.wall.advance(1000)
    tablet.write((patient("b"), named("Bea", "")))
    deployment.push(tablet)
    assert ids(search()) == ["b", "a"]
    assert (ids(search(limit=1, offset=1)), search(limit=1).total) == (["a"], 2)


def test_a_list_marks_conflicts_and_red_flags_of_all_records(
    deployment: TestDeployment, search: Search
) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    one.write((patient("a"), {"sex": "female"}), (patient("b"), {"sex": "male"}))
    answer: Json = {"values": [], "flags": ["suicide-risk"]}
    response = RecordKey("QuestionnaireResponse", "phq9", "b")
    one.write((response, {"answer.:q9": answer}))
    other.write((patient("a"), {"sex": "male"}))
    deployment.push(one)
    deployment.push(other)
    found = {entry.patient_id: entry for entry in search().patients}
    assert (found["a"].conflicts, found["b"].conflicts) == (1, 0)
    assert (found["a"].red_flags, found["b"].red_flags) == ((), ("suicide-risk",))
    assert found["a"].site_ids == (deployment.site_id,)
    assert ids(search(only_conflicts=True)) == ["a"]
    assert ids(search(site_id="elsewhere")) == []


def test_a_damaged_document_keeps_nobody_else_from_the_list(
    deployment: TestDeployment, search: Search
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write(
        (patient("amina"), named("", "Amina")), (patient("sara"), named("", "Sara"))
    )
    deployment.push(tablet)
    with deployment.context.database.write() as connection:
        of_amina = DOCUMENT.c.record_id == "amina"
        connection.execute(update(DOCUMENT).where(of_amina).values(body="{"))
    assert set(ids(search(text=""))) == {"amina", "sara"}
    assert ids(search(text="sara")) == ["sara"]


def test_a_patient_of_whom_only_a_visit_arrived_is_in_the_list(
    deployment: TestDeployment, search: Search
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((RecordKey("Encounter", "visit", "a"), {"started_at": 1}))
    deployment.push(tablet)
    (entry,) = search().patients
    assert (entry.patient_id, entry.document["fields"]) == ("a", {})


def test_one_record_holds_all_documents_and_their_history(
    deployment: TestDeployment,
) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    one.write((patient("a"), {"sex": "female"}))
    other.write((RecordKey("Encounter", "visit", "a"), {"started_at": 1}))
    other.write((patient("b"), {"sex": "male"}))
    deployment.push(one)
    deployment.push(other)
    with deployment.context.database.read() as connection:
        record = patients.record_of(connection, "a")
    assert [document["record"] for document in record.documents] == ["a", "visit"]
    assert [item.device_id for item in record.history] == ["tablet-a", "tablet-b"]
    assert [device.device_id for device in record.devices] == ["tablet-a", "tablet-b"]


def test_a_coordinator_signs_in_reads_and_signs_out(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    deployment.give_passphrase()
    tablet = deployment.device("tablet-a")
    tablet.write((patient("a"), named("Ada", "")))
    deployment.push(tablet)
    given = http.post(
        "/v1/sessions", json={"name": " CLARA ", "passphrase": PASSPHRASE}
    ).json()
    assert given["practitioner"]["practitioner_id"] == deployment.coordinator_id
    headers = {"Authorization": f"Bearer {given['token']}"}
    found = http.post("/v1/patients/search", json={"text": "ada"}, headers=headers)
    assert ids(PatientList.model_validate_json(found.content)) == ["a"]
    record = http.get("/v1/patients/a", headers=headers)
    assert PatientRecord.model_validate_json(record.content).patient_id == "a"
    assert http.get("/v1/patients/nobody", headers=headers).status_code == 404
    assert http.delete("/v1/sessions", headers=headers).status_code == 204
    assert http.get("/v1/patients/a", headers=headers).status_code == 401


def test_a_session_ends_by_itself(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    deployment.give_passphrase()
    given = http.post(
        "/v1/sessions", json={"name": "Clara", "passphrase": PASSPHRASE}
    ).json()
    headers = {"Authorization": f"Bearer {given['token']}"}
    assert http.post("/v1/patients/search", json={}, headers=headers).is_success
    deployment.wall.now_ms = given["expires_at"] + 1
    late = http.post("/v1/patients/search", json={}, headers=headers)
    assert late.status_code == 401


def test_a_tablet_or_a_nurse_reads_no_patients_of_other_sites(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    database = deployment.context.database
    administration.set_passphrase(database, "Nadia", PASSPHRASE)
    nurse = http.post("/v1/sessions", json={"name": "Nadia", "passphrase": PASSPHRASE})
    headers = {"Authorization": f"Bearer {nurse.json()['token']}"}
    answer = http.post("/v1/patients/search", json={}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")
    device = deployment.device("tablet-a")
    headers = {"Authorization": f"Bearer {deployment.enrol(device).token}"}
    assert http.get("/v1/patients/a", headers=headers).status_code == 401


def test_guessing_passphrases_waits(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    deployment.give_passphrase()
    nobody = {"name": "Nobody", "passphrase": "wrong"}
    assert http.post("/v1/sessions", json=nobody).json()["type"] == "sign-in-wrong"
    wrong = {"name": "Clara", "passphrase": "wrong"}
    answers = [http.post("/v1/sessions", json=wrong) for _ in range(6)]
    kinds = [answer.json()["type"] for answer in answers]
    assert kinds == ["sign-in-wrong"] * 5 + ["too-many-attempts"]
    assert answers[-1].headers["retry-after"] == "1"
    deployment.wall.advance(1000)
    right = {"name": "Clara", "passphrase": PASSPHRASE}
    assert http.post("/v1/sessions", json=right).is_success


def test_a_short_passphrase_or_a_second_of_one_name_is_refused(
    on_sqlite: TestDeployment,
) -> None:
    ports, database = on_sqlite.context.ports, on_sqlite.context.database
    with pytest.raises(administration.AdministrationError, match="at least 12"):
        administration.set_passphrase(database, "Clara", "short")
    nadia = NewPractitioner(" nadia ", Role.NURSE)
    with pytest.raises(administration.AdministrationError, match="already"):
        administration.add_practitioner(ports, database, nadia)


def test_no_such_patient_is_a_problem(deployment: TestDeployment) -> None:
    with (
        deployment.context.database.read() as connection,
        pytest.raises(ProblemError, match="not-found"),
    ):
        patients.record_of(connection, "nobody")


@pytest.mark.parametrize(
    "text",
    [
        "فاطمه", "علي", "bjorn", "fatma-zahra", "zahra",
        "+44 20 7946 0011", "7946 0011", "O123-456", "٠١٢٣٤٥",
    ],
)  # fmt: skip
def test_the_console_finds_whom_a_tablet_finds(
    on_sqlite: TestDeployment, text: str
) -> None:
    tablet = on_sqlite.device("tablet-a")
    phone: dict[str, Json] = {"system": "phone", "value": "+44 (0)20 7946-0011"}
    if text.startswith("+"):
        phone["value"] = "+442079460011"
    tablet.write(
        (
            patient("fatima"),
            named("فاطمة على", "Bjørn Fatma-Zahra") | {"card": "0123456789A"},
        ),
        (RecordKey("ContactPoint", "phone", "fatima"), phone),
    )
    tablet.write((patient("other"), named("Ada", "") | {"card": "9123456789A"}))
    on_sqlite.push(tablet)
    with on_sqlite.context.database.read() as connection:
        found = PatientIndex().search(connection, PatientSearch(text=text))
    assert ids(found) == ["fatima"]
    summary = PatientSummary(
        "fatima", card="0123456789A", original="فاطمة على", latin="Bjørn Fatma-Zahra",
        phones=(str(phone["value"]),),
    )  # fmt: skip
    on_tablet = TabletIndex([Entry.of(summary)]).search(text, 5)
    assert [one.patient_id for one in on_tablet] == ["fatima"]


def test_a_conflict_that_a_set_aside_correction_ends_leaves_the_list_at_once(
    deployment: TestDeployment, search: Search
) -> None:
    def found() -> list[tuple[int, int]]:
        with deployment.context.database.read() as connection:
            waiting = set_aside.waiting(connection, EVERYWHERE)
        return [(each.conflicts, waiting) for each in search().patients]

    first, refused, corrected = written(deployment)
    tablet = deployment.devices[0]
    for part in (first, corrected):
        tablet.pending = list(part)
        deployment.push(tablet)
    assert found() == [(1, 0)]
    tablet.pending = list(refused)
    deployment.push(tablet)
    assert found() == [(0, 1)]


def test_a_name_or_an_id_that_no_database_holds_is_malformed(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    deployment.give_passphrase()
    given = {"name": "Clara", "passphrase": PASSPHRASE}
    token = http.post("/v1/sessions", json=given).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    odd = {"name": "Cl\u0000ara", "passphrase": PASSPHRASE}
    answers = (
        http.post("/v1/sessions", json=odd),
        http.get("/v1/patients/%00", headers=headers),
        http.get("/v1/patients/a%00b", headers=headers),
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (422, "malformed")
