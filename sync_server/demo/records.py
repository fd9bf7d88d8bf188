"""The demo's records: real signed operations of a demo tablet, taken in by a push."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.birth import BirthSource, birth_of_age
from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.change import Authorship, Change, RecordKey, build
from app.core.clock import HybridClock
from app.core.ids import derived_id, patient_id_of_card
from app.core.operation import EncodedOperation
from app.core.questionnaire.loading import load
from app.core.records import ANSWER_PREFIX, RecordType
from app.core.wire import EnrolRequest, OperationEnvelope, PushRequest
from sync_server.context import Context
from sync_server.demo.people import PEOPLE, Person
from sync_server.services import enrolment, ingest

_MINUTE_MS = 60_000
_PHQ9_CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
_PHQ9_TEXTS = (
    "Not at all",
    "Several days",
    "More than half the days",
    "Nearly every day",
)
_SELF_HARM = 8
_BANDS = ((20, "severe"), (15, "moderately-severe"), (10, "moderate"), (5, "mild"))
_TB_ITEMS = (
    "cough",
    "cough-over-two-weeks",
    "blood-in-sputum",
    "fever",
    "weight-loss",
    "night-sweats",
)
_TB_FLAGS = frozenset({"cough-over-two-weeks", "blood-in-sputum"})


@dataclass(slots=True)
class _Moment:
    """A wall clock that a person's story sets."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True, slots=True)
class Form:
    """A shipped questionnaire and what scores it."""

    canonical: str
    items: tuple[str, ...]
    protocol: dict[str, Json]


def read_form(assets: Path, name: str) -> Form:
    """Read a shipped questionnaire and its protocol."""
    raw = (assets / "questionnaires" / f"{name}.json").read_bytes()
    canonical = f"https://tessera.example/Questionnaire/{name}"
    form = load(json.loads(raw), canonical=canonical).questionnaire
    rules = json.loads((assets / "protocols" / f"{name}.json").read_bytes())
    items = tuple((rules.get("score") or {}).get("items", ()))
    return Form(f"{form.canonical}|{form.version or ''}", items, rules)


class _Story:
    """Writes what happened to each person as one tablet would have."""

    def __init__(self, context: Context, author: Authorship, assets: Path) -> None:
        self._context = context
        self._author = author
        self._now_ms = context.ports.wall()
        self._moment = _Moment(self._now_ms)
        self._phq9 = read_form(assets, "phq9")
        self._tb = read_form(assets, "tb-four-symptoms")
        self.device_id = context.ports.ids.new()
        self._clock = HybridClock(self.device_id, self._moment)
        self._derived = partial(derived_id, context.secrets.card_secret)
        self.encoded: list[EncodedOperation] = []

    def tell(self, person: Person) -> None:
        """Write a person's registration, and what was asked since."""
        ids, secret = self._context.ports.ids, self._context.secrets.card_secret
        card = ids.card_code()
        patient_id = patient_id_of_card(secret, card)
        self._moment.now_ms = self._now_ms - person.minutes * _MINUTE_MS
        encounter = RecordKey(RecordType.ENCOUNTER, ids.new(), patient_id)
        change = Change()
        key = RecordKey(RecordType.PATIENT, patient_id, patient_id)
        change.set(key, self._identity(person, card))
        change.set(
            encounter,
            {"started_at": self._moment.now_ms, "status": {"status": "arrived"}},
        )
        if person.phone:
            phone = RecordKey(RecordType.CONTACT_POINT, ids.new(), patient_id)
            change.set(phone, {"system": "phone", "value": person.phone})
        self._save(change)
        self._screen(person, encounter)

    def _identity(self, person: Person, card: str) -> dict[str, Json]:
        today = datetime.fromtimestamp(self._now_ms / 1000, UTC).date()
        birth = birth_of_age(person.age, BirthSource.SAID, today)
        status = "said" if person.original else "not-asked"
        fields: dict[str, Json] = {
            "card": card,
            "name": {
                "status": status,
                "original": person.original,
                "latin": person.latin,
            },
            "sex": person.sex,
            "birth": birth.to_json(),
            "language": person.language,
            "origin": person.origin,
            "arrival": {
                "place": "Demo harbour",
                "vessel": "",
                "arrived_at": self._moment.now_ms - 90 * _MINUTE_MS,
            },
        }
        if person.who:
            fields["accompaniment"] = {"who": person.who, "name": ""}
        return fields

    def _screen(self, person: Person, encounter: RecordKey) -> None:
        if person.tb is not None:
            self._moment.now_ms += 2 * _MINUTE_MS
            answers = {item: _yes_or_no(item, person.tb) for item in _TB_ITEMS}
            self._answer(person, encounter, self._tb, answers)
        if person.phq9:
            self._moment.now_ms += 3 * _MINUTE_MS
            pairs = zip(self._phq9.items, person.phq9, strict=True)
            chosen = {item: _choice(item, n, self._phq9) for item, n in pairs}
            self._answer(person, encounter, self._phq9, chosen)
        if person.status != "arrived":
            change = Change()
            change.set(encounter, {"status": {"status": person.status}})
            self._save(change)

    def _answer(
        self,
        person: Person,
        encounter: RecordKey,
        form: Form,
        answers: dict[str, dict[str, Json]],
    ) -> None:
        response_id = self._derived(encounter.record_id, f"response/{form.canonical}/0")
        patient_id = encounter.patient_id
        key = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, response_id, patient_id)
        asked: dict[str, Json] = {
            "staff": "en",
            "person": person.language,
            "interpreted": False,
        }
        fields: dict[str, Json] = {
            "questionnaire": form.canonical,
            "encounter": encounter.record_id,
            "status": {"status": "completed"},
            "languages": ["en", person.language],
        }
        for link_id, answer in answers.items():
            fields[f"{ANSWER_PREFIX}:{link_id}"] = {**answer, "asked": asked}
        change = Change()
        change.set(key, fields)
        if form.items:
            score = self._derived(response_id, "score")
            result = _result(form, sum(person.phq9))
            change.set(
                RecordKey(RecordType.SCORE, score, patient_id),
                {"response": response_id, "result": result},
            )
        self._save(change)

    def _save(self, change: Change) -> None:
        ids = self._context.ports.ids
        built = build(change, self._author, self._clock, ids, lambda _record_id: None)
        self.encoded.extend(encoded for _, encoded in built)
        self._moment.now_ms += 1000


def _yes_or_no(item: str, positive: Sequence[str]) -> dict[str, Json]:
    answer: dict[str, Json] = {"values": [{"valueBoolean": item in positive}]}
    return answer | ({"flags": [item]} if item in _TB_FLAGS & {*positive} else {})


def _choice(item: str, number: int, form: Form) -> dict[str, Json]:
    coding: dict[str, Json] = {
        "system": "http://loinc.org",
        "code": _PHQ9_CODES[number],
        "display": _PHQ9_TEXTS[number],
    }
    answer: dict[str, Json] = {"values": [{"valueCoding": coding}]}
    flagged = number > 0 and item == form.items[_SELF_HARM]
    return answer | ({"flags": ["suicide-risk"]} if flagged else {})


def _result(form: Form, total: int) -> dict[str, Json]:
    rules = form.protocol
    return {
        "questionnaire": form.canonical,
        "protocol": rules["protocol"],
        "version": rules["version"],
        "source": rules["source"],
        "review": rules["review"],
        "total": str(total),
        "band": next((band for least, band in _BANDS if total >= least), "none"),
        "missing": [],
    }


def seed(context: Context, author: Authorship, assets: Path) -> int:
    """Enrol a demo tablet and push everybody's records; return how many people."""
    story = _Story(context, author, assets)
    for person in PEOPLE:
        story.tell(person)
    key = Ed25519PrivateKey.from_private_bytes(context.ports.random_bytes(32))
    public_key = key.public_key().public_bytes_raw()
    code = enrolment.new_code(context, author.site_id, "Demo tablet 0", _MINUTE_MS)
    request = EnrolRequest(
        code=code,
        device_id=story.device_id,
        public_key=public_key,
        name="Demo tablet 0",
        version="demo",
    )
    enrolment.enrol(context, request, "demo")
    head = first = ChainHead(story.device_id)
    for encoded in story.encoded:
        head = head.extend(encoded.header_digest)
    batch = PushRequest(
        device_id=story.device_id,
        first=1,
        previous=first.digest.hex(),
        operations=tuple(map(_envelope, story.encoded)),
        signature=key.sign(head.signed_bytes()),
    )
    ingest.ingest(context, public_key, batch)
    return len(PEOPLE)


def _envelope(encoded: EncodedOperation) -> OperationEnvelope:
    content = None if encoded.content is None else encoded.content.decode()
    return OperationEnvelope(
        header=encoded.header.decode(), salt=encoded.salt, content=content
    )
